"""Who may say what of an entity: its authority, compiled to positions in records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jobs.contracts import Catalog, Choice, Claim, Entity, Mention, MentionField, Resource, carried
from jobs.simulate.errors import is_number_18
from jobs.simulate.records import Record

Read = Callable[[Record], "str | None"]


@dataclass(frozen=True)
class Look:
    """Where an element stands in a record; ``through`` where the column must be read in a way of its own."""

    place: int
    through: Read | None = None

    def at(self, record: Record) -> str | None:
        """The value in a record."""
        return self.through(record) if self.through else record.known(self.place)


@dataclass(frozen=True)
class Say:
    """One source's right to one element: lower ranks go first; of ``cases`` (look, prefix, rank) the first wins."""

    element: str
    lead: Look
    look: Look | None
    cases: tuple[tuple[Look | None, str, int], ...]
    rank: int | None
    latest: Look | None


@dataclass(frozen=True)
class Told:
    """What the mentions of one role in one resource tell of an entity."""

    resource: Resource
    role: str
    position: int
    """Place of the mention among the resource's."""
    looks: dict[str, Look]
    says: tuple[Say, ...]
    keys: tuple[tuple[Look, ...] | None, ...]
    where: tuple[tuple[int, tuple[str, ...]], ...]
    name: Look | None


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
    looks = {element: _look(places[column], mention, element, column) for element, column in held.items()}
    groups = {element: group for group in entity.groups for element in group.elements}
    says = []
    for element in sorted(entity.authority):
        group = groups.get(element)
        lead = group.elements[0] if group else element
        if lead not in looks or (element not in looks and group is None):
            continue
        chain = entity.authority[element]
        latest = chain.ordered_by if isinstance(chain, Choice) else group.latest if group else None
        cases, rank = _rank(chain, resource.id, mention.role, looks, today)
        if cases or rank is not None:
            newest = looks.get(latest) if latest else None
            says.append(Say(element, looks[lead], looks.get(element), cases, rank, newest))
    keys = [_key(part, looks) for part in entity.keys]
    where = tuple((places[column], values) for column, values in mention.where.items())
    name = looks.get(entity.name_element) if entity.name_element else None
    return Told(resource, mention.role, position, looks, tuple(says), tuple(keys), where, name)


def _look(place: int, mention: Mention, element: str, column: str) -> Look:
    spec = mention.fields.get(element)
    if isinstance(spec, MentionField) and spec.codes:
        codes = spec.codes
        return Look(place, lambda record: codes.get(record.known(place) or ""))
    if element == "resident_id" and column != element:
        return Look(place, lambda record: _valid_id(record, place))
    return Look(place)


def _valid_id(record: Record, place: int) -> str | None:
    """A document number where it is a resident id that checks: what was spoilt past repair is suspect."""
    text = record.known(place)
    return text if text and is_number_18(text) and not record.is_suspect(place) else None


def _key(key: str | tuple[str, ...], looks: dict[str, Look]) -> tuple[Look, ...] | None:
    parts = (key,) if isinstance(key, str) else key
    return tuple(looks[part] for part in parts) if set(parts) <= set(looks) else None


def _rank(
    chain: Choice | tuple[Claim, ...], source: str, role: str, looks: dict[str, Look], today: str
) -> tuple[tuple[tuple[Look | None, str, int], ...], int | None]:
    """Cases in order, and the rank where none applies; lawful claims with a case, lawful ones, fallbacks."""
    if isinstance(chain, Choice):
        return (), 0 if source in chain.among else None
    cases: list[tuple[Look | None, str, int]] = []
    for place, claim in enumerate(sorted(chain, key=lambda c: (c.fallback, c.when is None))):
        is_its = claim.source == source and claim.role in (None, role)
        if not is_its or not (claim.since or "0") <= today <= (claim.until or "9"):
            continue
        if claim.when is None:
            return tuple(cases), place
        column, _, pattern = claim.when.partition(" like ")
        cases.append((looks.get(column), pattern.strip("'").rstrip("%"), place))
    return tuple(cases), None


def rank_of(say: Say, record: Record) -> int | None:
    """Rank of a record's claim; None where the source has no say in this case."""
    for look, prefix, rank in say.cases:
        if look and (look.at(record) or "").startswith(prefix):
            return rank
    return say.rank
