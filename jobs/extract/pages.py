"""Pages of an API: finding the records in an answer, and telling whether all of them came, once, and unchanged."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jobs.contracts import Paging
from jobs.errors import SourceError

_BLANK = re.compile(r"[ \t\r\n]*")
_BREAKS = str.maketrans("\r\n", "  ")
_READ = json.JSONDecoder().raw_decode
_AGAIN = "Run again; if it stays so, ask the department how its pages are counted"


@dataclass(frozen=True)
class Page:
    """One answer: its records as they are written there, one text each, and what else it says."""

    records: list[str]
    said: Any

    def value(self, path: str) -> Any:
        """What stands at a dotted path; None if nothing does."""
        found = self.said
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found


def read_page(text: str, path: str) -> Page:
    """The records at the dotted ``path`` of a JSON document; SourceError where there is no array."""
    try:
        said = json.loads(text)
        start = _start(text, [step for step in path.split(".") if step])
        records = list(_items(text, start))
    except (ValueError, RecursionError):
        remedy = f"Correct `records`, or ask the department what it answers instead of a list at {path!r}"
        raise SourceError(f"the answer is not JSON with a list at {path!r}", remedy=remedy) from None
    return Page(records, said)


def _skip(text: str, place: int) -> int:
    match = _BLANK.match(text, place)
    return match.end() if match else place


def _start(text: str, steps: list[str]) -> int:
    """Where the value at ``steps`` begins; of a key that is given twice the last one counts, as everywhere in JSON."""
    place = _skip(text, 0)
    for step in steps:
        found = [start for key, start in _members(text, place) if key == step]
        if not found:
            raise ValueError(step)
        place = found[-1]
    return place


def _members(text: str, place: int) -> Iterator[tuple[str, int]]:
    """Keys of the object that begins at ``place`` and where their values begin."""
    if text[place] != "{":
        raise ValueError(place)
    place = _skip(text, place + 1)
    while text[place] != "}":
        key, place = _READ(text, place)
        start = _skip(text, _skip(text, place) + 1)
        yield key, start
        place = _skip(text, _READ(text, start)[1])
        place = _skip(text, place + 1) if text[place] == "," else place


def _items(text: str, place: int) -> Iterator[str]:
    """Items of the array that begins at ``place``, each as it is written, on one line."""
    if text[place] != "[":
        raise ValueError(place)
    place = _skip(text, place + 1)
    while text[place] != "]":
        end = _READ(text, place)[1]
        yield text[place:end].translate(_BREAKS)
        place = _skip(text, end)
        place = _skip(text, place + 1) if text[place] == "," else place


@dataclass
class Reading:
    """One walk through all pages, and what it has seen so far."""

    paging: Paging | None
    rows: int = 0
    pages: int = 0
    total: int | None = None
    content: Any = field(default_factory=hashlib.sha256)
    is_doubtful: bool = False
    """A page began with what the one before held: rows moved between the questions, or the source holds them twice."""
    _seen: dict[str, int] = field(default_factory=dict)
    _cursors: set[str] = field(default_factory=set)
    _cursor: str = ""
    _before: frozenset[str] = frozenset()

    def question(self) -> dict[str, str | int]:
        """The parameters that ask for the next page."""
        if self.paging is None:
            return {}
        asked: dict[str, str | int] = {self.paging.size_param: self.paging.size} if self.paging.size_param else {}
        if self.paging.by == "page":
            asked[self.paging.param] = self.paging.first + self.pages
        elif self.paging.by == "offset":
            asked[self.paging.param] = self.rows
        elif self._cursor:
            asked[self.paging.param] = self._cursor
        return asked

    def add(self, page: Page) -> bool:
        """Count one page; whether another must be asked for. SourceError where a page repeats, lacks or changes."""
        self.pages += 1
        self.rows += len(page.records)
        written = "\n".join(page.records)
        self.content.update(written.encode("utf-8", "surrogatepass") + b"\n")
        if self.paging is None:
            return False
        if page.records:
            digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
            if digest in self._seen:
                problem = f"page {self.pages} repeats page {self._seen[digest]}"
                raise SourceError(problem, remedy=_AGAIN)
            self._seen[digest] = self.pages
            here = frozenset(page.records)
            self.is_doubtful |= not here.isdisjoint(self._before)
            self._before = here
        self._count(page)
        more = self._next_cursor(page) if self.paging.by == "cursor" else self._is_more(page)
        if not more and self.total is not None and self.rows != self.total:
            raise self._unlike_total()
        return more

    def _count(self, page: Page) -> None:
        """Hold the page to the declared total."""
        if self.paging is None or self.paging.total is None:
            return
        told = page.value(self.paging.total)
        total = int(told) if isinstance(told, int | str) and re.fullmatch(r"[0-9]{1,15}", str(told)) else None
        if total is None:
            problem = f"the answer tells no number of records at {self.paging.total!r}"
            raise SourceError(problem, remedy="Correct `paging: {total: …}`")
        if self.total not in (None, total):
            problem = f"the source changed while it was read: first {self.total} records, on page {self.pages} {total}"
            raise SourceError(problem, remedy="Run again, at an hour when nobody writes")
        self.total = total
        if self.rows > total:
            raise self._unlike_total()

    def _is_more(self, page: Page) -> bool:
        """By page or offset: until the total is reached; without one until a page is empty."""
        if self.total is None:
            return bool(page.records)
        return self.rows < self.total and bool(page.records)

    def _next_cursor(self, page: Page) -> bool:
        told = page.value(self.paging.next or "") if self.paging else None
        self._cursor = str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""
        if not self._cursor:
            return False
        if self._cursor in self._cursors:
            raise SourceError(f"page {self.pages} leads back to a page that was read before", remedy=_AGAIN)
        self._cursors.add(self._cursor)
        return True

    def _unlike_total(self) -> SourceError:
        problem = f"{self.rows} records came in {self.pages} pages where the source tells of {self.total}"
        return SourceError(problem, remedy=_AGAIN)
