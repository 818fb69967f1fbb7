"""Rows of a sheet that are no records: blank ones, footers, sums, the header again, another table below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Generic, TypeVar

from jobs.land.columns import clean_name
from jobs.land.header import Header
from jobs.land.rowkinds import FOOTERS, begins_another, is_footer, is_header_again, is_like_footer, is_sum, is_title

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
    is_worded: bool
    """Whether it begins with a word that footers begin with: few do, and only those are looked at closely."""


class Lines(Generic[Row]):
    """The lines of a table under ``header``, each with the reason why it is no record, or none."""

    def __init__(self, header: Header, words: tuple[str, ...], notes: dict[str, int]) -> None:
        self._header, self._words, self._notes = header, words, notes
        self._width = sum(map(bool, header.last)) or header.width
        self._heads = (*words, *FOOTERS)
        self._nameless = [place for place, name in enumerate(header.last) if not name]
        self._another = False

    def judged(self, rows: Iterable[tuple[int, Row, list[str | None]]]) -> Iterator[tuple[Line[Row], str]]:
        """Every row that holds something but declared footers; what was passed over is counted in the notes."""
        held: list[Line[Row]] = []
        for line, following in pairwise(chain(self._filled(rows), (None,))):
            assert line is not None
            if line.is_worded and self._may_end(line):
                held.append(line)
                continue
            for earlier in held:
                yield earlier, self._reason(earlier, None)
            held = []
            yield line, self._reason(line, following)
        for line in held:
            if is_footer(line.texts, self._words, self._width):
                self._notes["footer"] = self._notes.get("footer", 0) + 1
            else:
                yield line, FOOTER

    def _may_end(self, line: Line[Row]) -> bool:
        return is_footer(line.texts, self._words, self._width) or is_like_footer(line.texts, self._width)

    def _filled(self, rows: Iterable[tuple[int, Row, list[str | None]]]) -> Iterator[Line[Row]]:
        begun = blank = False
        for at, row, texts in rows:
            head = next((text for text in texts if text), None)
            if head is None:
                blank = begun
                continue
            if blank:
                self._notes["blank_inside"] = self._notes.get("blank_inside", 0) + 1
            if self._has_nameless(texts):
                self._notes["nameless_cells"] = self._notes.get("nameless_cells", 0) + 1
            yield Line(at, row, self._fitted(texts), blank, head.lstrip().startswith(self._heads))
            begun, blank = True, False

    def _has_nameless(self, texts: list[str | None]) -> bool:
        """Whether something stands in a column without a name, or beyond the last one."""
        last = self._header.last
        beyond = texts[len(last) :] if last and len(texts) > len(last) else ()
        return any(beyond) or any(texts[place] for place in self._nameless if place < len(texts))

    def _fitted(self, texts: list[str | None]) -> list[str | None]:
        width = len(self._header.last) or len(texts)
        return (texts + [None] * (width - len(texts)))[:width] if len(texts) != width else texts

    def _reason(self, line: Line[Row], following: Line[Row] | None) -> str:
        if self._another:
            return _ANOTHER
        if self._is_header(line.texts):
            return _AGAIN
        below = following.texts if following else []
        if below and self._is_header(below) and is_title(line.texts, self._width):
            return _TITLE
        if line.after_blank and begins_another(line.texts, below, self._header.last, self._width):
            self._another = True
            return _ANOTHER
        return _SUM if line.is_worded and is_sum(line.texts, self._width) else ""

    def _is_header(self, texts: list[str | None]) -> bool:
        last = self._header.last
        return bool(last) and clean_name(texts[0] or "") == last[0] and is_header_again(texts, last)
