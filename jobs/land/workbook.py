"""Workbooks: one sheet, title rows above the names, footer rows below the data, every cell as text."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject, chunks_of
from jobs.land.header import LOOKED_AT, Header, find_header
from jobs.land.rowkinds import is_footer
from jobs.land.sheetfacts import Place, doubtful_cells, merged_cells

MAX_BYTES = 256 << 20
MAX_UNPACKED = 2 << 30
MAX_RATIO = 200
_BRIM = {65_536, 1_048_576}
_EXACT = 10**15
"""Integers from here on have more digits than a workbook keeps."""
_MAX_SHOWN = 4_000

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta | None


def read_workbook(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of the declared (else the first) sheet."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError("the workbook is larger than 256 MB", remedy="Ask for CSV or several files")
    if not data:
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    _require_bounded(data)
    sheet = _open(data, fmt)
    height = sheet.end[0] + 1 if sheet.end else 0
    if height in _BRIM:
        raise SourceError(f"the sheet is full to the brim ({height} rows): the rest was cut off", remedy="Ask for CSV")
    skipped = fmt.preamble + fmt.header_rows
    top = [[text_of(cell) for cell in row] for row in islice(sheet.iter_rows(), max(LOOKED_AT, skipped))]
    header = find_header(top, fmt, declared)
    doubts = doubtful_cells(data, sheet.name)
    areas = merged_cells(sheet, skipped)
    filled, notes = _fill(sheet, areas) if fmt.merged else {}, {"merged": len(areas)} if fmt.merged and areas else {}
    if not fmt.merged:
        doubts |= dict.fromkeys(areas, "merged: a cell is part of a merged area; declare `merged: fill`")
    width = sum(map(bool, header.last)) or header.width
    kept = _without_footers(_rows(sheet, skipped, filled), fmt.footer, width)
    records = (_record(n, at, row, header, doubts) for n, (at, row) in enumerate(kept, 1))
    for chunk in chunks_of(records, len(header.wanted)):
        yield Chunk(chunk.columns, chunk.row_nos, chunk.rejects, notes)
        notes = {}


def _fill(sheet: Any, areas: dict[Place, Place]) -> dict[Place, str | None]:
    """The value of each cell that a merged area left empty."""
    sources = set(areas.values())
    values = {
        (n, m): text_of(cell)
        for n, row in enumerate(sheet.iter_rows())
        for m, cell in enumerate(row)
        if (n, m) in sources
    }
    return {place: values.get(source) for place, source in areas.items()}


def _record(number: int, at: int, row: list[Cell], header: Header, doubts: dict[Place, str]) -> Record | Reject:
    """The wanted cells as text; a reject where one of them is not what it seems."""
    for n in header.wanted:
        cell = row[n] if n < len(row) else None
        reason = doubts.get((at, n)) or _doubt(cell)
        if reason:
            shown = "\t".join(text_of(other) or "" for other in row)
            return Reject(number, reason, shown[:_MAX_SHOWN])
    return [text_of(row[n]) if n < len(row) else None for n in header.wanted]


def _doubt(cell: Cell) -> str:
    if (
        isinstance(cell, float | int)
        and not isinstance(cell, bool)
        and abs(cell) >= _EXACT
        and float(cell).is_integer()
    ):
        return "precision: a number of more than 15 digits lost those behind; deliver it as text"
    if isinstance(cell, dt.date) and (cell.year, cell.month) < (1900, 3):
        return "date: a day before March 1900, which workbooks count wrongly; deliver it as text"
    return ""


def _require_bounded(data: bytes) -> None:
    """Refuse a workbook whose parts say that they unpack to far more than it holds."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _unreadable("a damaged archive") from None
    if size > min(MAX_UNPACKED, MAX_RATIO * max(len(data), 1 << 16)):
        raise SourceError("the workbook unpacks to more than 200 times its size or 2 GB", remedy="Ask for CSV")


def _open(data: bytes, fmt: Format) -> Any:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = fmt.sheet or book.sheet_names[0]
        if name not in book.sheet_names:
            raise SourceError(f"the workbook has no sheet {name!r}", remedy="Correct `sheet` or ask again")
        return book.get_sheet_by_name(name)
    except PasswordError:
        raise SourceError("the workbook is protected by a password", remedy="Ask for it without") from None
    except (CalamineError, OSError, IndexError, ValueError) as error:
        raise _unreadable(type(error).__name__) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable("a damaged part") from None


def _unreadable(what: str) -> SourceError:
    return SourceError(f"the workbook cannot be read ({what})", remedy="Ask for it again")


def _rows(sheet: Any, skipped: int, filled: dict[Place, str | None]) -> Iterator[tuple[int, list[Cell]]]:
    """Rows below the header with their place in the sheet, merged cells filled."""
    for at, row in enumerate(sheet.iter_rows()):
        if at >= skipped:
            yield at, [filled.get((at, n), cell) for n, cell in enumerate(row)] if filled else row


def _without_footers(
    rows: Iterator[tuple[int, list[Cell]]], words: tuple[str, ...], width: int
) -> Iterator[tuple[int, list[Cell]]]:
    """Rows that hold something, without those at the end that start with a footer's word."""
    held: list[tuple[int, list[Cell]]] = []
    for at, row in rows:
        texts = [text_of(cell) for cell in row]
        if not any(texts):
            continue
        held.append((at, row))
        if not is_footer(texts, words, width):
            yield from held
            held = []


def text_of(cell: Cell) -> str | None:
    """A cell as its reader would write it: no ``.0`` on whole numbers, ISO dates; empty is null."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == dt.time() else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
