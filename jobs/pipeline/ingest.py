"""Extract, land and standardise the live resources of departments, each behind its gates.

A blocked resource stops itself only. Deliveries are landed one by one, in their order, so that a bad one can be put
back without its neighbours.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.audit.facts import open_refusals
from jobs.context import Context
from jobs.contracts import Load, Resource
from jobs.errors import SourceError, UsageError
from jobs.extract import job as extract_job
from jobs.gates import (
    Arrival,
    Verdict,
    call_judge,
    judge_landings,
    judge_table,
    landing_suite,
    note_reading,
    standardised_suite,
)
from jobs.gates.arrived import arrived_rows, standing
from jobs.lake.delivery import UNTAKEN, Delivery, counting, delivery_of
from jobs.lake.journal import DELIVERIES, LANDINGS
from jobs.lake.store import Version
from jobs.land import job as land_job
from jobs.land.drift import Traits
from jobs.land.header import HeaderFault
from jobs.pipeline.base import longest_first
from jobs.pipeline.flow import Flow
from jobs.pipeline.reading import Contract, landing_contract, note_contracts, standard_contract
from jobs.pipeline.steps import Step, Task, known_step, take
from jobs.pipeline.withdraw import settle_withdrawals
from jobs.standardise import job as standardise_job


def ingest(
    ctx: Context, flow: Flow, only: str = "*", verbs: Collection[str] = ("extract", "land", "standardise")
) -> list[Step]:
    """Take what arrived by the cut-off for the live resources that match ``only`` (a glob of ids).

    Returns a step for each resource that was extracted and each delivery that was landed or stands refused; the
    standardised tables are on their way in ``flow``.
    """
    resources = [resource for resource in ctx.catalog.live.values() if fnmatch.fnmatch(resource.id, only)]
    if not resources:
        raise UsageError(f"no live resource matches {only!r}", remedy="See `brain status` for the ids")
    steps: list[Step] = []
    if "extract" in verbs:
        steps += _extract(ctx, resources)
    settle_withdrawals(ctx)
    if "land" in verbs:
        waiting = [_waiting(ctx, resource) for resource in resources]
        if any(waiting):
            call_judge()  # it comes up while the first deliveries land
        for round_ in range(max(map(len, waiting), default=0)):
            steps += land_all(ctx, [deliveries[round_] for deliveries in waiting if len(deliveries) > round_])
        steps += _refused(ctx, resources)
    if "standardise" in verbs:
        standardise_all(ctx, flow, resources)
    return steps


def _extract(ctx: Context, resources: list[Resource]) -> list[Step]:
    began = time.monotonic()
    reports = extract_job.run(ctx, resources)
    seconds = (time.monotonic() - began) / max(len(reports), 1)
    return [
        Step(
            "extracted", r.table, "failed" if r.note else "built" if r.changed else "unchanged", r.rows, seconds, r.note
        )
        for r in reports
    ]


def _waiting(ctx: Context, resource: Resource) -> list[Delivery]:
    """Deliveries that are extracted, not yet landed or refused, and may be landed by the cut-off."""
    found = [
        delivery_of(row)
        for row in _noted(ctx, resource.id)
        if row["state"] == "extracted" and (row["received_at"] or "")[:10] <= ctx.as_of
    ]
    return sorted(found, key=lambda delivery: (delivery.order, delivery.load_id))


@dataclass(frozen=True)
class Landed:
    """A landed delivery on its way to the gate, and what was noticed while it was read."""

    arrival: Arrival
    noticed: dict[str, Any]


def land_all(ctx: Context, deliveries: list[Delivery]) -> list[Step]:
    """Land one delivery a resource, then let their gate decide on all of them; a step for each that stays."""
    arrivals: list[tuple[Landed, Step]] = []
    land_job.expect(ctx, deliveries[:1])
    note_contracts(ctx, [landing_contract(ctx, ctx.catalog.resources[delivery.resource]) for delivery in deliveries])
    for place, delivery in enumerate(deliveries, 1):
        land_job.expect(ctx, deliveries[place : place + 1])
        ctx.progress("landed", f"{delivery.resource} {delivery.period}/{delivery.sequence}")
        began = time.monotonic()
        try:
            landed = _land(ctx, delivery)
        except SourceError as error:
            held = land_job.records_held(ctx, delivery) if isinstance(error, HeaderFault) else None
            _note_refusal(ctx, delivery, str(error), held)
            continue
        count = landed.arrival.delivery["landed"]
        arrivals.append((landed, Step("landed", delivery.resource, "built", count, time.monotonic() - began)))
    ctx.journal.note_all(LANDINGS, [landed.noticed for landed, _ in arrivals])
    verdicts = judge_landings(ctx, [landed.arrival for landed, _ in arrivals])
    return [step for (_, step), verdict in zip(arrivals, verdicts, strict=True) if not verdict.blocked]


def _refused(ctx: Context, resources: list[Resource]) -> list[Step]:
    """Refusals that stand at the cut-off, whichever run found them: running again tells the same."""
    steps = []
    arrived: dict[str, list[dict[str, Any]]] = {}
    for row in ctx.journal.newest(DELIVERIES, "load_id"):
        if (row["received_at"] or "")[:10] <= ctx.as_of:
            arrived.setdefault(row["resource"], []).append(row)
    for resource in resources:
        for row in open_refusals(resource, arrived.get(resource.id, [])):
            what = f"{row['file']} ({row['period']}, sequence {row['sequence']})"
            steps.append(Step("landed", resource.id, "refused", reason=row["reason"] or "", delivery=what))
    return steps


def _note_refusal(ctx: Context, delivery: Delivery, reason: str, held: int | None) -> None:
    """A delivery is refused whole, with the records that its file ``held`` if they were counted; one that an earlier
    reading let through stays as it was."""
    rows = ctx.journal.newest(DELIVERIES, "load_id", load_id=delivery.load_id)
    resource, stands = ctx.catalog.resources[delivery.resource], _earlier(rows, delivery) is not None
    with ctx.journal.writing() as connection:
        contract, outcome = landing_contract(ctx, resource).digest, "kept" if stands else "refused"
        note_reading(ctx, _row(delivery), contract, outcome, reason, connection)
        if not stands:
            ctx.journal.note(DELIVERIES, connection, **_row(delivery), state="refused", reason=reason)
            if held is not None:
                counted = land_job.Landing(delivery, notes=Counter({UNTAKEN: held}))
                ctx.journal.note(LANDINGS, connection, **_noticed(counted))


def _land(ctx: Context, delivery: Delivery) -> Landed:
    """Land one delivery; raises SourceError if it must be refused whole."""
    rows = _noted(ctx, delivery.resource)
    if _in_place_of(rows, delivery):
        raise SourceError(
            "another delivery already stands at this period and sequence", remedy="Give the correction a new sequence"
        )
    resource = ctx.catalog.resources[delivery.resource]
    contract = landing_contract(ctx, resource)
    before, earlier = _before(delivery, rows), _earlier(rows, delivery)
    landing = land_job.run(ctx, delivery, earlier, _traits(ctx, before))
    facts, rules = _facts(landing, resource.load, int(before["received"] or 0) if before else 0)
    versions = [version for version in (landing.version, landing.rejects_version) if version]
    counts = {"received": landing.received, "landed": landing.landed, "rejected": landing.rejected}
    arrival = Arrival(_row(delivery) | counts, facts, rules, versions, contract.digest, earlier is not None)
    return Landed(arrival, _noticed(landing))


def _earlier(rows: list[dict[str, Any]], delivery: Delivery) -> land_job.Standing | None:
    """What an earlier reading of the same delivery left in the lake, if it passed."""
    standing = (row for row in rows if row["load_id"] == delivery.load_id and row["state"] == "landed")
    return next((land_job.Standing(int(row["landed"] or 0), int(row["rejected"] or 0)) for row in standing), None)


def _before(delivery: Delivery, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The landed delivery that comes before this one in force, by period and sequence; None for the first."""
    standing = {row["load_id"]: row for row in rows if row["state"] == "landed"}
    earlier = [d for d in counting([*map(delivery_of, standing.values()), delivery]) if d.order < delivery.order]
    return standing[earlier[-1].load_id] if earlier else None


