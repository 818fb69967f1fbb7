"""Records: what a department holds of a thing, with what is wrong in it; made once and kept while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from jobs.contracts import Catalog, Resource
from jobs.simulate.plant import Patch, Planter
from jobs.simulate.roster import Roster, roster_of
from jobs.simulate.speech import Voice, makers_of
from jobs.simulate.speech.columns import mentioned
from jobs.simulate.things import World
from jobs.simulate.writing import converter_of, survivor_of

Row = list[str | None]


class Record:
    """Canonical values in field order, what was planted in them, and whom the record speaks of."""

    __slots__ = ("entities", "patches", "subject", "values")

    def __init__(self, subject: str, entities: tuple[str, ...], values: Row, patches: dict[int, Patch] | None) -> None:
        self.subject = subject
        self.entities = entities
        """Ids of the real entities, in the order of the resource's mentions."""
        self.values = values
        self.patches = patches

    def known(self, place: int) -> str | None:
        """What a reader can know of a column."""
        if self.patches and place in self.patches:
            return self.patches[place].known
        return self.values[place]

    def known_row(self) -> Row:
        """What a reader can know, in field order."""
        if not self.patches:
            return self.values
        row = self.values.copy()
        for place, patch in self.patches.items():
            row[place] = patch.known
        return row

    def is_suspect(self, place: int) -> bool:
        """Whether a reader must doubt a column."""
        return bool(self.patches) and place in self.patches and self.patches[place].suspect  # type: ignore[operator, index]


class Held(NamedTuple):
    """A record of a source's stock and the day it was last made."""

    record: Record
    made: str


class Source:
    """One resource that delivers: makes records of its things and writes them in its own way."""

    def __init__(self, catalog: Catalog, resource: Resource, world: World) -> None:
        self.resource, self.world = resource, world
        self.voice = Voice(world, resource.id)
        self.roster: Roster = roster_of(resource)
        self.has = self.roster.has(self.voice)
        self.makers = makers_of(catalog, self.voice, self.roster.kind, resource)
        self.survivors = [(n, f) for n, field in enumerate(resource.fields) if (f := survivor_of(catalog, field))]
        self.converters = [(n, c) for n, field in enumerate(resource.fields) if (c := converter_of(catalog, field))]
        names = [field.name for field in resource.fields]
        self.key = tuple(names.index(name) for name in resource.load.key)
        self.entities: list[Callable[[Any], str]] = [
            mentioned(self.voice, self.roster.kind, m.entity, m.role) for m in resource.mentions
        ]
        self.planter = Planter(catalog, resource, self.voice, self.key, dict(self.converters))
        self.stock: dict[int, Held] = {}
        self.last = ""

    def due(self, is_full: bool) -> list[Record]:
        """Records of this delivery: all of them, or those changed since the last; one a key, the key there."""
        since, self.last = self.last, self.world.today
        things: Iterable[Any] = self.roster.things(self.world)
        if not is_full and since:
            things = (thing for thing in things if thing.changed > since)
        records: dict[tuple[str | None, ...], Record] = {}
        keep = self.resource.load.mode == "full"
        for thing in things:
            if self.has(thing):
                record = self._held(thing) if keep else self._make(thing)
                key = tuple([record.values[place] for place in self.key])
                if all(key):
                    records[key] = record
        return list(records.values())

    def _held(self, thing: Any) -> Record:
        """The record in stock, made anew when its thing changed or when somebody corrected it."""
        held = self.stock.get(thing.number)
        if held and held.made >= thing.changed:
            if held.record.patches and self.planter.is_corrected(thing.number, self.world.today):
                held = Held(Record(held.record.subject, held.record.entities, held.record.values, None), held.made)
                self.stock[thing.number] = held
            return held.record
        record = self._make(thing)
        self.stock[thing.number] = Held(record, self.world.today)
        return record

    def _make(self, thing: Any) -> Record:
        values: Row = [make(thing) for make in self.makers]
        for place, survive in self.survivors:
            value = values[place]
            if value is not None:
                values[place] = survive(value)
        patches = self.planter.plant(thing.number, values) if self.planter.fields else None
        return Record(thing.id, tuple([find(thing) for find in self.entities]), values, patches)

    def written(self, record: Record) -> Row:
        """The record as it is delivered."""
        row = record.values.copy()
        for place, convert in self.converters:
            value = row[place]
            if value is not None:
                row[place] = convert(value)
        if record.patches:
            for place, patch in record.patches.items():
                row[place] = patch.text
        return row

    def same(self, left: Record, right: Record) -> bool:
        """Whether two records are delivered in the same words."""
        if left is right or (left.patches == right.patches and left.values == right.values):
            return True
        return (left.patches is not None or right.patches is not None) and self.written(left) == self.written(right)
