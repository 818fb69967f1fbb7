"""What the cells of a column look like, so that a column that came to mean something else is noticed.

A shape says nothing of any value: which kind of writing prevails, how many cells are filled, and their length where
they have one in common. It is taken from a sample of the first records.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

SAMPLE = 128
FEW = 20
"""Filled cells below which a shape says nothing."""
_PREVAILS, _ALIKE = 0.8, 0.95
_LONG = 8
"""Characters from which on a common length is that of a number or a day, and no accident."""
_KIND = re.compile(
    r"(?P<date>(?:19|20)\d\d[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:0?[1-9]|[12]\d|3[01])日?"
    r"(?:[ T]?\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?)?)"
    r"|(?P<number>[-+]?(?:[\d,]*\d)?(?:\.\d+)?)|(?P<latin>[\x20-\x7e]+)|(?P<text>.+)",
    re.DOTALL | re.ASCII,
)


class Shape(NamedTuple):
    """The cells of a column: ``kind`` is ``date``, ``number``, ``latin``, ``text``, ``mixed`` or ``empty``."""

    kind: str
    cells: int
    filled: int
    length: int = 0
    """That of nearly all filled cells; 0 where they differ."""

    @property
    def is_telling(self) -> bool:
        """Whether enough cells are filled alike."""
        return self.filled >= FEW and self.kind not in ("mixed", "empty")


def shape_of(column: pa.Array | pa.ChunkedArray) -> Shape:
    """The shape of a stretch of cells, from a sample spread over it."""
    count = min(SAMPLE, len(column))
    places = np.linspace(0, len(column) - 1, count).astype(np.int64) if count else np.array([], np.int64)
    texts = [text for cell in column.take(pa.array(places)).to_pylist() if cell and (text := cell.strip())]
    if not texts:
        return Shape("empty", count, 0)
    kinds = Counter(found.lastgroup or "text" if (found := _KIND.fullmatch(text)) else "text" for text in texts)
    kind, times = kinds.most_common(1)[0]
    length, alike = Counter(map(len, texts)).most_common(1)[0]
    prevailing = kind if times >= _PREVAILS * len(texts) else "mixed"
    return Shape(prevailing, count, len(texts), length if alike >= _ALIKE * len(texts) else 0)


def changed(before: Shape, now: Shape) -> str:
    """How a column changed: ``emptied``, ``kind`` or ``length``; empty where it did not, or too little is known."""
    if now.kind == "empty" and now.cells >= FEW and before.filled >= max(FEW, before.cells / 2):
        return "emptied"
    if not (before.is_telling and now.is_telling):
        return ""
    if before.kind != now.kind:
        return "kind"
    lengths = (before.length, now.length)
    return "length" if min(lengths) >= _LONG and lengths[0] != lengths[1] else ""


def alike(before: Shape, now: Shape) -> bool | None:
    """Whether two columns may be the same one; None where too little is known."""
    if not (before.is_telling and now.is_telling):
        return None
    return before.kind == now.kind and (before.length == now.length or min(before.length, now.length) < _LONG)
