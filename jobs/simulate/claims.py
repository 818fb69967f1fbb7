"""Who may say what of an entity: its authority, compiled to positions in records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jobs.contracts import Catalog, Choice, Claim, Entity, Mention, MentionField, Resource, carried
from jobs.simulate.errors import is_number_18
from jobs.simulate.records import Record

Read = Callable[[Record], "str | None"]


@dataclass(frozen=True)
class Say:
    """One source's right to one element: lower ranks go first; of ``cases`` (column, prefix, rank) the first wins."""

    element: str
    lead: int
    read_lead: Read
    read: Read | None
    cases: tuple[tuple[Read, str, int], ...]
    rank: int | None
    latest: Read | None


@dataclass(frozen=True)
class Told:
    """What the mentions of one role in one resource tell of an entity."""

    resource: Resource
    role: str
    position: int
    """Place of the mention among the resource's."""
    reads: dict[str, Read]
    says: tuple[Say, ...]
    keys: tuple[tuple[tuple[int, Read], ...] | None, ...]
    where: tuple[tuple[Read, tuple[str, ...]], ...]
    name: Read | None


def told_of(catalog: Catalog, entity: Entity, today: str) -> list[Told]:
    """Every live source of the entity."""
    return [
        _told(catalog, entity, resource, mention, position, today)
        for resource in catalog.live.values()
        for position, mention in enumerate(resource.mentions)
        if mention.entity == entity.entity
    ]


def _told(catalog: Catalog, entity: Entity, resource: Resource, mention: Mention, position: int, today: str) -> Told:
    held = carried(entity, resource, mention)
    places = {f.column: n for n, f in enumerate(resource.fields)}
    reads = {element: _reader(places[column], mention, element, column) for element, column in held.items()}
    groups = {element: group for group in entity.groups for element in group.elements}
    says = []
    for element in sorted(entity.authority):
        group = groups.get(element)
        lead = group.elements[0] if group else element
        if lead not in reads or (element not in reads and group is None):
            continue
        chain = entity.authority[element]
        latest = chain.ordered_by if isinstance(chain, Choice) else group.latest if group else None
        cases, rank = _rank(chain, resource.id, mention.role, reads, today)
        if cases or rank is not None:
            newest = reads.get(latest) if latest else None
            says.append(Say(element, places[held[lead]], reads[lead], reads.get(element), cases, rank, newest))
    keys = [_key(part, held, places, reads) for part in entity.keys]
    where = tuple((_plain(places[column]), values) for column, values in mention.where.items())
    name = reads.get(entity.name_element) if entity.name_element else None
    return Told(resource, mention.role, position, reads, tuple(says), tuple(keys), where, name)


def _plain(place: int) -> Read:
    return lambda record: record.known(place)


def _reader(place: int, mention: Mention, element: str, column: str) -> Read:
    spec = mention.fields.get(element)
    if isinstance(spec, MentionField) and spec.codes:
        codes = spec.codes
        return lambda record: codes.get(record.known(place) or "")
    if element == "resident_id" and column != element:
        return lambda record: _valid_id(record, place)
    return lambda record: record.known(place)


def _valid_id(record: Record, place: int) -> str | None:
    """A document number where it is a resident id that checks."""
    text = record.known(place)
    patch = record.patches.get(place) if record.patches else None
    if text is None or not is_number_18(text) or (patch and patch.flag):
        return text if patch and patch.flag in ("repaired", "converted") else None
    return text


def _key(
    key: str | tuple[str, ...], held: dict[str, str], places: dict[str, int], reads: dict[str, Read]
) -> tuple[tuple[int, Read], ...] | None:
    parts = (key,) if isinstance(key, str) else key
    if not set(parts) <= set(held):
        return None
    return tuple((places[held[part]], reads[part]) for part in parts)


def _rank(
    chain: Choice | tuple[Claim, ...], source: str, role: str, reads: dict[str, Read], today: str
) -> tuple[tuple[tuple[Read, str, int], ...], int | None]:
    """Cases in order, and the rank where none applies; lawful claims with a case, lawful ones, fallbacks."""
    if isinstance(chain, Choice):
        return (), 0 if source in chain.among else None
    cases: list[tuple[Read, str, int]] = []
    for place, claim in enumerate(sorted(chain, key=lambda c: (c.fallback, c.when is None))):
        is_its = claim.source == source and claim.role in (None, role)
        if not is_its or not (claim.since or "0") <= today <= (claim.until or "9"):
            continue
        if claim.when is None:
            return tuple(cases), place
        column, _, pattern = claim.when.partition(" like ")
        cases.append((reads.get(column, lambda _record: None), pattern.strip("'").rstrip("%"), place))
    return tuple(cases), None


def rank_of(say: Say, record: Record) -> int | None:
    """Rank of a record's claim; None where the source has no say in this case."""
    for read, prefix, rank in say.cases:
        if (read(record) or "").startswith(prefix):
            return rank
    return say.rank
