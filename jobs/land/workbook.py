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
from jobs.land.chunk import Chunk, Record, chunks_of
from jobs.land.header import header_names, match_columns
from jobs.land.rowkinds import is_footer

MAX_BYTES = 256 << 20
MAX_UNPACKED = 2 << 30
MAX_RATIO = 200
_BRIM = {65_536, 1_048_576}

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
    rows = _rows(sheet)
    names = header_names(list(islice(rows, fmt.header_rows)))
    wanted = match_columns(names, declared)
    kept = _without_footers(rows, fmt.footer, sum(map(bool, names)))
    records = ([row[n] if n < len(row) else None for n in wanted] for row in kept)
    yield from chunks_of(records, len(wanted))


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


def _rows(sheet: Any) -> Iterator[Record]:
    for row in sheet.iter_rows():
        yield [text_of(cell) for cell in row]


def _without_footers(rows: Iterator[Record], words: tuple[str, ...], width: int) -> Iterator[Record]:
    """Rows that hold something, without those at the end that start with a footer's word."""
    held: list[Record] = []
    for row in rows:
        if not any(row):
            continue
        held.append(row)
        if not is_footer(row, words, width):
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
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
