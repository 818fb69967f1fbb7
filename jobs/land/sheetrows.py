"""Rows of a sheet that are no records: blank ones, footers, sums, the header again, another table below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Generic, TypeVar

from jobs.land.header import Header
from jobs.land.rowkinds import begins_another, is_footer, is_header_again, is_like_footer, is_sum, is_title

Row = TypeVar("Row")
FOOTER = "footer: reads as a footer; declare `footer` with its first word"
_SUM = "footer: a line of sums; declare `footer` if it ends the table"
_AGAIN = "header_again: the record repeats the header"
_TITLE = "header_again: a title before the header's repetition"
_ANOTHER = "second_table: another table begins behind a blank line"


@dataclass(frozen=True)
class Line(Generic[Row]):
    """A row that holds something: where it stands, its texts as wide as the header, whether a blank one precedes."""

    at: int
    row: Row
    texts: list[str | None]
    after_blank: bool


class Lines(Generic[Row]):
    """The lines of a table under ``header``, each with the reason why it is no record, or none."""

    def __init__(self, header: Header, words: tuple[str, ...], notes: dict[str, int]) -> None:
        self._header, self._words, self._notes = header, words, notes
        self._width = sum(map(bool, header.last)) or header.width
        self._another = False

    def judged(self, rows: Iterable[tuple[int, Row, list[str | None]]]) -> Iterator[tuple[int, Row, str]]:
        """Every row that holds something but declared footers; what was passed over is counted in the notes."""
        held: list[Line[Row]] = []
        for line, following in pairwise(chain(self._filled(rows), (None,))):
            assert line is not None
            if is_footer(line.texts, self._words, self._width) or is_like_footer(line.texts, self._width):
                held.append(line)
                continue
            for earlier in held:
                yield earlier.at, earlier.row, self._reason(earlier, None)
            held = []
            yield line.at, line.row, self._reason(line, following)
        for line in held:
            if is_footer(line.texts, self._words, self._width):
                self._notes["footer"] = self._notes.get("footer", 0) + 1
            else:
                yield line.at, line.row, FOOTER

    def _filled(self, rows: Iterable[tuple[int, Row, list[str | None]]]) -> Iterator[Line[Row]]:
        begun = blank = False
        for at, row, texts in rows:
            if not any(texts):
                blank = begun
                continue
            if blank:
                self._notes["blank_inside"] = self._notes.get("blank_inside", 0) + 1
            yield Line(at, row, self._fitted(texts), blank)
            begun, blank = True, False

    def _fitted(self, texts: list[str | None]) -> list[str | None]:
        width = len(self._header.last) or len(texts)
        return (texts + [None] * (width - len(texts)))[:width] if len(texts) != width else texts

    def _reason(self, line: Line[Row], following: Line[Row] | None) -> str:
        if self._another:
            return _ANOTHER
        last = self._header.last
        if is_header_again(line.texts, last):
            return _AGAIN
        below = following.texts if following else []
        if below and is_title(line.texts, self._width) and is_header_again(below, last):
            return _TITLE
        if line.after_blank and begins_another(line.texts, below, last, self._width):
            self._another = True
            return _ANOTHER
        return _SUM if is_sum(line.texts, self._width) else ""
