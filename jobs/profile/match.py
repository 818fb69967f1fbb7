"""Columns and elements brought together: name and content weighed, each element given once, three grades of trust."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from jobs.contracts import AMOUNT_UNITS, Catalog, Element, other_unit
from jobs.profile.evidence import CONTRADICTS, IDENTIFIES, Evidence, content_evidence
from jobs.profile.facts import Facts
from jobs.profile.likeness import DECORATED, LISTED, SAME, Index, Likeness

Grade = Literal["certain", "likely", "unknown"]
_NAME, _CONTENT, _AGAINST, _USUAL, _TAKEN = 0.7, 0.3, 0.25, 0.06, 0.15
_FAMILY, _FAMILY_LISTED = 0.12, 0.22
_CONTENT_ALONE, _UNNAMED_LEAST = 0.45, 0.62
_LIKELY, _HALF = 0.36, 0.5
_CLOSE = 0.12
_SHORT_LETTERS = 4
_UNNAMED = Likeness(0.0, "")


@dataclass(frozen=True)
class Candidate:
    """An element that a column may carry."""

    element: str
    score: float
    name: Likeness
    content: Evidence


@dataclass(frozen=True)
class Match:
    """What was made of one column; others are those that come close to the chosen one."""

    column: str
    facts: Facts
    grade: Grade
    chosen: Candidate | None
    others: tuple[Candidate, ...]


@dataclass(frozen=True)
class Matcher:
    """Weighs the columns of one file against the elements of a catalog."""

    catalog: Catalog
    index: Index

    def match(self, columns: Sequence[tuple[str, str, Facts]]) -> list[Match]:
        """Matches of (name, label above it, facts), in their order."""
        candidates = [self._candidates(name, label, facts) for name, label, facts in columns]
        chosen = self._choose(candidates)
        matches = []
        for (name, _, facts), options, pick in zip(columns, candidates, chosen, strict=True):
            others = [option for option in options if pick is None or option.element != pick.element]
            near = [option for option in others if pick is None or option.score >= pick.score - _CLOSE][:3]
            matches.append(Match(name, facts, self._grade(name, pick), pick, tuple(near)))
        return matches

    @cached_property
    def _named_tables(self) -> Mapping[str, str]:
        """Elements for a name beside one for its code, and the code's table: town_name has that of town_code."""
        codes = {id_: element.code_table for id_, element in self.catalog.elements.items() if element.code_table}
        pairs = ((id_, codes.get(f"{id_.removesuffix('_name')}_code")) for id_ in self.catalog.elements)
        return {id_: table for id_, table in pairs if table and id_.endswith("_name")}

    def _candidates(self, name: str, label: str, facts: Facts) -> list[Candidate]:
        named = self.index.likenesses(name)
        for id_, likeness in self.index.likenesses(label).items() if label else ():
            if likeness.score > named.get(id_, _UNNAMED).score:
                named[id_] = likeness
        found = []
        for element in self.catalog.column_elements:
            likeness = named.get(element.id, _UNNAMED)
            table = self.catalog.code_tables.get(element.code_table or "")
            codes = len(table.values) if table else 0
            content = content_evidence(element, facts, self._named_tables.get(element.id), codes)
            if (likeness.score or content.score >= _UNNAMED_LEAST) and can_hold(element, name, label):
                found.append(Candidate(element.id, _weigh(element, likeness, content), likeness, content))
        return sorted(found, key=lambda candidate: -candidate.score)[:40]

    def _choose(self, candidates: Sequence[Sequence[Candidate]]) -> list[Candidate | None]:
        """The best pair first; an element that is taken, and elements of a family not met yet, count for less."""
        chosen: list[Candidate | None] = [None] * len(candidates)
        open_columns = set(range(len(candidates)))
        taken: Counter[str] = Counter()
        family = Family(self.catalog)
        while open_columns:
            best: tuple[tuple[bool, float], int, Candidate] | None = None
            for column in sorted(open_columns):
                for option in candidates[column]:
                    weight = _FAMILY_LISTED if option.name.score == LISTED else _FAMILY
                    score = option.score + weight * family.share(option.element)
                    if taken[option.element] and option.name.score < DECORATED:
                        score -= _TAKEN if option.name.score else 2 * _TAKEN
                    rank = (option.name.score in (SAME, DECORATED), score)
                    if score >= _LIKELY and (best is None or rank > best[0]):
                        best = (rank, column, option)
            if best is None:
                break
            (_, score), column, option = best
            chosen[column] = Candidate(option.element, score, option.name, option.content)
            open_columns.discard(column)
            taken[option.element] += 1
            family.add(option.element)
        return chosen

    def _grade(self, name: str, pick: Candidate | None) -> Grade:
        if pick is None:
            return "unknown"
        if pick.content.score == 1.0 and pick.name.score >= _HALF:
            return "certain"
        if pick.content.score <= CONTRADICTS or pick.name.score < DECORATED or "elements" in pick.name.why:
            return "likely"
        short = name.isascii() and len(name) <= _SHORT_LETTERS
        if pick.name.score == SAME and not short and not self.index.is_vague(name):
            return "certain"
        return "certain" if pick.content.score >= (0.3 if pick.name.score == SAME else IDENTIFIES) else "likely"


def can_hold(element: Element, *headings: str) -> bool:
    """Whether values of the unit that stands in a heading can become the element's; only amounts are converted."""
    unit = other_unit(element.unit, *headings)
    return not unit or (element.rule == "amount" and unit in AMOUNT_UNITS)


def _weigh(element: Element, name: Likeness, content: Evidence) -> float:
    usual = _USUAL * min(1.0, math.log1p(len(element.synonyms)) / 3)
    against = _AGAINST if content.score <= CONTRADICTS and name.score < DECORATED else 0.0
    if not name.score:
        return _CONTENT_ALONE * content.score + usual
    return _NAME * name.score + _CONTENT * content.score + usual - against


class Family:
    """Which elements go with those chosen already: ids share words with theirs, or they are of one standard."""

    def __init__(self, catalog: Catalog) -> None:
        self._parts = {id_: frozenset(id_.split("_")[:-1] or id_.split("_")) for id_ in catalog.elements}
        counts = Counter(part for parts in self._parts.values() for part in parts)
        self._weights: Mapping[str, float] = {
            part: math.log(1 + len(self._parts) / count) for part, count in counts.items()
        }
        self._standards = {id_: element.standard for id_, element in catalog.elements.items()}
        self._met: Counter[str] = Counter()
        self._met_standards: Counter[str] = Counter()

    def add(self, element: str) -> None:
        """Count an element that was chosen."""
        self._met.update(self._parts[element])
        self._met_standards[self._standards[element]] += 1

    def share(self, element: str) -> float:
        """How much of an element was met in those chosen, from 0 to 1."""
        parts = self._parts[element]
        total = sum(self._weights[part] for part in parts)
        size = max(1, self._met_standards.total())
        met = sum(self._weights[part] * min(1.0, 4 * self._met[part] / size) for part in parts) / total
        same = self._met_standards[self._standards[element]] / size
        return max(met, 0.8 * same)
