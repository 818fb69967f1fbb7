"""The authority of an entity as a table: for every source and element, whether and in which order it has a say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from jobs.contracts import Catalog, Choice, Claim, Entity, Group
from jobs.rules import rule_for
from jobs.rules.mentions import MentionSource

FALLBACK, UNOFFICIAL, SUSPECT = 1, 2, 4
"""Bits of a cell's flag; a cell is ``place of its record × 8 + bits``."""


BEYOND_DOUBT = 1


@dataclass(frozen=True)
class Say:
    """One source's say in one element. Positions are 1-based places among the source's elements, 0 for none."""

    resource: str
    role: str
    element: str
    position: int
    lead: int
    """Position of the element that decides whether the claim stands: its group's first one, else itself."""
    doubt: int
    """Where the record's doubts tell whether the value is suspect; at ``BEYOND_DOUBT`` nothing ever is."""
    lead_doubt: int
    rank: int | None
    """Ascending; None where the catalog gives no say: such a claim can conflict, never win."""
    heard: bool
    """Whether the claim tells of every value that the source has: by its own value, whatever else the record holds. One
    say a source and element does."""
    bits: int
    latest: int = 0
    """Position of the element whose latest value goes first within a rank."""
    case: int = 0
    pattern: str = ""
    """The claim stands only where the element at ``case`` is like ``pattern``."""


SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("resource", "role", "element")]
    + [(name, pa.int32()) for name in ("position", "lead", "doubt", "lead_doubt", "rank", "bits", "latest", "case")]
    + [("heard", pa.bool_()), ("pattern", pa.string())]
)


def element_types(catalog: Catalog, entity: Entity) -> dict[str, str]:
    """SQL type of every fused element, in element order."""
    return {
        element: rule_for(catalog.elements[element], catalog.elements[element].code_table is not None).type
        for element in sorted(entity.authority)
    }


def elements_of(entity: Entity, source: MentionSource) -> list[str]:
    """Elements of a source's records in order of position; those of a group are there as soon as its first one is."""
    with_group = {e for group in entity.groups if group.elements[0] in source.elements for e in group.elements}
    return sorted(set(source.elements) | with_group)


def doubted_of(entity: Entity, source: MentionSource) -> list[str]:
    """Those that may be suspect, in order of their place among the doubts, after ``BEYOND_DOUBT``."""
    return [element for element in elements_of(entity, source) if source.elements.get(element) in source.doubted]


def authority_table(entity: Entity, sources: list[MentionSource], as_of: str) -> pa.Table:
    """All says of ``sources``: one for each valid claim, and one without a rank for what no claim tells of."""
    says = [say for source in sources for say in _says(entity, source, as_of)]
    return pa.Table.from_pylist([vars(say) for say in says], SCHEMA)


def _says(entity: Entity, source: MentionSource, as_of: str) -> Iterator[Say]:
    place = {name: position for position, name in enumerate(elements_of(entity, source), 1)}
    doubt = {name: position for position, name in enumerate(doubted_of(entity, source), BEYOND_DOUBT + 1)}
    for element in sorted(entity.authority):
        if element not in place:
            continue
        own = doubt.get(element, BEYOND_DOUBT)
        say = partial(Say, source.id, source.role, element, place[element], doubt=own)
        group = _group_of(entity, element)
        first = group.elements[0] if group else element
        is_heard = element not in source.elements
        if first in place:
            lead = partial(say, lead=place[first], lead_doubt=doubt.get(first, BEYOND_DOUBT))
            for claim in _claims(entity.authority[element], group, source, place, as_of):
                tells_all = not is_heard and first == element and not claim["case"]
                yield lead(**claim, heard=tells_all)
                is_heard = is_heard or tells_all
        if not is_heard:
            yield say(lead=place[element], lead_doubt=own, rank=None, heard=True, bits=0)


def _claims(
    chain: Choice | tuple[Claim, ...], group: Group | None, source: MentionSource, place: dict[str, int], as_of: str
) -> Iterator[dict[str, Any]]:
    """Rank, bits and condition of every claim of a source."""
    if isinstance(chain, Choice):
        if source.id in chain.among:
            yield {"rank": 0, "bits": UNOFFICIAL, "latest": place.get(chain.ordered_by, 0), "case": 0}
        return
    latest = place.get(group.latest or "", 0) if group else 0
    for rank, claim in enumerate(sorted(chain, key=lambda c: (c.fallback, c.when is None))):
        if claim.source == source.id and claim.role in (None, source.role) and _is_valid(claim, as_of):
            case, pattern = _case(claim, place)
            if case >= 0:
                bits = FALLBACK if claim.fallback else 0
                yield {"rank": rank, "bits": bits, "latest": latest, "case": case, "pattern": pattern}


def _case(claim: Claim, place: dict[str, int]) -> tuple[int, str]:
    """Position and pattern of ``uscc like '12%'``; −1 where the source lacks the element, so that it never stands."""
    if not claim.when:
        return 0, ""
    element, _, pattern = claim.when.split(" ")
    return place.get(element, -1), pattern.strip("'")


def _group_of(entity: Entity, element: str) -> Group | None:
    return next((group for group in entity.groups if element in group.elements), None)


def _is_valid(claim: Claim, as_of: str) -> bool:
    return (claim.since or "0000") <= as_of <= (claim.until or "9999")
