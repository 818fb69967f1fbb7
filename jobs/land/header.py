"""Matching a delivery's columns with the declared ones: by name, never by position."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence

from jobs.errors import SourceError

Cells = Sequence[str | None]
_SHOWN = 5


def header_names(rows: Sequence[Cells]) -> list[str]:
    """Column names of the header rows: the lowest filled cell of each column, as merged cells leave it."""
    if not rows or not any(cell for cell in rows[-1]):
        raise SourceError("the file has no header", remedy="Ask for a file with column names, or correct `header_rows`")
    width = len(rows[-1])
    filled = [[row[n] for row in reversed(rows) if n < len(row) and row[n]] for n in range(width)]
    return [(cells[0] or "") if cells else "" for cells in filled]


def match_columns(found: Sequence[str], declared: Sequence[str]) -> list[int]:
    """Positions in ``found`` of each declared column; SourceError when one is missing or given twice.

    Columns that are not declared are passed over.
    """
    wanted = {clean_name(name) for name in declared}
    positions: dict[str, int] = {}
    for position, name in enumerate(clean_name(name) for name in found):
        if name in positions and name in wanted:
            raise SourceError(
                f"column {name!r} stands twice in the header", remedy="Ask for a file with unique columns"
            )
        positions.setdefault(name, position)
    missing = [name for name in declared if clean_name(name) not in positions]
    if missing:
        raise _lacking(missing, declared, [name for name in positions if name and name not in wanted])
    return [positions[clean_name(name)] for name in declared]


def _lacking(missing: list[str], declared: Sequence[str], extra: list[str]) -> SourceError:
    """What is missing and, for each, the undeclared column that it may have become.

    Where most names are missing, what was read may be a row of data: then nothing of it is shown.
    """
    if 2 * len(missing) > len(declared):
        named = f"{', '.join(missing[:_SHOWN])}{' …' if len(missing) > _SHOWN else ''}"
        remedy = "Check that the file has a header (`header_rows`), the declared encoding and the declared columns"
        return SourceError(f"the header lacks {len(missing)} of {len(declared)} columns: {named}", remedy=remedy)
    parts = []
    for name in missing[:_SHOWN]:
        close = difflib.get_close_matches(clean_name(name), extra, 1, 0.5)
        parts.append(f"{name} (perhaps {close[0]!r})" if close else name)
    more = " …" if len(missing) > _SHOWN else ""
    new = f"; not declared: {', '.join(extra[:_SHOWN])}{' …' if len(extra) > _SHOWN else ''}" if extra else ""
    remedy = "Ask the department, or declare the new name in the resource's fields"
    return SourceError(f"the header lacks {', '.join(parts)}{more}{new}", remedy=remedy)


def clean_name(name: str) -> str:
    """A header as people mean it: NFKC, no blanks, no byte order mark."""
    return "".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").split())


def is_footer(cells: Cells, words: tuple[str, ...], width: int) -> bool:
    """Whether a record of a table ``width`` columns wide reads as a footer: it starts with a declared word, and either
    no letter follows the word or most of its cells are empty.

    Readers ask this of the last records only: a firm may be called 合计算力.
    """
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    rests = [filled[0][len(word) :] for word in words if filled and filled[0].startswith(word)]
    return bool(rests) and (2 * len(filled) < width or any(not rest[:1].isalpha() for rest in rests))
