"""Where a table's columns stand: found by name, never by position, in the rows that the catalog declares."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.columns import Came, Columns, clean_name, spellings_of

Cells = Sequence[str | None]
MAX_COLUMNS = 16_384
LOOKED_AT = 30
"""First rows of a file in which a header is looked for that does not stand where it was declared."""
_SHOWN = 5


@dataclass(frozen=True)
class Header:
    """Columns of a delivery: how many, where the wanted ones are, and the last header row as it would come again."""

    width: int
    wanted: list[int]
    last: tuple[str, ...] = ()


def find_header(rows: Sequence[Cells], fmt: Format, declared: Sequence[str]) -> Header:
    """The header of a table that begins with ``rows``, preamble passed over; SourceError with a proposal if it is not
    where the catalog says."""
    if fmt.header_rows == 0:
        return _by_position(rows[fmt.preamble :], declared)
    named = rows[fmt.preamble : fmt.preamble + fmt.header_rows]
    try:
        names, paths = header_names(named), header_paths(named)
        return Header(len(names), match_columns(names, declared, paths), tuple(map(clean_name, names)))
    except SourceError as error:
        place = _header_elsewhere(rows, declared)
        if place is None or place == fmt.preamble + fmt.header_rows - 1:
            raise
        remedy = f"Row {place + 1} has all the names: declare `preamble: {place}` or `header_rows: {place + 1}`"
        raise HeaderFault(error.problem, remedy=remedy) from None


def _by_position(rows: Sequence[Cells], declared: Sequence[str]) -> Header:
    """Columns in the order of the declared fields, for files that have no header."""
    if rows and all(clean_name(cell or "") in map(clean_name, declared) for cell in rows[0]):
        raise HeaderFault("the file has a header, though none is declared", remedy="Declare `header_rows: 1`")
    return Header(len(declared), list(range(len(declared))))


def _header_elsewhere(rows: Sequence[Cells], declared: Sequence[str]) -> int | None:
    wanted = spellings_of(declared)
    for place, row in enumerate(rows[:LOOKED_AT]):
        there = {clean_name(cell or "") for cell in row}
        if all(not there.isdisjoint(names) for names in wanted):
            return place
    return None


def header_names(rows: Sequence[Cells]) -> list[str]:
    """Column names of the header rows: the lowest filled cell of each column, as merged cells leave it."""
    if not rows or not any(cell and cell.strip() for cell in rows[-1]):
        raise HeaderFault("the file has no header", remedy="Ask for a file with column names, or correct `header_rows`")
    width = len(rows[-1])
    if width > MAX_COLUMNS:
        raise HeaderFault(f"the header has {width} columns, more than {MAX_COLUMNS}", remedy="Ask for a smaller file")
    filled = [[row[n] for row in reversed(rows) if n < len(row) and row[n]] for n in range(width)]
    return [(cells[0] or "") if cells else "" for cells in filled]


def header_paths(rows: Sequence[Cells]) -> list[str]:
    """``group.name`` of each column of a header in several rows; a group reaches to the next one."""
    levels = [_reaching(row) for row in rows[:-1]] + [list(rows[-1])]
    paths = []
    for n in range(len(rows[-1])):
        parts = [clean_name(level[n] or "") for level in levels if n < len(level)]
        paths.append(".".join(dict.fromkeys(filter(None, parts))))
    return paths


def _reaching(row: Cells) -> list[str | None]:
    filled: list[str | None] = []
    for cell in row:
        filled.append(cell if cell or not filled else filled[-1])
    return filled


class HeaderFault(SourceError):
    """A delivery is refused for its column names, whatever its records hold."""


class HeaderDiffers(HeaderFault):
    """Declared columns are missing; ``extra`` are the undeclared ones beside them, if they may be shown."""

    def __init__(
        self, problem: str, *, remedy: str = "", missing: Sequence[str] = (), extra: Sequence[str] = (), **where: object
    ) -> None:
        super().__init__(problem, remedy=remedy, **where)
        self.missing, self.extra = tuple(missing), tuple(extra)


class AbsentColumns(HeaderDiffers):
    """Only columns are missing that may be."""


def match_columns(found: Sequence[str], declared: Sequence[str], paths: Sequence[str] = ()) -> list[int]:
    """Positions in ``found`` of each declared column; SourceError when one is missing or given twice.

    Columns that are not declared are passed over, and kept in ``declared`` if that is :class:`Columns`. A name with a
    group before it is looked for in ``paths``.
    """
    spellings = spellings_of(declared)
    meant = {name: names[0] for names in spellings for name in names}
    clean = [clean_name(name) for name in found]
    positions: dict[str, int] = {}
    for position, name in enumerate(clean):
        if name in meant and meant[name] in positions:
            raise _given_twice(name, clean[positions[meant[name]]], meant[name])
        if name in meant:
            positions[meant[name]] = position
    for position, path in enumerate(paths):
        positions.setdefault(meant.get(path, path), position)
    missing = [name for name, (first, *_) in zip(declared, spellings, strict=True) if first not in positions]
    places = [positions[names[0]] for names in spellings if names[0] in positions]
    extra = [clean[n] for n in range(len(clean)) if clean[n] and n not in set(places)]
    if isinstance(declared, Columns):
        declared.came = _came(declared, found, clean, positions, extra, missing)
        if missing and declared.optional.issuperset(missing) and 2 * len(missing) <= len(declared):
            raise AbsentColumns("columns are absent that may be", missing=missing)
    if missing:
        raise _lacking(missing, declared, list(dict.fromkeys(extra)))
    return places


def _came(
    declared: Columns,
    found: Sequence[str],
    clean: list[str],
    positions: dict[str, int],
    extra: list[str],
    missing: list[str],
) -> Came:
    under = {
        name: clean[positions[names[0]]]
        for name, names in zip(declared, declared.spellings, strict=True)
        if names[0] in positions and clean[positions[names[0]]] in names[1:]
    }
    known, meant = {*declared, *declared.aliases}, {name for names in declared.spellings for name in names}
    respelt = sum(found[n] not in known and clean[n] in meant for n in set(positions.values()))
    return Came(tuple(filter(None, clean)), tuple(extra), tuple(missing), under, respelt)


def _given_twice(name: str, before: str, meant: str) -> HeaderFault:
    if name != before:
        remedy = f"Ask for one column that is {meant!r}, or take the alias out of the resource's fields"
        return HeaderFault(f"columns {before!r} and {name!r} both stand for {meant!r}", remedy=remedy)
    return HeaderFault(
        f"column {name!r} stands twice in the header",
        remedy="Ask for a file with unique columns, or declare the name with its group: 'group.name'",
    )


def _lacking(missing: list[str], declared: Sequence[str], extra: list[str]) -> HeaderDiffers:
    """What is missing and, for each, the undeclared column that it may have become.

    Where most names are missing, what was read may be a row of data: then nothing of it is shown.
    """
    if 2 * len(missing) > len(declared):
        named = f"{', '.join(missing[:_SHOWN])}{' …' if len(missing) > _SHOWN else ''}"
        remedy = "Check that the file has a header (`header_rows`), the declared encoding and the declared columns"
        problem = f"the header lacks {len(missing)} of {len(declared)} columns: {named}"
        return HeaderDiffers(problem, remedy=remedy, missing=missing)
    parts = []
    for name in missing[:_SHOWN]:
        close = difflib.get_close_matches(clean_name(name), extra, 1, 0.5)
        parts.append(f"{name} (perhaps {close[0]!r})" if close else name)
    more = " …" if len(missing) > _SHOWN else ""
    new = f"; not declared: {', '.join(extra[:_SHOWN])}{' …' if len(extra) > _SHOWN else ''}" if extra else ""
    remedy = "Ask the department, or declare the new name in the resource's fields"
    return HeaderDiffers(f"the header lacks {', '.join(parts)}{more}{new}", remedy=remedy, missing=missing, extra=extra)
