"""Simulating: build the world, let days pass, deliver, spoil some deliveries, keep the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from jobs.contracts import Catalog, Resource
from jobs.simulate.deliveries import Delivery, make_records, publish
from jobs.simulate.rows import rows_of
from jobs.simulate.truth import Truth
from jobs.simulate.world import build_world, step
from jobs.simulate.writers import Row

Progress = Callable[[str, int, int], None]

FAULTS: dict[tuple[str, int], str] = {
    ("rsj.si.unit", 1): "wrong_total",
    ("ybj.insured.person", 1): "undecodable",
    ("scjgj.credit.abnormal", 0): "",
    ("jyj.student.status", 0): "doubled",
    ("wjj.death.certificate", 1): "late",
    ("gaj.household.person", 1): "truncated",
    ("fgj.credit.penalty", 0): "wrong_sum",
    ("shwj.tax.register", 1): "repeated",
    ("scjgj.reg.individual", 2): "aba",
}
"""Spoiled deliveries by (resource, day). A ``late`` one arrives a day after; ``doubled`` is the same file again,
``repeated`` the same bytes under the next sequence, ``aba`` three sequences of which the third equals the first."""

_DAYS = {"realtime": 1, "daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}


def simulate(
    catalog: Catalog,
    people: int,
    days: int,
    seed: int,
    out: Path,
    start: date = date(2026, 3, 2),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write inbox and truth below ``out``; returns counts."""
    world = build_world(catalog, people, seed, start)
    truth = Truth(catalog)
    for offset in range(days):
        day = start + timedelta(days=offset)
        if offset:
            step(world, day)
        due = [
            r
            for r in catalog.live.values()
            if offset % _DAYS[r.cycle] == 0 or (r.load.mode != "full" and r.cycle in ("realtime", "daily"))
        ]
        for place, resource in enumerate(due):
            if progress:
                progress(f"{day} {resource.id}", place, len(due))
            rows = [row for row in rows_of(world, catalog, resource, day) if _has_key(resource, row[1])]
            if rows:
                _deliver(
                    catalog, resource, rows, day, offset, Random(f"{seed}|{resource.id}|{day}"), out / "inbox", truth
                )
        truth.close_day(day)
    return truth.write(out / "truth", {"people": people, "days": days, "seed": seed, "start": start.isoformat()})


def _has_key(resource: Resource, values: dict[str, str | None]) -> bool:
    return all(values[column] for column in resource.key_columns)


def _deliver(
    catalog: Catalog,
    resource: Resource,
    rows: list[Any],
    day: date,
    offset: int,
    random: Random,
    inbox: Path,
    truth: Truth,
) -> None:
    rows = list({tuple(values[c] for c in resource.key_columns): (entity, values) for entity, values in rows}.values())
    fault = FAULTS.get((resource.id, offset), "")
    clean = len(rows) < 30 or resource.almost_empty
    records, written, errors = make_records(catalog, resource, rows, random, clean)
    received = day + timedelta(days=1 if fault == "late" else 0)
    one = _delivery(catalog, resource, day, 1, f"{received}T20:10:00", records, errors)
    manifest = _manifest(catalog, resource, one, written)
    if fault == "wrong_total":
        manifest["rows"] += 7
    if fault == "wrong_sum" and manifest.get("sums"):
        column = sorted(manifest["sums"])[0]
        manifest["sums"][column] = str(Decimal(manifest["sums"][column]) + 100)
    one.fault, one.verdict = (
        fault,
        "refused" if fault in ("wrong_total", "wrong_sum", "undecodable", "truncated") else "landed",
    )
    publish(catalog, resource, one, written, inbox, manifest)
    truth.add(one)
    path = inbox / (catalog.access[resource.id].path or "") / one.file
    if fault == "undecodable":
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] + b"\xff\xfe\xff" + data[len(data) // 2 :])
    if fault == "truncated":
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.8)])
    for sequence in {"repeated": (2,), "aba": (2, 3)}.get(fault, ()):
        again = list(written) if sequence != 2 or fault == "repeated" else written[:-3]
        kept = records if len(again) == len(written) else records[:-3]
        more = _delivery(catalog, resource, day, sequence, f"{day}T21:{sequence}0:00", kept, [])
        more.fault = fault
        publish(catalog, resource, more, again, inbox, _manifest(catalog, resource, more, again))
        truth.add(more)
    if fault == "doubled":
        twin = _delivery(catalog, resource, day, 1, f"{day}T22:00:00", records, [])
        twin.file, twin.fault, twin.verdict = twin.file.replace("_1.", "_001."), fault, "repeat"
        publish(catalog, resource, twin, written, inbox, manifest)
        truth.add(twin)


def _delivery(
    catalog: Catalog, resource: Resource, day: date, sequence: int, received: str, records: list[Any], errors: list[Any]
) -> Delivery:
    access = catalog.access[resource.id]
    pattern = access.pattern or access.table or ""
    file = pattern.replace("{period}", day.strftime("%Y%m%d")).replace("{sequence}", str(sequence))
    return Delivery(
        resource.id, file, day, sequence, received, list(records), [error | {"file": file} for error in errors]
    )


def _manifest(catalog: Catalog, resource: Resource, delivery: Delivery, rows: list[Row]) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "resource": resource.id,
        "period": delivery.period.isoformat(),
        "sequence": delivery.sequence,
        "file": delivery.file,
        "rows": len(rows),
        "received_at": delivery.received_at,
    }
    names = [field.name for field in resource.fields]
    sums = {}
    for column in resource.totals:
        texts = [row[names.index(column)] for row in rows if len(row) == len(names)]
        sums[column] = str(sum((_number(text) for text in texts), Decimal(0)))
    if sums:
        manifest["sums"] = sums
    delivery.declared = len(rows)
    return manifest


def _number(text: str | None) -> Decimal:
    try:
        return Decimal((text or "0").replace(",", ""))
    except ArithmeticError:
        return Decimal(0)
