"""What every cell must come to: plain Python over the records that stand at the cut-off.

A record speaks of the entity that its sound strong keys name; a weaker key leads to the stronger one through any record
that has both. Names are not compared: a former name does not split a firm. Sources are taken in the order of the
catalog, a doubted value gives way to any other. It shares no code with the pipeline it judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jobs.contracts import Catalog, Entity
from jobs.simulate.claims import Told, rank_of, told_of
from jobs.simulate.ledger import Stand, Stock

_NUMERIC = ("integer", "decimal")


class Claimed(NamedTuple):
    """A record that speaks of an entity, and in which role."""

    told: Told
    stand: Stand


class Cell(NamedTuple):
    """The value an element must have, and where it comes from."""

    value: str
    claimed: Claimed
    is_fallback: bool


class Golden(NamedTuple):
    """An entity as it must be known: its key, its true identity, its cells, and all who spoke of it."""

    key: str
    identity: str
    cells: dict[str, Cell]
    claims: list[Claimed]


def golden_of(catalog: Catalog, entity: Entity, stocks: dict[str, Stock], today: str) -> Iterator[Golden]:
    """Every entity of a kind that has a sound key, by key."""
    told = [t for t in told_of(catalog, entity, today) if t.resource.id in stocks]
    numeric = {e for e in entity.authority if catalog.elements[e].type in _NUMERIC}
    for key, claims in sorted(_grouped(entity, told, stocks).items()):
        cells = _winners(claims, numeric)
        first = claims[0]
        yield Golden(key, first.stand.record.entities[first.told.position], cells, claims)


def _grouped(entity: Entity, told: list[Told], stocks: dict[str, Stock]) -> dict[str, list[Claimed]]:
    """Claims by the text of their strongest key."""
    names = ["+".join((key,) if isinstance(key, str) else key) for key in entity.keys]
    keyed: list[tuple[list[str], Claimed]] = []
    bridges: dict[str, str] = {}
    for one in told:
        if not any(one.keys):
            continue
        for stand in stocks[one.resource.id].live():
            if all(read(stand.record) in values for read, values in one.where):
                texts = [_key_text(name, key, stand) for name, key in zip(names, one.keys, strict=True)]
                keyed.append((texts, Claimed(one, stand)))
                if texts[0]:
                    for weaker in texts[1:]:
                        if weaker:
                            bridges[weaker] = min(bridges.get(weaker, texts[0]), texts[0])
    found: dict[str, list[Claimed]] = {}
    for texts, claimed in keyed:
        through = (bridges[text] for text in texts[1:] if text in bridges)
        key = texts[0] or next(through, "") or next((text for text in texts[1:] if text), "")
        if key:
            found.setdefault(key, []).append(claimed)
    return found


def _key_text(name: str, key: Any, stand: Stand) -> str:
    """``elements=values`` of a strong key whose parts are all there and above suspicion, else nothing."""
    if key is None:
        return ""
    parts = []
    for place, read in key:
        value = read(stand.record)
        if value is None or stand.record.is_suspect(place):
            return ""
        parts.append(value)
    return f"{name}={'|'.join(parts)}"


def _winners(claims: list[Claimed], numeric: set[str]) -> dict[str, Cell]:
    """Per element the claim that is least doubted, first in rank, newest, last delivered."""
    best: dict[str, tuple[Any, Claimed, Any]] = {}
    for claimed in claims:
        told, stand = claimed
        record = stand.record
        for say in told.says:
            if say.read_lead(record) is None:
                continue
            rank = say.rank if not say.cases else rank_of(say, record)
            if rank is None:
                continue
            newest = (say.latest(record) or "") if say.latest else ""
            place = (not record.is_suspect(say.lead), -rank, newest, stand.delivery.order, stand.row_no)
            held = best.get(say.element)
            if held is None or place > held[0]:
                best[say.element] = (place, claimed, say)
    cells = {}
    for element, (place, claimed, say) in sorted(best.items()):
        value = say.read(claimed.stand.record) if say.read else None
        if value is not None:
            cells[element] = Cell(plain_number(value) if element in numeric else value, claimed, -place[1] > 0)
    return cells


def plain_number(text: str) -> str:
    """A number without the zeros that mean nothing."""
    if "." not in text:
        return text
    return text.rstrip("0").rstrip(".") or "0"
