"""Extract, land and standardise the live resources of departments, each behind its gates.

A blocked resource stops itself only. Deliveries are landed one by one, in their order, so that a bad one can be put
back without its neighbours.
"""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Collection
from typing import Any

from jobs.context import Context
from jobs.contracts import Resource
from jobs.errors import SourceError, UsageError
from jobs.extract import job as extract_job
from jobs.gates import judge_landing, judge_table, landing_suite, standardised_suite
from jobs.gates.gate import arrived_frame
from jobs.lake.delivery import Delivery, delivery_of
from jobs.lake.journal import DELIVERIES
from jobs.land import job as land_job
from jobs.pipeline.steps import Step, fingerprint, take_step
from jobs.standardise import job as standardise_job


def ingest(ctx: Context, only: str = "*", verbs: Collection[str] = ("extract", "land", "standardise")) -> list[Step]:
    """Take what arrived by the cut-off for the live resources that match ``only`` (a glob of ids).

    Returns a step for each resource that was extracted, each delivery that was landed and each standardised table.
    """
    resources = [resource for resource in ctx.catalog.live.values() if fnmatch.fnmatch(resource.id, only)]
    if not resources:
        raise UsageError(f"no live resource matches {only!r}", remedy="See `brain status` for the ids")
    steps: list[Step] = []
    if "extract" in verbs:
        steps += _extract(ctx, resources)
    if "land" in verbs:
        steps += [_land(ctx, delivery) for resource in resources for delivery in _waiting(ctx, resource)]
    if "standardise" in verbs:
        steps += [step for resource in resources if (step := _standardise(ctx, resource))]
    return steps


def _extract(ctx: Context, resources: list[Resource]) -> list[Step]:
    began = time.monotonic()
    reports = extract_job.run(ctx, resources)
    seconds = (time.monotonic() - began) / max(len(reports), 1)
    return [
        Step("extracted", r.table, "failed" if r.note else "built" if r.changed else "unchanged", r.rows, seconds, r.note)
        for r in reports
    ]


def _waiting(ctx: Context, resource: Resource) -> list[Delivery]:
    """Deliveries that are extracted, not yet landed or refused, and may be landed by the cut-off."""
    rows = ctx.journal.newest(DELIVERIES, "load_id", resource=resource.id)
    found = [delivery_of(row) for row in rows if row["state"] == "extracted" and (row["received_at"] or "")[:10] <= ctx.as_of]
    return sorted(found, key=lambda delivery: (delivery.order, delivery.load_id))


def _land(ctx: Context, delivery: Delivery) -> Step:
    """Land one delivery and let its gate decide; a file that cannot be read is refused with its reason."""
    ctx.progress("landed", f"{delivery.resource} {delivery.period}/{delivery.sequence}")
    began = time.monotonic()
    row = _row(delivery)
    taken = [d for d in _landed(ctx, delivery.resource) if d.order == delivery.order]
    try:
        if taken:
            raise SourceError(
                "another delivery already stands at this period and sequence", remedy="Give the correction a new sequence"
            )
        landing = land_job.run(ctx, delivery)
    except SourceError as error:
        ctx.journal.note(DELIVERIES, **row, state="refused", reason=str(error))
        return Step("landed", delivery.resource, "blocked", 0, time.monotonic() - began, str(error))
    facts, rules = _facts(landing)
    assert landing.version is not None
    versions = [version for version in (landing.version, landing.rejects_version) if version]
    counts = {"received": landing.received, "landed": landing.landed, "rejected": len(landing.rejects)}
    verdict = judge_landing(ctx, facts, rules, versions, row | counts)
    state = "blocked" if verdict.blocked else "built"
    return Step("landed", delivery.resource, state, landing.landed, time.monotonic() - began, verdict.reason)


def _facts(landing: land_job.Landing) -> tuple[dict[str, Any], list[Any]]:
    """The delivery's counts as one row, and the rules over it."""
    manifest = landing.delivery.manifest
    received = landing.received
    last_cut = bool(landing.rejects) and landing.rejects[-1].row_no == received and "rows" not in manifest
    facts: dict[str, Any] = {
        "received": received,
        "rejected_pct": 100.0 * len(landing.rejects) / received if received else 0.0,
        "cut_off": int(last_cut),
    }
    if "rows" in manifest:
        facts["declared"] = int(manifest["rows"])
    for column, total in landing.sums.items():
        facts[f"sum {column}"] = float(total)
        facts[f"declared {column}"] = float(manifest["sums"][column])
    return facts, landing_suite(list(landing.sums), "rows" in manifest)


def _landed(ctx: Context, resource: str) -> list[Delivery]:
    rows = ctx.journal.newest(DELIVERIES, "load_id", resource=resource)
    return [delivery_of(row) for row in rows if row["state"] == "landed"]


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


def _standardise(ctx: Context, resource: Resource) -> Step | None:
    if ctx.lake.passed("landed", resource.id) is None:
        return None
    mark = fingerprint(ctx, [("landed", resource.id)])

    def build() -> Any:
        tables = standardise_job.run(ctx, resource)
        rules = standardised_suite(ctx.catalog, resource)

        def frames() -> Any:
            kept = ctx.lake.read_arrow("standardised", resource.id, tables.kept)
            return arrived_frame(kept, ctx.lake.read_arrow("standardised", f"{resource.id}__rejects", tables.rejects))

        return tables.kept, judge_table(ctx, [tables.kept, tables.rejects], rules, frames)

    return take_step(ctx, "standardised", resource.id, mark, build)
