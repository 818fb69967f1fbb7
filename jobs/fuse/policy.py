"""The authority of an entity as a table: for every source and element, whether and in which order it has a say."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from jobs.contracts import Catalog, Choice, Claim, Entity, Group
from jobs.rules import rule_for
from jobs.rules.mentions import MentionSource

FALLBACK, UNOFFICIAL, SUSPECT = 1, 2, 4
"""Bits of a cell's flag; a cell is ``place of its record × 8 + bits``."""


@dataclass(frozen=True)
class Say:
    """One source's say in one element. Positions are 1-based places among the source's elements, 0 for none."""

    resource: str
    role: str
    element: str
    position: int
    lead: int
    """Position of the element that decides whether the claim stands: its group's first one, else itself."""
    rank: int | None
    """Ascending; None where the catalog gives no say: such a claim can conflict, never win."""
    bits: int
    latest: int = 0
    """Position of the element whose latest value goes first within a rank."""
    case: int = 0
    pattern: str = ""
    """The claim stands only where the element at ``case`` is like ``pattern``."""


SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("resource", "role", "element")]
    + [(name, pa.int32()) for name in ("position", "lead", "rank", "bits", "latest", "case")]
    + [("pattern", pa.string())]
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


def authority_table(entity: Entity, sources: list[MentionSource], as_of: str) -> pa.Table:
    """All says of ``sources``: for each element they carry one without a rank, and one for each valid claim."""
    says = [say for source in sources for say in _says(entity, source, as_of)]
    return pa.Table.from_pylist([vars(say) for say in says], SCHEMA)


def _says(entity: Entity, source: MentionSource, as_of: str) -> list[Say]:
    names = elements_of(entity, source)
    place = {name: position for position, name in enumerate(names, 1)}
    says = []
    for element in sorted(entity.authority):
        if element not in place:
            continue
        own = (source.id, source.role, element, place[element])
        if element in source.elements:
            says.append(Say(*own, lead=place[element], rank=None, bits=0))
        group, chain = _group_of(entity, element), entity.authority[element]
        lead = place.get(group.elements[0], 0) if group else place[element]
        if lead == 0:
            continue
        if isinstance(chain, Choice):
            if source.id in chain.among:
                says.append(Say(*own, lead=lead, rank=0, bits=UNOFFICIAL, latest=place.get(chain.ordered_by, 0)))
            continue
        latest = place.get(group.latest or "", 0) if group else 0
        for rank, claim in enumerate(sorted(chain, key=lambda c: (c.fallback, c.when is None))):
            if claim.source == source.id and claim.role in (None, source.role) and _is_valid(claim, as_of):
                case, pattern = _case(claim, place)
                if case >= 0:
                    bits = FALLBACK if claim.fallback else 0
                    says.append(Say(*own, lead=lead, rank=rank, bits=bits, latest=latest, case=case, pattern=pattern))
    return says


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
