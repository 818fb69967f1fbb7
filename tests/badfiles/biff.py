"""XLS workbooks byte by byte: BIFF8 in its OLE container, as Excel 97 to 2003 wrote it, and BIFF2 without one."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DAY, MOMENT, SPAN, CLOCK = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss", "hh:mm:ss"
_FORMATS = ("General", DAY, MOMENT, SPAN, CLOCK)
_SECTOR = 512
_END_OF_CHAIN, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass(frozen=True)
class Number:
    """A number under a number format."""

    value: float
    shown: str = "General"


@dataclass(frozen=True)
class Error:
    """A cell with an error: 7 is ``#DIV/0!``, 42 is ``#N/A``."""

    code: int


@dataclass(frozen=True)
class Formula:
    """A formula (of no tokens) with the value that was kept of it; ``on_load`` asks to calculate it when shown."""

    value: float | str
    on_load: bool = False


Cell = str | float | bool | Number | Error | Formula | None


@dataclass(frozen=True)
class Page:
    """A sheet: its cells by row, which rows are hidden, merged areas, and whether it is shown (0), hidden or very."""

    cells: Sequence[Sequence[Cell]] = ()
    name: str = "数据"
    hidden_rows: Sequence[int] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()
    visibility: int = 0
    beyond: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    """Cells at places of their own."""


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def workbook(*pages: Page, since_1904: bool = False, encrypted: bool = False) -> bytes:
    """The BIFF8 stream of a workbook."""
    globals_ = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 6))
    globals_ += record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) if encrypted else b""
    globals_ += record(0x0042, struct.pack("<H", 1200)) + record(0x0022, struct.pack("<H", since_1904))
    globals_ += b"".join(
        record(0x0031, struct.pack("<HHHHHBBBx", 200, 0, 0x7FFF, 400, 0, 0, 0, 0) + _short("宋体")) for _ in range(5)
    )
    for n, code in enumerate(_FORMATS[1:], 164):
        globals_ += record(0x041E, struct.pack("<H", n) + _long(code))
    for n in range(len(_FORMATS)):
        globals_ += record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 163 + n if n else 0, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    sheets = [_sheet(page) for page in pages]
    names = [_short(page.name) for page in pages]
    at = len(globals_) + sum(10 + len(name) for name in names) + 4
    for page, name, sheet in zip(pages, names, sheets, strict=True):
        globals_ += record(0x0085, struct.pack("<IBB", at, page.visibility, 0) + name)
        at += len(sheet)
    return globals_ + record(0x000A) + b"".join(sheets)


def _sheet(page: Page) -> bytes:
    cells = {(n, m): cell for n, row in enumerate(page.cells) for m, cell in enumerate(row)} | dict(page.beyond)
    rows, columns = max((n for n, _ in cells), default=-1) + 1, max((m for _, m in cells), default=-1) + 1
    parts = [
        record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 6)),
        record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0)),
    ]
    for n in page.hidden_rows:
        parts.append(record(0x0208, struct.pack("<HHHHHHI", n, 0, columns, 0xFF, 0, 0, 0x20 | 0x100)))
    parts += [_cell(n, m, cell) for (n, m), cell in sorted(cells.items()) if cell is not None]
    if page.merged:
        areas = b"".join(struct.pack("<HHHH", *area) for area in page.merged)
        parts.append(record(0x00E5, struct.pack("<H", len(page.merged)) + areas))
    return b"".join(parts) + record(0x000A)


def _cell(row: int, column: int, cell: Cell) -> bytes:
    if isinstance(cell, Number):
        return record(0x0203, struct.pack("<HHHd", row, column, _FORMATS.index(cell.shown), cell.value))
    if isinstance(cell, Error):
        return record(0x0205, struct.pack("<HHHBB", row, column, 0, cell.code, 1))
    if isinstance(cell, bool):
        return record(0x0205, struct.pack("<HHHBB", row, column, 0, cell, 0))
    if isinstance(cell, Formula):
        text = isinstance(cell.value, str)
        value = b"\0\0\0\0\0\0\xff\xff" if text else struct.pack("<d", cell.value)
        body = struct.pack("<HHH", row, column, 0) + value + struct.pack("<HIH", 2 * cell.on_load, 0, 0)
        return record(0x0006, body) + (record(0x0207, _long(cell.value)) if isinstance(cell.value, str) else b"")
    if isinstance(cell, str):
        return record(0x0204, struct.pack("<HHH", row, column, 0) + _long(cell))
    return _cell(row, column, Number(float(cell or 0)))


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _long(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def container(**streams: bytes) -> bytes:
    """An OLE file with streams of the given names, each long enough to have sectors of its own."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sizes = [-(-len(data) // _SECTOR) for data in padded.values()]
    directory_size = -(-(len(streams) + 1) * 128 // _SECTOR)
    total, fat_size = sum(sizes) + directory_size, 1
    while fat_size * _SECTOR // 4 < total + fat_size:
        fat_size += 1
    chain: list[int] = [_FAT] * fat_size
    starts = []
    for size in [directory_size, *sizes]:
        starts.append(len(chain))
        chain += [*range(len(chain) + 1, len(chain) + size), _END_OF_CHAIN]
    chain += [_FREE] * (fat_size * _SECTOR // 4 - len(chain))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, fat_size, starts[0], 0, 4096, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)
    assert fat_size <= 109, "larger files need a second table of sectors"
    head += struct.pack("<109I", *range(fat_size), *[_FREE] * (109 - fat_size))
    entries = [_entry("Root Entry", 5, _END_OF_CHAIN, 0, 1 if streams else _FREE)]
    for n, (name, data) in enumerate(padded.items(), 1):
        following = n + 1 if n < len(padded) else _FREE
        entries.append(_entry(name, 2, starts[n], len(data), _FREE, following))
    directory = b"".join(entries).ljust(directory_size * _SECTOR, b"\0")
    body = b"".join(data.ljust(size * _SECTOR, b"\0") for data, size in zip(padded.values(), sizes, strict=True))
    return head + struct.pack(f"<{len(chain)}I", *chain) + directory + body


def _entry(name: str, kind: int, start: int, size: int, child: int, right: int = _FREE) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<III", start, size, 0)


def xls(*pages: Page, since_1904: bool = False, encrypted: bool = False, **streams: bytes) -> bytes:
    """An .xls file."""
    return container(Workbook=workbook(*pages, since_1904=since_1904, encrypted=encrypted), **streams)


def xls2(cells: Sequence[Sequence[str | float | None]], encoding: str = "gbk", code_page: int | None = 936) -> bytes:
    """A file of Excel 2.0: one sheet, texts of at most 255 bytes in a code page."""
    rows, columns = len(cells), max(map(len, cells))
    parts = [record(0x0009, struct.pack("<HH", 2, 0x10))]
    parts += [record(0x0042, struct.pack("<H", code_page))] if code_page else []
    parts.append(record(0x0000, struct.pack("<HHHH", 0, rows, 0, columns)))
    for n, row in enumerate(cells):
        for m, cell in enumerate(row):
            place = struct.pack("<HH3x", n, m)
            if isinstance(cell, str):
                text = cell.encode(encoding)
                parts.append(record(0x0004, place + struct.pack("<B", len(text)) + text))
            elif cell is not None:
                parts.append(record(0x0003, place + struct.pack("<d", cell)))
    return b"".join(parts) + record(0x000A)
