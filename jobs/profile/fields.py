"""The lines of a draft that declare its columns: element, writings of days, unit, and why, in a remark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from jobs.contracts import Catalog, Element, other_unit
from jobs.profile.facts import Facts
from jobs.profile.look import Profile
from jobs.profile.match import Candidate, Match
from jobs.rules import words

HOLDING = "remark"
"""The element that holds a column of unknown meaning where none may be left out."""
_PLAIN = re.compile(r"^[A-Za-z_\u3400-\u9fff][\w\u3400-\u9fff.()（）/-]*$")
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_COLUMN = re.compile(r"^[^\x00-\x1f`\"';\\]{1,120}$")
_FORM = re.compile(r"^[A-Za-z年月日/.-]+$")
_USUAL_DAYS = {"date": "yyyy-MM-dd", "datetime": "yyyy-MM-dd HH:mm:ss"}


def scalar(text: str) -> str:
    """A text as YAML reads it inside ``{…}``: bare where that is safe, else in JSON's quotes."""
    plain = _PLAIN.match(text) and text.casefold() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def slug(text: str) -> str:
    """An identifier made of a name: Latin letters stay, Chinese become the first letters of their pinyin."""
    letters = re.sub(r"[^a-z0-9]+", "_", words.initials(text)).strip("_")
    return (letters if letters[:1].isalpha() else f"x{letters}")[:30]


def can_be_declared(match: Match) -> bool:
    """Whether a column has an element and a name that a declaration may hold."""
    return match.chosen is not None and bool(_COLUMN.match(match.column))


def field_lines(profile: Profile, catalog: Catalog) -> Iterator[str]:
    """One line a column, as a remark where it stays undeclared, and a remark with what else it may be."""
    key = {name for candidate in profile.keys[:1] for name in candidate.columns}
    whole = profile.proposal.format.header_rows == 0 and HOLDING in catalog.elements
    used: set[str] = set()
    for match in profile.matches:
        element = catalog.elements[match.chosen.element] if match.chosen else None
        if element is None and whole:
            element = catalog.elements[HOLDING]
        if element is None or not _COLUMN.match(match.column):
            name = json.dumps(match.column, ensure_ascii=False)
            yield f"  # - {{name: {name}, label: {name}, element: ?}}  # unknown: {shape(match.facts)}"
        else:
            facts = _facts(profile, match, element, used) | ({"required": "true"} if match.column in key else {})
            facts |= {"fit": "loose"} if match.chosen is None else {}
            inner = ", ".join(f"{name}: {value}" for name, value in facts.items())
            yield f"  - {{{inner}}}  # {match.grade}: {_why(match.chosen)}{shape(match.facts)}"
        if match.others and match.grade != "certain":
            others = (f"{other.element} ({catalog.elements[other.element].name})" for other in match.others)
            yield f"  #   or: {', '.join(others)}"


def _facts(profile: Profile, match: Match, element: Element, used: set[str]) -> dict[str, str]:
    """The keys of a field in their usual order; ``used`` gathers the standardised columns."""
    label = profile.proposal.labels.get(match.column, "")
    label = label or (match.column if words.is_chinese(match.column) else element.name)
    facts = {"name": scalar(match.column), "label": scalar(label), "element": element.id}
    column = element.id
    if column in used:
        column = f"{element.id[:30]}__{slug(match.column)}"
        while column in used:
            column += "x"
        facts["to"] = column
    used.add(column)
    usual, formats = _USUAL_DAYS.get(element.rule), match.facts.formats
    if usual and formats and formats != (usual,):
        facts["formats"] = f"[{', '.join(form if _FORM.match(form) else json.dumps(form) for form in formats)}]"
    if unit := other_unit(element.unit, match.column, label):
        facts["unit"] = unit
    return facts


def _why(chosen: Candidate | None) -> str:
    if chosen is None:
        return ""
    name = f"{chosen.name.why} {chosen.name.word}".strip() or "by content alone"
    return "".join(f"{reason}; " for reason in (name, chosen.content.why) if reason)


def shape(facts: Facts) -> str:
    """A column in words: lengths, how many different, how full. No value."""
    if not facts.filled:
        return "empty in the sample"
    length = f"{facts.shortest}" if facts.shortest == facts.longest else f"{facts.shortest}-{facts.longest}"
    kind = "digits" if facts.shape("digits") > 0.98 else "characters"
    kind = f"{kind}, days as {' and '.join(facts.formats)}" if facts.formats else kind
    own = "each row its own" if facts.unique else f"{facts.distinct:,} different"
    full = "" if facts.filled == 1 else f", {100 * facts.filled:.3g}% filled"
    return f"{length} {kind}, {own}{full}"
