"""The authority of an entity, compiled: for every element and source an order in which claims are taken."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.contracts import Catalog, Choice, Claim, Entity, Group
from jobs.rules.mentions import MentionSource
from jobs.rules import rule_for

FALLBACK, UNOFFICIAL, SUSPECT = 1, 2, 4
"""Bits of a cell's flag; a cell is ``position of its source × 8 + bits``."""


@dataclass(frozen=True)
class Order:
    """How a claim of one source for one element ranks: SQL text that sorts ascending, null where it may not claim."""

    rank: str
    bits: str
    latest: str | None


def element_types(catalog: Catalog, entity: Entity) -> dict[str, str]:
    """SQL type of every fused element, in element order."""
    return {
        element: rule_for(catalog.elements[element], catalog.elements[element].code_table is not None).type
        for element in sorted(entity.authority)
    }


def order_of(entity: Entity, element: str, source: MentionSource, as_of: str) -> Order | None:
    """Rank of the claims of ``source`` for ``element``; None if the catalog gives it no say."""
    chain = entity.authority[element]
    group = group_of(entity, element)
    latest = group.latest if group else None
    if isinstance(chain, Choice):
        return Order("'00'", str(UNOFFICIAL), chain.ordered_by) if source.id in chain.among else None
    places = [
        (position, claim)
        for position, claim in enumerate(_ordered(chain))
        if claim.source == source.id and claim.role in (None, source.role) and _valid(claim, as_of)
    ]
    if not places:
        return None
    rank = bits = "NULL"
    for position, claim in reversed(places):
        flag = str(FALLBACK if claim.fallback else 0)
        if claim.when:
            rank = f"CASE WHEN `{claim.when.split(' ')[0]}` {claim.when.split(' ', 1)[1]} THEN '{position:02d}' ELSE {rank} END"
            bits = f"CASE WHEN `{claim.when.split(' ')[0]}` {claim.when.split(' ', 1)[1]} THEN {flag} ELSE {bits} END"
        else:
            rank, bits = f"'{position:02d}'", flag
    return Order(rank, bits, latest)


def group_of(entity: Entity, element: str) -> Group | None:
    """The group an element is taken with, if any."""
    return next((group for group in entity.groups if element in group.elements), None)


def _ordered(chain: tuple[Claim, ...]) -> list[Claim]:
    """Lawful claims with a case first, then lawful ones without, then fallbacks, each in the catalog's order."""
    return sorted(chain, key=lambda claim: (claim.fallback, claim.when is None))


def _valid(claim: Claim, as_of: str) -> bool:
    return (claim.since or "0000") <= as_of <= (claim.until or "9999")
