"""What every cell must come to: plain Python over the records that stand at the cut-off.

A record speaks of the entity that its sound strong keys name; a weaker key leads to the stronger one through any record
that has both. Names are not compared: a former name does not split a firm. Sources are taken in the order of the
catalog, a doubted value gives way to any other. It shares no code with the pipeline it judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jobs.contracts import Catalog, Entity
from jobs.simulate.claims import Look, Told, rank_of, told_of
from jobs.simulate.ledger import Stand, Stock

NUMERIC = ("integer", "decimal")


class Claimed(NamedTuple):
    """A record that speaks of an entity, and in which role."""

    told: Told
    stand: Stand


class Cell(NamedTuple):
    """The value an element must have, and where it comes from."""

    value: str
    claimed: Claimed


class Golden(NamedTuple):
    """An entity as it must be known: its key, its true identity, its cells, and all who spoke of it."""

    key: str
    identity: str
    cells: dict[str, Cell]
    claims: list[Claimed]


def golden_of(catalog: Catalog, entity: Entity, stocks: dict[str, Stock], today: str) -> Iterator[Golden]:
    """Every entity of a kind that has a sound key, by key."""
    told = [t for t in told_of(catalog, entity, today) if t.resource.id in stocks]
    numeric = {e for e in entity.authority if catalog.elements[e].type in NUMERIC}
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
            if all(stand.record.known(place) in values for place, values in one.where):
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


def _key_text(name: str, key: tuple[Look, ...] | None, stand: Stand) -> str:
    """``elements=values`` of a strong key whose parts are all there and above suspicion, else nothing."""
    if key is None:
        return ""
    record, parts = stand.record, []
    for look in key:
        value = look.at(record)
        if value is None or (record.patches and record.is_suspect(look.place)):
            return ""
        parts.append(value)
    return f"{name}={'|'.join(parts)}"


def _winners(claims: list[Claimed], numeric: set[str]) -> dict[str, Cell]:
    """Per element the claim that is least doubted, first in rank, newest, last delivered."""
    best: dict[str, tuple[Any, Claimed, Any]] = {}
    for claimed in claims:
        told, stand = claimed
        record, order, row_no = stand.record, stand.delivery.order, stand.row_no
        row, patches = record.known_row(), record.patches
        for say in told.says:
            lead = say.lead
            if (lead.through(record) if lead.through else row[lead.place]) is None:
                continue
            rank = rank_of(say, record) if say.cases else say.rank
            if rank is None:
                continue
            newest = (row[say.latest.place] or "") if say.latest else ""
            is_sound = not patches or not record.is_suspect(lead.place)
            place = (is_sound, -rank, newest, order, row_no)
            held = best.get(say.element)
            if held is None or place > held[0]:
                best[say.element] = (place, claimed, say)
    cells = {}
    for element in sorted(best):
        _, claimed, say = best[element]
        value = say.look.at(claimed.stand.record) if say.look else None
        if value is not None:
            cells[element] = Cell(plain_number(value) if element in numeric else value, claimed)
    return cells


def plain_number(text: str) -> str:
    """A number without the zeros that mean nothing."""
    if "." not in text:
        return text
    return text.rstrip("0").rstrip(".") or "0"


def losers_of(golden: Golden, numeric: set[str]) -> list[tuple[Any, ...]]:
    """Values that differ from the chosen ones: element, chosen, its source, value, source, role and where it stands."""
    rows = []
    for told, stand in golden.claims:
        row = stand.record.known_row()
        for element, look in told.looks.items():
            cell = golden.cells.get(element)
            if cell is None:
                continue
            value = look.through(stand.record) if look.through else row[look.place]
            if value is None or value == cell.value:
                continue
            if element in numeric and plain_number(value) == cell.value:
                continue
            d = stand.delivery
            where = (d.file, d.period, d.sequence, stand.row_no)
            rows.append(
                (element, cell.value, cell.claimed.told.resource.id, value, told.resource.id, told.role, *where)
            )
    return sorted(rows)