def _traits(ctx: Context, row: dict[str, Any] | None) -> Traits | None:
    """What a delivery looked like when it was read, if that was noted."""
    noted = ctx.journal.newest(LANDINGS, "load_id", load_id=row["load_id"]) if row else []
    return Traits.of(json.loads(noted[0]["traits"])) if noted else None


def _noticed(landing: land_job.Landing) -> dict[str, Any]:
    """What the journal keeps of a landing beside its counts."""
    return {
        "load_id": landing.delivery.load_id,
        "resource": landing.delivery.resource,
        "traits": landing.traits.to_json(),
        "changes": [asdict(change) for change in landing.changes],
        "notes": dict(landing.notes),
        "reasons": dict(landing.reasons),
        "sums": {name: str(total) for name, total in landing.sums.items()},
    }


FEW = 20
"""Rows of a table below which its shrinking says nothing."""


def unexplained_loss(received: int, before: int, removed: int, load: Load) -> float:
    """Percent of the rows of the delivery ``before`` that are gone beyond what the load may lose and what the manifest
    says was ``removed``; 0 where there is nothing to explain."""
    if load.mode != "full" or before < FEW:
        return 0.0
    lost = (before - received - removed) / before
    return max(0.0, round(100 * (lost - load.may_lose), 4))


def _facts(landing: land_job.Landing, load: Load, before: int) -> tuple[dict[str, Any], list[Any]]:
    """The delivery's counts as one row, and the rules over it."""
    manifest = landing.delivery.manifest
    received = landing.received
    facts: dict[str, Any] = {
        "received": received,
        "rejected_pct": 100.0 * landing.rejected / received if received else 0.0,
        "first_rejected": "、".join(map(str, landing.first_rejected)),
        "cut_off": int(landing.is_cut and "rows" not in manifest),
        "before": before,
        "loss_beyond_pct": unexplained_loss(received, before, int(manifest.get("removed", 0)), load),
    }
    if "rows" in manifest:
        facts["declared"] = int(manifest["rows"])
    for column, total in landing.sums.items():
        facts[f"sum {column}"] = float(total)
        facts[f"declared {column}"] = float(manifest["sums"][column])
    return facts, landing_suite(list(landing.sums), "rows" in manifest)


