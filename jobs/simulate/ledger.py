"""What becomes of rows: the oracle of the row ledger, replayed from landed deliveries in their order.

Received = landed + rejected; landed = current + quarantined + duplicate + superseded + withdrawn. A version that has a
next one is superseded, also by a deletion; a deletion that is the last word is withdrawn, and so is what a full load
leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from jobs.simulate.deliveries import Delivery
from jobs.simulate.records import Record, Source

COUNTS = ("received", "landed", "rejected", "quarantined", "duplicate", "superseded", "withdrawn")
Key = tuple["str | None", ...]


class Stand(NamedTuple):
    """A record that stands for its key, and the delivery and row that brought this version."""

    record: Record
    delivery: Delivery
    row_no: int


@dataclass
class Stock:
    """What a resource holds after the deliveries applied so far."""

    source: Source
    current: dict[Key, Stand] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    applied: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        load = self.source.resource.load
        names = [f.name for f in self.source.resource.fields]
        self._operation = names.index(load.operation) if load.operation else None
        self._is_full = load.mode == "full"

    def take(self, deliveries: list[Delivery]) -> None:
        """Apply deliveries; one that comes after a later one is put in its place, and all is replayed."""
        deliveries = sorted(deliveries, key=lambda d: d.order)
        if self.applied and deliveries and deliveries[0].order < self.applied[-1].order:
            again = Stock(self.source)
            again.take([*self.applied, *deliveries])
            self.current, self.counts, self.applied = again.current, again.counts, again.applied
            return
        for delivery in deliveries:
            self._apply(delivery)
            self.applied.append(delivery)

    def live(self) -> list[Stand]:
        """Records that stand and do not say that their key is gone."""
        if self._operation is None:
            return list(self.current.values())
        return [stand for stand in self.current.values() if not self._is_deletion(stand.record)]

    def _is_deletion(self, record: Record) -> bool:
        place = self._operation
        return place is not None and record.known(place) in self.source.resource.load.deleted

    def _apply(self, delivery: Delivery) -> None:
        count, seen = self.counts, set()
        present: dict[Key, Stand] = {}
        key_places = self.source.key
        for place in range(len(delivery.lines) - 1, -1, -1):
            record, fate = delivery.lines[place], delivery.fates.get(place)
            verdict = fate.verdict if fate else "kept"
            count["received"] += 1
            if verdict == "rejected":
                count["rejected"] += 1
                continue
            count["landed"] += 1
            key: Key = tuple([record.values[n] for n in key_places])
            if verdict == "quarantined":
                count["quarantined"] += 1
                if fate and not fate.key_lost:
                    seen.add(key)
            elif key in present:
                count["duplicate" if self.source.same(present[key].record, record) else "superseded"] += 1
            else:
                present[key] = Stand(record, delivery, place + 1)
        for key, stand in present.items():
            self._stand(key, stand)
        if self._is_full:
            for key in [key for key in self.current if key not in present and key not in seen]:
                del self.current[key]
                count["withdrawn"] += 1

    def _stand(self, key: Key, stand: Stand) -> None:
        before = self.current.get(key)
        if before and self.source.same(before.record, stand.record):
            self.counts["duplicate"] += 1
            return
        if before:
            self.counts["superseded"] += 1
            self.counts["withdrawn"] -= self._is_deletion(before.record)
        self.counts["withdrawn"] += self._is_deletion(stand.record)
        self.current[key] = stand
