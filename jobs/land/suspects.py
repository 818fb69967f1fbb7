"""Records of delimited text that are sound and yet none, found in whole blocks at once.

Only a handful of a block's records are ever looked at cell by cell: those that begin with a word of sums, hold a
mark of damage or the header's bytes, or follow a blank line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from jobs.land.header import Header
from jobs.land.records import BLANK, Numbers
from jobs.land.rowkinds import DAMAGED, SUMS, begins_another, is_damaged, is_header_again, is_sum, is_title

_MARKS = tuple(mark.encode() for mark in DAMAGED)
_LATIN_LEAD = b"\xc3"
"""Before every letter that a Chinese character's first byte becomes when it is read as Latin-1."""
_SUM_HEADS = np.array([int.from_bytes(word.encode()[:3], "big") for word in SUMS], np.int64)
_DEEPEST = 3
"""Empty cells before a word of sums that are passed over."""


@dataclass
class Suspects:
    """What looks wrong in a file so far, and whether another table has begun."""

    header: Header
    header_bytes: bytes
    delimiter: bytes
    quote: bytes
    cells: Callable[[bytes], list[str]]
    another: bool = False
    after_blank: bool = False
    notes: dict[str, int] = field(default_factory=dict)
    may_be_damaged: bool = True
    """False where no character of damage is in the text."""

    def reasons(self, data: bytes, starts: Numbers, ends: Numbers, fields: Numbers) -> dict[int, str]:
        """Why records that are sound in themselves are set aside, by their index; ``fields`` of empty ones is made
        ``BLANK``."""
        codes = np.frombuffer(data, np.uint8)
        self._blank_empty(data, starts, ends, fields)
        found: dict[int, str] = {}
        if damaged := len(set(self._places(data, starts, ends))):
            # Landed as delivered: it is a sign of life of its key, and control totals count it. Standardise stops it.
            self.notes["damaged_text"] = self.notes.get("damaged_text", 0) + damaged
        if len(self.header_bytes) > 1:
            for index in _holding(data, self.header_bytes, starts, ends):
                if not is_header_again(self._of(data, starts, ends, index), self.header.last):
                    continue
                found[index] = "header_again: the record repeats the header"
                if index and is_title(self._of(data, starts, ends, index - 1), self.header.width):
                    found[index - 1] = "header_again: a title before the header's repetition"
        for index in self._sum_heads(codes, starts):
            if is_sum(self._of(data, starts, ends, index), self.header.width):
                found.setdefault(index, "footer: a line of sums; declare `footer` if it ends the table")
        self._behind_blanks(data, starts, ends, fields, found)
        return found

    def _of(self, data: bytes, starts: Numbers, ends: Numbers, index: int) -> list[str]:
        return self.cells(data[starts[index] : ends[index]])

    def _blank_empty(self, data: bytes, starts: Numbers, ends: Numbers, fields: Numbers) -> None:
        """A record of nothing but delimiters holds nothing: it is passed over and counted."""
        width = self.header.width
        if width < 2:
            return
        for index in np.flatnonzero((ends - starts <= width + 1) & (fields == width)).tolist():
            if not data[starts[index] : ends[index]].strip(self.delimiter + b"\r\n"):
                fields[index] = BLANK
                self.notes["blank"] = self.notes.get("blank", 0) + 1

    def _places(self, data: bytes, starts: Numbers, ends: Numbers) -> Iterator[int]:
        for mark in _MARKS if self.may_be_damaged else ():
            yield from _holding(data, mark, starts, ends)
        if _LATIN_LEAD in data:
            for index in _holding(data, _LATIN_LEAD, starts, ends):
                if is_damaged(data[starts[index] : ends[index]].decode()):
                    yield index

    def _sum_heads(self, codes: npt.NDArray[np.uint8], starts: Numbers) -> list[int]:
        if len(codes) < 3 or not len(starts):
            return []
        at, last = starts.copy(), len(codes) - 3
        for _ in range(_DEEPEST):
            skipped = codes[np.minimum(at, last)] == self.delimiter[0]
            if not skipped.any():
                break
            at += skipped
        if self.quote:
            at += codes[np.minimum(at, last)] == self.quote[0]
        at = np.minimum(at, last)
        heads = (codes[at].astype(np.int64) << 16) | (codes[at + 1].astype(np.int64) << 8) | codes[at + 2]
        return [int(index) for index in np.flatnonzero(np.isin(heads, _SUM_HEADS))]

    def _behind_blanks(
        self, data: bytes, starts: Numbers, ends: Numbers, fields: Numbers, found: dict[int, str]
    ) -> None:
        """A title or other column names behind a blank line begin another table: the rest is set aside."""
        blank = np.flatnonzero(fields == BLANK)
        following = [0] if self.after_blank else []
        if len(blank):
            following += [n for n in (blank + 1).tolist() if n < len(fields)]
            self.after_blank = bool(fields[-1] == BLANK)
        elif len(fields):
            self.after_blank = False
        begun = 0 if self.another else None
        for index in following:
            if begun is not None or fields[index] == BLANK:
                continue
            self.notes["blank_inside"] = self.notes.get("blank_inside", 0) + 1
            if index in found or index + 1 in found and "header_again" in found[index + 1]:
                continue
            below = self._of(data, starts, ends, index + 1) if index + 1 < len(fields) else []
            if begins_another(self._of(data, starts, ends, index), below, self.header.last, self.header.width):
                begun = index
        if begun is not None:
            self.another = True
            for index in range(begun, len(fields)):
                if fields[index] != BLANK:
                    found[index] = "second_table: another table begins behind a blank line"


def _holding(data: bytes, needle: bytes, starts: Numbers, ends: Numbers) -> Iterator[int]:
    """Indexes of the records that hold ``needle``."""
    at = data.find(needle)
    while at >= 0:
        index = int(np.searchsorted(starts, at, "right")) - 1
        if index < 0:
            at = data.find(needle, at + 1)
            continue
        if index >= len(ends) or at >= ends[index]:
            return
        yield index
        at = data.find(needle, int(ends[index]))