def in_its_place(ctx: Context, delivery: Delivery) -> Delivery | None:
    """Another landed delivery of the same period and sequence."""
    return _in_place_of(_noted(ctx, delivery.resource), delivery)


def _in_place_of(rows: list[dict[str, Any]], delivery: Delivery) -> Delivery | None:
    landed = [delivery_of(row) for row in rows if row["state"] == "landed" and row["load_id"] != delivery.load_id]
    return next((other for other in landed if other.order == delivery.order), None)


def _noted(ctx: Context, resource: str) -> list[dict[str, Any]]:
    return ctx.journal.newest(DELIVERIES, "load_id", resource=resource)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "load_id": delivery.load_id,
        "resource": delivery.resource,
        "period": delivery.period,
        "sequence": delivery.sequence,
        "blob": delivery.blob,
        "member": delivery.member,
        "file": delivery.file,
        "received_at": delivery.received_at,
        "manifest": delivery.manifest,
    }


def _standard_mark(ctx: Context, contract: Contract, in_force: list[str]) -> str:
    """Identity of what a standardised table is made of: what it is read by, the landed version, and the deliveries in
    it that count. A change elsewhere in the catalog does not touch it."""
    passed = ctx.lake.passed("landed", contract.name)
    counted = hashlib.sha256("\n".join(in_force).encode()).hexdigest()[:16]
    return f"{contract.digest}@{passed.number if passed else '-'}/{counted}"


def standardise_all(ctx: Context, flow: Flow, resources: list[Resource]) -> None:
    """Standardise what has new rows: small tables are read together, then each is written and judged in ``flow``."""
    in_force = _in_force(ctx)
    landed = longest_first(ctx, [resource for resource in resources if ctx.lake.passed("landed", resource.id)])
    for batch in standardise_job.batches(ctx, landed):
        contracts = {resource.id: standard_contract(ctx, resource) for resource in batch}
        marks = {r.id: _standard_mark(ctx, contracts[r.id], in_force.get(r.id, [])) for r in batch}
        due = [r for r in batch if not known_step(ctx, "standardised", r.id, marks[r.id])]
        note_contracts(ctx, [contracts[resource.id] for resource in due])
        prepared = standardise_job.prepare(ctx, due)
        for resource in batch:
            run = partial(standardise_job.run, ctx, resource, prepared.get(resource.id))
            task = Task("standardised", resource.id, marks[resource.id], run, partial(_judge, ctx, resource))
            flow.add([("standardised", resource.id)], (), partial(_take, ctx, task))


def _take(ctx: Context, task: Task[standardise_job.Standardised]) -> list[Step]:
    return [take(ctx, task)]


def _in_force(ctx: Context) -> dict[str, list[str]]:
    """Load ids of the deliveries that count, by resource: a withdrawal changes nothing of what has landed."""
    landed: dict[str, list[Delivery]] = {}
    for row in ctx.journal.newest(DELIVERIES, "load_id"):
        if row["state"] == "landed":
            landed.setdefault(row["resource"], []).append(delivery_of(row))
    return {resource: [delivery.load_id for delivery in counting(found)] for resource, found in landed.items()}


def _judge(ctx: Context, resource: Resource, tables: standardise_job.Standardised) -> tuple[Version, Verdict]:
    set_aside: list[pa.Table] = []

    def rows() -> dict[str, pa.Table]:
        kept = ctx.lake.read_arrow("standardised", resource.id, tables.kept)
        rejects = ctx.lake.read_arrow("standardised", f"{resource.id}__rejects", tables.rejects)
        if rejects.num_rows:
            newest = standardise_job.orders_of(ctx, resource.id)[-1][1] if resource.load.mode == "full" else None
            rejects = standing(rejects, kept, newest)
        set_aside.append(rejects)
        return arrived_rows(kept, rejects)

    rules = standardised_suite(ctx.catalog, resource)
    verdict = judge_table(ctx, [tables.kept, tables.rejects], rules, rows)
    if verdict.blocked and set_aside and set_aside[0].num_rows:
        verdict = replace(verdict, reason=f"{verdict.reason}；{_first_quarantined(ctx, set_aside[0])}")
    return tables.kept, verdict


def _first_quarantined(ctx: Context, rejects: pa.Table) -> str:
    """Where the first rows stand that were set aside of the newest delivery that has any, which nobody gets to see
    before the table passes: no value."""
    newest = rejects.filter(pc.equal(rejects["_from_seq"], pc.max(rejects["_from_seq"])))
    (row,) = ctx.journal.newest(DELIVERIES, "load_id", load_id=newest["_load_id"][0].as_py())
    first = sorted(newest["_row_no"].take(pc.select_k_unstable(newest["_row_no"], 3, [("", "ascending")])).to_pylist())
    return f"隔离的首见于 {row['file']} 第 {'、'.join(map(str, first))} 行"
