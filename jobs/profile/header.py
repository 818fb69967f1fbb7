"""Where a table begins and ends: lines above it, header rows, which may be several or none, and the footers below."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from jobs.errors import SourceError
from jobs.land.rowkinds import FOOTERS, is_footer, is_like_footer

Row = Sequence[str | None]
Grid = Sequence[Row]
IsWord = Callable[[str], bool]
MAX_HEADER = 5
MAX_PREAMBLE = 10
_LAST = 6
_LONG = 40
_HARDLY, _ALIKE = 0.2, 0.3
_FIGURES = re.compile(r"^[-+¥￥]?[\d,]*\.?\d+%?$|\d{6}|^\d{2,4}[-/.年]\d{1,2}")
_KINDS = (
    ("number", re.compile(r"^[-+]?[\d,]*\.?\d+$")),
    ("figures", re.compile(r"\d{3}")),
    ("han", re.compile(r"^[\u3400-\u9fff（）()、·/]+$")),
    ("latin", re.compile(r"^[A-Za-z_.]+\d*$")),
)


class Layout(NamedTuple):
    """How many lines stand above the header, and how many rows it has; 0 rows: the first record is data."""

    preamble: int
    header_rows: int


def layout_of(grid: Grid, is_word: IsWord) -> Layout:
    """The layout of a table that begins with these rows; ``is_word`` says whether a cell reads as a column's name."""
    width = max(map(len, grid), default=0)
    above = 0
    while above < min(MAX_PREAMBLE, len(grid) - 2) and _is_title(grid[above], width):
        above += 1
    rest = grid[above:]
    if not rest or not _filled(rest[0]):
        raise SourceError("the file has no header", remedy="Ask for a file with column names in its first row")
    if _is_data(rest, is_word):
        return Layout(above, 0)
    rows = 1
    while rows < min(MAX_HEADER, len(rest) - 1) and _is_header(rest, rows, is_word):
        rows += 1
    return Layout(above, rows)


def footer_words(rows: Grid, width: int) -> tuple[str, ...]:
    """Words that the last rows of a table start with, where these rows read as footers."""
    words: list[str] = []
    for row in reversed(rows[-_LAST:]):
        cells = _filled(row)
        if not cells:
            continue
        found = [word for word in FOOTERS if is_footer(row, (word,), width)]
        if not found or not is_like_footer(row, width):
            break
        longest = max(found, key=len)
        words.append(longest + "人" if cells[0].startswith(longest + "人") else longest)
    return tuple(reversed(words))


def _is_title(row: Row, width: int) -> bool:
    return width > 2 and len(_filled(row)) <= max(1, width // 4)


def _is_data(rows: Grid, is_word: IsWord) -> bool:
    """Whether the first row is a record: cells with figures or like those below them, hardly a name of a column."""
    cells = _filled(rows[0])
    named = sum(map(is_word, cells)) / len(cells)
    if _has_figures(rows[0]):
        return named <= _HARDLY
    return len(rows) > 3 and named <= _HARDLY and _unlike(rows, 0) < _ALIKE


def _is_header(grid: Grid, index: int, is_word: IsWord) -> bool:
    """Whether a row below the first still names columns: known words, or cells unlike the cells below them."""
    cells = _filled(grid[index])
    if not cells or _has_figures(grid[index]) or max(map(len, cells)) > _LONG:
        return False
    width = max(map(len, grid))
    grouped = len(_filled(grid[index - 1])) < width
    known = sum(map(is_word, cells)) / len(cells)
    unlike = _unlike(grid, index)
    if len(set(cells)) < len(cells) and not (grouped and unlike >= 0.5):
        return False
    return len(cells) >= width / 2 and (known >= 0.4 or unlike >= 0.5)


def _unlike(grid: Grid, index: int) -> float:
    """Share of a row's cells whose kind is that of few cells in the rows below; 0 without enough rows."""
    below = grid[index + 1 : index + 21]
    if len(below) < 3:
        return 0.0
    judged = differ = 0
    for column, cell in enumerate(grid[index]):
        kinds = Counter(_kind(row[column]) for row in below if column < len(row) and row[column])
        if cell and kinds:
            judged += 1
            differ += kinds[_kind(cell)] < 0.2 * kinds.total()
    return differ / judged if judged else 0.0


def _kind(cell: str | None) -> str:
    text = (cell or "").strip()
    kind = next((name for name, shape in _KINDS if shape.search(text)), "text")
    return f"{kind} {min(len(text) // 12, 3)}"


def _filled(row: Row) -> list[str]:
    return [cell.strip() for cell in row if cell and cell.strip()]


def _has_figures(row: Row) -> bool:
    """Whether some of the cells read as numbers, days or identifiers: names of columns do not."""
    cells = _filled(row)
    return sum(bool(_FIGURES.search(cell)) for cell in cells) > len(cells) / 8
