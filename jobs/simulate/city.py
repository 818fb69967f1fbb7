"""Simulating: build the world, let days pass, deliver, spoil some deliveries, keep the truth."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from jobs.contracts import Catalog, Resource
from jobs.simulate.deliveries import Delivery, befall, database_of, path_of, write
from jobs.simulate.faults import FIXED, REFUSED, fault_of, spoil
from jobs.simulate.records import Record, Source
from jobs.simulate.truth import Truth
from jobs.simulate.world import build_world, live_a_day

Progress = Callable[[str, int, int], None]
_DAYS = {"realtime": 1, "daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}


def simulate(
    catalog: Catalog,
    people: int,
    days: int,
    seed: int,
    out: Path,
    start: date = date(2026, 3, 2),
    progress: Progress | None = None,
    delivered: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Write inbox and truth below ``out``, which must not hold a city already; returns counts.

    ``delivered`` is called once the inbox is whole and it is written what was planted: the records and the golden cells
    come last.
    """
    collecting = gc.isenabled()
    gc.disable()  # millions of records that live to the end: looking for garbage among them costs a third of the time
    try:
        truth = _simulate(catalog, people, days, seed, out, start, progress)
        if delivered:
            delivered()
        return truth.write_rest({"people": people, "days": days, "seed": seed, "start": start.isoformat()})
    finally:
        if collecting:
            gc.enable()


def _simulate(
    catalog: Catalog, people: int, days: int, seed: int, out: Path, start: date, progress: Progress | None
) -> Truth:
    catalog = _as_delivered(catalog)
    world = build_world(catalog, people, seed, start)
    truth = Truth(catalog, world, out / "truth")
    inbox = out / "inbox"
    for access in (catalog.access[resource] for resource in catalog.live):
        if access.kind == "sql":  # it grows day by day, and a simulation that was killed has begun it
            database_of(access, inbox).unlink(missing_ok=True)
    post = _Post(catalog, truth, inbox, seed, {r.id: Source(catalog, r, world) for r in catalog.live.values()})
    for offset in range(days):
        day = start + timedelta(days=offset)
        if offset:
            live_a_day(world, day.isoformat())
        due = [resource for resource in catalog.live.values() if offset % _DAYS[resource.cycle] == 0]
        for place, resource in enumerate(due):
            if progress:
                progress(f"{day} {resource.id}", place, len(due))
            post.deliver(resource, day, offset)
        truth.close_day(day.isoformat())
    truth.write_deliveries()
    return truth


def _as_delivered(catalog: Catalog) -> Catalog:
    """The catalog without second readings: a column that is read twice is written once."""
    resources = {id_: r.model_copy(update={"fields": r.delivered}) for id_, r in catalog.resources.items()}
    return replace(catalog, resources=resources)


@dataclass
class _Post:
    """Sends what is due, spoils some of it, and tells the truth what it did."""

    catalog: Catalog
    truth: Truth
    inbox: Path
    seed: int
    sources: dict[str, Source]
    first: dict[str, Delivery] = field(default_factory=dict)

    def deliver(self, resource: Resource, day: date, offset: int) -> None:
        """The deliveries of one resource on one day; an incremental one without changes sends nothing."""
        source, fmt = self.sources[resource.id], self.catalog.format_of(resource.id)
        records = source.due(resource.load.mode == "full")
        if not records:
            return
        fault = fault_of(self.seed, resource.id, offset, fmt.kind, len(records))
        lines, fates = befall(source, records, fmt, Random(f"{self.seed}|{resource.id}|{day}"))
        if fault == "b_of_aba":
            lines, fates = lines[: len(lines) * 9 // 10], {}
        received = f"{day + timedelta(days=1)}T20:10:00" if fault == "late" else f"{day}T20:10:00"
        one = self._delivery(resource, day, 1, received, lines)
        one.fates, one.fault = fates, fault
        if fault == "a_of_aba" and resource.id in self.first:
            one.lines, one.fates = self.first[resource.id].lines, self.first[resource.id].fates
        one.verdict = "refused" if fault in REFUSED or fault == "replaced" else "landed"
        wrong: dict[str, dict[str, Any]] = {
            "wrong_total": {"more_rows": 7},
            "wrong_sum": {"more": dict.fromkeys(resource.totals, 100)},
        }
        self._send(source, one, wrong.get(fault, {}))
        self._follow(source, one, day)
        if not fault and (resource.id, offset + 1) in FIXED:
            self.first[resource.id] = one

    def _follow(self, source: Source, one: Delivery, day: date) -> None:
        """What comes after a delivery on the same day because of its fault."""
        sequences = {"repeated": (2,), "replaced": (2,), "aba": (2, 3), "wrong_sum": (2,)}.get(one.fault, ())
        for sequence in sequences:
            is_b = one.fault == "aba" and sequence == 2
            lines = one.lines[:-3] if is_b else one.lines
            later = f"{day + timedelta(days=1)}T08:10:00" if one.fault == "wrong_sum" else f"{day}T21:{sequence}0:00"
            more = self._delivery(source.resource, day, sequence, later, lines)
            more.fates = {place: fate for place, fate in one.fates.items() if place < len(lines)}
            more.fault = one.fault
            self._send(source, more, {})
        if one.fault == "doubled":
            twin = self._delivery(source.resource, day, 1, f"{day}T22:00:00", one.lines)
            twin.file, twin.fates = twin.file.replace("_1.", "_001."), one.fates
            twin.fault, twin.verdict = one.fault, "repeat"
            self._send(source, twin, {})

    def _delivery(self, resource: Resource, day: date, sequence: int, received: str, lines: list[Record]) -> Delivery:
        access = self.catalog.access[resource.id]
        pattern = access.pattern or access.table or ""
        file = pattern.replace("{period}", day.strftime("%Y%m%d")).replace("{sequence}", str(sequence))
        return Delivery(resource.id, file, day.isoformat(), sequence, received, lines)

    def _send(self, source: Source, delivery: Delivery, manifest: dict[str, Any]) -> None:
        access = self.catalog.access[delivery.resource]
        write(source, delivery, access, self.catalog.format_of(delivery.resource), self.inbox, manifest)
        damage = "truncated" if delivery.fault == "replaced" and delivery.sequence == 1 else delivery.fault
        if delivery.verdict == "refused" and damage in ("truncated", "undecodable"):
            path = path_of(delivery, access, self.inbox)
            path.write_bytes(spoil(path.read_bytes(), damage))
        self.truth.add(source, delivery)
