"""Which sheet of a workbook is delivered: the declared one, else the one visible sheet that holds the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.header import LOOKED_AT, find_header
from jobs.land.sheet import Sheet


@dataclass(frozen=True)
class Candidate:
    """A sheet that was not opened yet."""

    name: str
    visible: bool
    open: Callable[[], Sheet]


def choose_sheet(candidates: Sequence[Candidate], fmt: Format, declared: list[str]) -> tuple[Sheet, dict[str, int]]:
    """The sheet to read, and what there is to say of the others.

    Without a declaration the first visible sheet is read. A second visible one with the same columns refuses the
    workbook: half of a table would be lost without a word. Others that hold something are counted.
    """
    if not candidates:
        raise SourceError("the workbook has no sheet of cells", remedy="Ask for it again")
    if fmt.sheet:
        named = next((candidate for candidate in candidates if candidate.name == fmt.sheet), None)
        if named is None:
            raise SourceError(f"the workbook has no sheet {fmt.sheet!r}", remedy="Correct `sheet` or ask again")
        return named.open(), {}
    first = next((candidate for candidate in candidates if candidate.visible), candidates[0])
    sheet, notes = first.open(), dict[str, int]()
    held = _holds(sheet, fmt, declared)
    for other in candidates:
        opened = other.open() if other is not first else None
        if opened is None or not any(map(any, opened.top(LOOKED_AT))):
            continue
        if other.visible and _holds(opened, fmt, declared):
            if not held:
                problem = f"the first sheet {first.name!r} lacks the columns that {other.name!r} has"
                raise SourceError(problem, remedy=f"Declare `sheet: {other.name}`")
            remedy = f"Declare `sheet` ({first.name!r} or {other.name!r}), or ask for one table in one sheet"
            raise SourceError(f"the sheets {first.name!r} and {other.name!r} both hold the columns", remedy=remedy)
        note = "other_sheets" if other.visible else "hidden_sheets"
        notes[note] = notes.get(note, 0) + 1
    return sheet, notes


def _holds(sheet: Sheet, fmt: Format, declared: list[str]) -> bool:
    """Whether a sheet has a header with all the declared columns."""
    if not fmt.header_rows:
        return False
    try:
        find_header(sheet.top(max(LOOKED_AT, fmt.preamble + fmt.header_rows)), fmt, declared)
    except SourceError:
        return False
    return True
