"""Which undeclared column a missing one may have become: by names of its element, and by the shape of its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from jobs.contracts import Catalog, Element, Resource, SourceField
from jobs.land.columns import clean_name
from jobs.land.header import HeaderDiffers
from jobs.land.shapes import Shape, alike
from jobs.rules import words

_CLOSE = 0.5
_ENOUGH = 1.0


@dataclass(frozen=True)
class Candidate:
    """A column that may be a missing field, why, and whether there is no other reading."""

    field: str
    column: str
    why: tuple[str, ...]
    score: float
    sure: bool = False


def candidates(
    catalog: Catalog,
    resource: Resource,
    differs: HeaderDiffers,
    before: Mapping[str, Shape],
    now: Mapping[str, Shape],
) -> list[Candidate]:
    """The best reading of each missing column, if any; ``before`` are shapes of fields, ``now`` of new columns."""
    fields = {field.name: field for field in reversed(resource.fields)}
    found: list[Candidate] = []
    for name in differs.missing:
        for column in differs.extra:
            fits = alike(before[name], now[column]) if name in before and column in now else None
            option = _weighed(catalog, fields[name], column, fits)
            if option.score >= _ENOUGH:
                found.append(option)
    return _one_to_one(found)


def _weighed(catalog: Catalog, field: SourceField, column: str, fits: bool | None) -> Candidate:
    element = catalog.element_of(field)
    score, why, sure = _by_name(catalog, field, element, column)
    if fits:
        score, why = score + 0.5, (*why, "cells of the same shape")
    elif fits is False:
        score -= 1.0
    return Candidate(field.name, column, why, score, sure and fits is not False)


def _by_name(
    catalog: Catalog, field: SourceField, element: Element, column: str
) -> tuple[float, tuple[str, ...], bool]:
    """Score, reason, and whether the name means this element and no other."""
    forms = set(words.forms(column))
    if forms & _forms((field.label,)):
        return 2.0, ("the label of the field",), True
    if forms & _forms(_names(element)):
        others = [e for e in catalog.elements.values() if e.id != element.id and forms & _forms(_names(e))]
        return 2.0, (f"a name of {element.id}",), not others
    same = {words.folded(words.undecorated(name)) for name in (field.label, *_names(element)) if words.is_chinese(name)}
    if words.is_chinese(column) and words.folded(words.undecorated(column)) in same:
        return 1.5, (f"a name of {element.id} in equal words",), False
    letters = {words.initials(words.plain(name)) for name in (field.label, element.name)}
    if words.plain(column) in letters or words.initials(words.plain(column)) == words.plain(field.name):
        return 1.5, ("first letters of its pinyin",), False
    ratio = SequenceMatcher(None, clean_name(field.name), column, autojunk=False).ratio()
    return (0.5 + ratio / 2, ("much the same letters",), False) if ratio >= _CLOSE else (0.0, (), False)


def _names(element: Element) -> tuple[str, ...]:
    return (element.id, element.name, element.identifier, *element.synonyms)


def _forms(names: Sequence[str]) -> set[str]:
    return {form for name in names for form in words.forms(name)}


def _one_to_one(found: list[Candidate]) -> list[Candidate]:
    """The best for each field, each column once; sure only where a name speaks for one pair alone."""
    fields = Counter(option.field for option in found if option.sure)
    columns = Counter(option.column for option in found if option.sure)
    taken: set[str] = set()
    chosen = []
    for option in sorted(found, key=lambda option: (-option.score, option.field, option.column)):
        if option.field in taken or option.column in taken:
            continue
        taken |= {option.field, option.column}
        alone = fields[option.field] == columns[option.column] == 1
        chosen.append(Candidate(option.field, option.column, option.why, option.score, option.sure and alone))
    return chosen


def explained(differs: HeaderDiffers, found: Sequence[Candidate], places: Mapping[str, str]) -> HeaderDiffers:
    """The refusal with a proposal for each column that may have been renamed; ``places`` says where fields stand."""
    if not found:
        return differs
    parts = [
        f"column {option.column!r} is not declared and looks like {option.field!r} ({', '.join(option.why)})"
        for option in found
    ]
    adds = [f"`aliases: [{option.column}]` to {places[option.field]}" for option in found]
    remedy = f"If so, add {' and '.join(adds)}, or ask the department for the declared names"
    problem = f"{differs.problem}; {'; '.join(parts)}"
    return HeaderDiffers(problem, remedy=remedy, missing=differs.missing, extra=differs.extra, **differs.where)
