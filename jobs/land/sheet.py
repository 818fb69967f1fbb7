"""One sheet of a workbook as records: titles above the names, footer rows below the data, every cell as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject, chunks_of, noted
from jobs.land.header import LOOKED_AT, Header, find_header
from jobs.land.sheetrows import Line, Lines

_EXACT = 10**15
"""Integers from here on have more digits than a workbook keeps."""
_MAX_SHOWN = 4_000
_MAX_MERGED = 1_000_000
WRONG_DAY = "date: a day before March 1900, which workbooks count wrongly; deliver it as text"
NO_DAY = "date: a negative number or one below 1 written as a date; deliver it as text"
ERROR = "error_cell: a cell holds an error in place of a value"
UNCALCULATED = "formula: a cell was never calculated"

Place = tuple[int, int]
"""Row and column, both from 0."""
Area = tuple[Place, Place]
"""The first and the last cell of a merged area."""


@dataclass(frozen=True)
class Doubtful:
    """A cell that is not what it seems: why, and what stood there."""

    reason: str
    text: str = ""


Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta | Doubtful | None
Rows = Iterator[tuple[int, list[Cell], list[str | None]]]


@dataclass(frozen=True)
class Sheet:
    """A sheet that was opened: ``rows`` begins at its first row each time it is called."""

    name: str
    height: int
    full: frozenset[int]
    """Heights at which a sheet of its kind can hold no further row."""
    rows: Callable[[], Iterable[list[Cell]]]
    merged: tuple[Area, ...] = ()
    doubts: Mapping[Place, str] = field(default_factory=dict)
    """Why cells are not what they seem that do not say so themselves."""

    def top(self, rows: int) -> list[list[str | None]]:
        """The texts of the first rows."""
        return [[text_of(cell) for cell in row] for row in islice(self.rows(), rows)]


def read_sheet(
    sheet: Sheet, fmt: Format, declared: list[str], lengths: Mapping[str, int], notes: dict[str, int]
) -> Iterator[Chunk]:
    """Chunks of a sheet's records; ``lengths`` are those of columns whose values have one only."""
    if sheet.height in sheet.full:
        problem = f"the sheet is full to the brim ({sheet.height} rows): the rest was cut off"
        raise SourceError(problem, remedy="Ask for CSV")
    skipped = fmt.preamble + fmt.header_rows
    header = find_header(sheet.top(max(LOOKED_AT, skipped)), fmt, declared)
    if fmt.preamble:
        notes["preamble"] = fmt.preamble
    areas, doubts, filled = _merged_cells(sheet.merged, skipped), dict(sheet.doubts), dict[Place, str | None]()
    if fmt.merged and areas:
        filled, notes["merged"] = _fill(sheet, areas), len(areas)
    elif areas:
        doubts |= dict.fromkeys(areas, "merged: a cell is part of a merged area; declare `merged: fill`")
    check = _Check(
        header, doubts, {at: lengths[name] for at, name in zip(header.wanted, declared, strict=True) if name in lengths}
    )
    lines = Lines[list[Cell]](header, fmt.footer, notes).judged(_rows(sheet, skipped, filled))
    records = (check.record(n, *judged) for n, judged in enumerate(lines, 1))
    yield from noted(chunks_of(records, len(header.wanted)), notes, len(header.wanted))


@dataclass(frozen=True)
class _Check:
    """What a record's cells are held against."""

    header: Header
    doubts: Mapping[Place, str]
    lengths: Mapping[int, int]

    def record(self, number: int, line: Line[list[Cell]], reason: str) -> Record | Reject:
        """The wanted cells as text; a reject where the row is none or one of its cells is not what it seems."""
        row, texts = line.row, line.texts
        for n in self.header.wanted if not reason else ():
            cell = row[n] if n < len(row) else None
            reason = reason or self._doubt(line.at, n, cell)
        if reason:
            shown = "\t".join(text_of(other) or "" for other in row)
            return Reject(number, reason, shown[:_MAX_SHOWN])
        return [texts[n] if n < len(texts) else None for n in self.header.wanted]

    def _doubt(self, at: int, column: int, cell: Cell) -> str:
        if self.doubts and (reason := self.doubts.get((at, column))):
            return reason
        return "" if cell is None or isinstance(cell, str) else _doubt(cell) or self._shortened(cell, column)

    def _shortened(self, cell: Cell, column: int) -> str:
        """Why a number is not the code that its column holds: as a number it has no zeros before it."""
        length = self.lengths.get(column)
        if length is None or isinstance(cell, bool) or not isinstance(cell, int | float):
            return ""
        digits = len(text_of(cell) or "")
        if digits >= length:
            return ""
        return f"leading_zeros: a number of {digits} digits where a code has {length}; deliver it as text"


def _doubt(cell: Cell) -> str:
    if isinstance(cell, Doubtful):
        return cell.reason
    if (
        isinstance(cell, float | int)
        and not isinstance(cell, bool)
        and abs(cell) >= _EXACT
        and float(cell).is_integer()
    ):
        return "precision: a number of more than 15 digits lost those behind; deliver it as text"
    if isinstance(cell, dt.date) and (cell.year, cell.month) < (1900, 3):
        return WRONG_DAY
    if isinstance(cell, dt.timedelta) and cell < dt.timedelta():
        return NO_DAY
    return ""


def _merged_cells(areas: Iterable[Area], first: int) -> dict[Place, Place]:
    """Cells that merged areas leave empty from row ``first`` on, and the cell that holds their value."""
    found: dict[Place, Place] = {}
    for (top, left), (bottom, right) in areas:
        if top < first or (bottom - top + 1) * (right - left + 1) > _MAX_MERGED:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    found[row, column] = (top, left)
    return found


def _fill(sheet: Sheet, areas: dict[Place, Place]) -> dict[Place, str | None]:
    """The value of each cell that a merged area left empty."""
    sources = set(areas.values())
    values = {
        (n, m): text_of(cell) for n, row in enumerate(sheet.rows()) for m, cell in enumerate(row) if (n, m) in sources
    }
    return {place: values.get(source) for place, source in areas.items()}


def _rows(sheet: Sheet, skipped: int, filled: dict[Place, str | None]) -> Rows:
    """Rows below the header with their place in the sheet and their texts, merged cells filled."""
    width = max((column for _, column in filled), default=-1) + 1
    for at, row in enumerate(sheet.rows()):
        if at < skipped:
            continue
        wide = row + [None] * (width - len(row))
        cells = [filled.get((at, n), cell) for n, cell in enumerate(wide)] if filled else row
        yield at, cells, [text_of(cell) for cell in cells]


def text_of(cell: Cell) -> str | None:
    """A cell as its reader would write it: no ``.0`` on whole numbers, ISO dates; empty is null."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, Doubtful):
        return cell.text or None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == dt.time() else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
