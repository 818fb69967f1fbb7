"""Workbooks: one sheet, title rows above the names, footer rows below the data, every cell as text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, chunk_of
from jobs.land.header import is_footer, match_columns

MAX_BYTES = 256 << 20
_BRIM = {65_536, 1_048_576}
_ROWS = 20_000

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta | None


def read_workbook(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of the declared (else the first) sheet."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError("the workbook is larger than 256 MB", remedy="Ask for CSV or several files")
    rows = _rows(data, fmt)
    if len(rows) in _BRIM:
        raise SourceError(f"the sheet is full to the brim ({len(rows)} rows): the rest was cut off", remedy="Ask for CSV")
    if len(rows) < fmt.header_rows:
        raise SourceError("the sheet has no header", remedy="Correct `header_rows` or ask again")
    header = [text_of(cell) or "" for cell in rows[fmt.header_rows - 1]]
    wanted = match_columns(header, declared)
    records: list[list[str | None]] = []
    first = 1
    for row in rows[fmt.header_rows :]:
        cells = [text_of(cell) for cell in row]
        if not any(cells) or is_footer(cells, fmt.footer):
            continue
        records.append([cells[n] if n < len(cells) else None for n in wanted])
        if len(records) == _ROWS:
            yield chunk_of(records, len(wanted), first)
            first, records = first + len(records), []
    if records:
        yield chunk_of(records, len(wanted), first)


def _rows(data: bytes, fmt: Format) -> list[list[Cell]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = fmt.sheet or book.sheet_names[0]
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except PasswordError:
        raise SourceError("the workbook is protected by a password", remedy="Ask for it without") from None
    except (CalamineError, OSError, IndexError) as error:
        raise SourceError(f"the workbook cannot be read ({type(error).__name__})", remedy="Ask for it again") from None


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
