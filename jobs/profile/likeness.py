"""How well a column's name fits each element: the same word, the same word in pinyin, or parts in common."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from jobs.contracts import Catalog
from jobs.rules import words

SAME, LISTED, DECORATED, SPELT, FOLDED, INITIALS = 1.0, 0.95, 0.93, 0.9, 0.88, 0.8
"""Equal to a name of one element; of several; but for decoration; in pinyin; but for equal words; in first letters."""
_PARTS, _LETTERS, _ENDING, _TOKENS = 0.82, 0.72, 0.6, 0.75
"""What a perfect likeness of a lesser kind is worth."""
_LEAST = 0.35
_NEARLY = 0.6
_MOST = 25
_SHORT = 3
_VAGUE = 8
_NAMELIKE, _LONGEST = 0.6, 30

Found = Iterable[tuple["Likeness", set[str]]]
Name = str | tuple[str, ...]


class Likeness(NamedTuple):
    """How well a name fits, from 0 to 1, and why in words."""

    score: float
    why: str
    word: str = ""


def _lists() -> dict[Name, set[str]]:
    return defaultdict(set)


@dataclass
class Parts:
    """Names as sequences of characters, syllables or words, found again by those that they share."""

    elements: dict[Name, set[str]] = field(default_factory=_lists)
    _by_gram: dict[str, set[Name]] = field(default_factory=lambda: defaultdict(set))
    _weights: dict[str, float] = field(default_factory=dict)

    def add(self, name: Name, element: str) -> None:
        """File a name of an element."""
        self.elements[name].add(element)
        for gram in words.grams(name):
            self._by_gram[gram].add(name)

    def weigh(self) -> None:
        """Rare parts weigh more; to be called when all names are filed."""
        size = len(self.elements) or 1
        self._weights = {gram: math.log(1 + size / len(names)) for gram, names in self._by_gram.items()}
        self._weights[""] = math.log(1 + size)

    def _weight(self, grams: Iterable[str]) -> float:
        return sum(self._weights.get(gram, self._weights[""]) for gram in grams)

    def similar(self, name: Name) -> Iterable[tuple[float, Name]]:
        """Names with parts in common, and how much: of both names, of theirs alone, or in their order."""
        mine = words.grams(name)
        weight = self._weight(mine)
        for other in {found for gram in mine for found in self._by_gram.get(gram, ())}:
            theirs = words.grams(other)
            shared = self._weight(mine & theirs)
            other_weight = self._weight(theirs)
            score = 2 * shared / (weight + other_weight)
            if len(other) > 1:
                score = max(score, shared / other_weight * (0.5 + 0.4 * shared / weight))
            if len(name) > 2:
                ratio = SequenceMatcher(None, name, other, autojunk=False).ratio()
                score = max(score, 0.9 * ratio if ratio >= _NEARLY else 0.0)
            if score >= _LEAST:
                yield score, other


@dataclass
class Index:
    """Names, identifiers and synonyms of the elements, by every way in which they may be written."""

    exact: dict[Name, set[str]] = field(default_factory=_lists)
    undecorated: dict[Name, set[str]] = field(default_factory=_lists)
    initials: dict[Name, set[str]] = field(default_factory=_lists)
    other_initials: dict[Name, set[str]] = field(default_factory=_lists)
    """First letters of names with an equal word in the place of the last."""
    chinese: Parts = field(default_factory=Parts)
    pinyin: Parts = field(default_factory=Parts)
    latin: Parts = field(default_factory=Parts)
    _letters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def is_word(self, text: str) -> bool:
        """Whether a text is a name of some element."""
        return any(form in self.exact for form in words.forms(text))

    def is_name(self, text: str) -> bool:
        """Whether a text reads as the name of a column: one of an element, or much like one."""
        if self.is_word(text):
            return True
        similar = self.likenesses(text) if words.is_chinese(text) and len(text) <= _LONGEST else {}
        return any(likeness.score >= _NAMELIKE for likeness in similar.values())

    def is_vague(self, header: str) -> bool:
        """Whether a name is what many other names end with: 编号, 名称, 类型."""
        name = words.plain(header)
        return sum(len(self.exact[other]) for other in self.exact if str(other).endswith(name)) > _VAGUE

    def likenesses(self, header: str) -> dict[str, Likeness]:
        """Elements that the header may mean, each with its best likeness."""
        found: dict[str, Likeness] = {}
        for likeness, elements in (*self._equal(header), *self._similar(header)):
            for element in elements:
                if element not in found or likeness.score > found[element].score:
                    found[element] = likeness
        return dict(sorted(found.items(), key=lambda pair: -pair[1].score)[:_MOST])

    def _equal(self, header: str) -> Found:
        for place, form in enumerate(words.forms(header)):
            named = self.exact.get(form, set())
            if named:
                score = LISTED if len(named) > 1 else SAME if place == 0 else DECORATED
                yield Likeness(score, "a name of it" if len(named) == 1 else f"a name of {len(named)} elements"), named
        bare = words.undecorated(header)
        same = self.undecorated.get(bare, set())
        yield Likeness(DECORATED if len(same) == 1 else FOLDED, "a name of it, decorated"), same
        if words.is_chinese(header):
            equal = self.chinese.elements.get(words.folded(bare), set())
            yield Likeness(FOLDED, "a name of it in equal words"), equal
            return
        short = 0.15 if len(bare) <= _SHORT else 0.0
        if parts := words.syllables(bare):
            yield Likeness(SPELT, "a name of it in pinyin"), self.pinyin.elements.get(parts, set())
        yield Likeness(INITIALS - short, "first letters of its pinyin"), self.initials.get(bare, set())
        others = self.other_initials.get(bare, set())
        yield Likeness(INITIALS - 0.1 - short, "first letters of its pinyin in equal words"), others

    def _similar(self, header: str) -> Found:
        bare = words.undecorated(header)
        if words.is_chinese(header):
            yield from _worth(_PARTS, self.chinese, words.folded(bare))
            return
        if parts := words.syllables(bare):
            yield from _worth(_PARTS - 0.1, self.pinyin, parts)
        if len(parts := words.tokens(header)) > 1 or len(bare) > 6:
            yield from _worth(_TOKENS, self.latin, parts)
        yield from self._nearly(bare)

    def _nearly(self, name: str) -> Found:
        """First letters that nearly agree, or that end in the first letters of a name."""
        if len(name) < _SHORT or not (name.isascii() and name.isalpha()):
            return  # AAC007 is another code than AAC006, not another writing of it
        pairs = {name[n : n + 2] for n in range(len(name) - 1)}
        for other in {word for pair in pairs for word in self._letters.get(pair, ())}:
            ratio = SequenceMatcher(None, name, other, autojunk=False).ratio()
            if ratio >= _NEARLY:
                yield Likeness(_LETTERS * ratio, "nearly first letters of", other), self.initials[other]
            if len(other) > 1 and name.endswith(other):
                score = _ENDING * (0.5 + 0.5 * len(other) / len(name))
                yield Likeness(score, "ends in the first letters of", other), self.initials[other]

    def add_letters(self, letters: str, element: str) -> None:
        """File the first letters of a name."""
        self.initials[letters].add(element)
        for n in range(len(letters) - 1):
            self._letters[letters[n : n + 2]].add(letters)


def _worth(most: float, parts: Parts, name: Name) -> Found:
    for score, other in parts.similar(name):
        shown = other if isinstance(other, str) else " ".join(other)
        yield Likeness(most * min(score, 1.0), f"shares {round(100 * score)}% with", shown), parts.elements[other]


def make_index(catalog: Catalog) -> Index:
    """The index over all elements. Nothing of any resource goes into it."""
    index = Index()
    for element in catalog.column_elements:
        for name in (element.id, element.name, element.identifier, *element.synonyms):
            _add(index, element.id, name)
    for parts in (index.chinese, index.pinyin, index.latin):
        parts.weigh()
    return index


def _add(index: Index, element: str, name: str) -> None:
    for form in words.forms(name):
        index.exact[form].add(element)
    bare = words.undecorated(name)
    if not words.is_chinese(name):
        if len(parts := words.tokens(name)) > 1:
            index.latin.add(parts, element)
        index.add_letters(bare, element)
        return
    index.undecorated[bare].add(element)
    index.chinese.add(words.folded(bare), element)
    index.pinyin.add(words.spelt_out(bare), element)
    index.add_letters(words.initials(bare), element)
    for other in words.variants(bare):
        index.other_initials[words.initials(other)].add(element)
