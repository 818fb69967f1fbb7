"""Replay: after a correction in the catalog, what was set aside is taken again from what was kept.

Refused deliveries and those with rejected records are read again from their blobs where the declaration of their file
differs from the one they were read by; a table is standardised anew, its quarantined rows among the others, where a
rule, a code table or a spelling of it differs. A delivery keeps its place by period and sequence, and a new reading
replaces the earlier one in one commit that only a gate lets through: no row is counted twice, and where the new
reading does not pass, the earlier one stays.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from jobs.context import Context
from jobs.contracts import Resource
from jobs.errors import UsageError
from jobs.gates import call_judge
from jobs.lake.delivery import Delivery, delivery_of
from jobs.lake.journal import DELIVERIES, READINGS, RUNS, STEPS
from jobs.pipeline.flow import Flow
from jobs.pipeline.ingest import in_its_place, land_all, standardise_all
from jobs.pipeline.reading import Contract, changed_parts, landing_contract, standard_contract
from jobs.pipeline.steps import Step


@dataclass(frozen=True)
class Kept:
    """A delivery that is read again: how it ended before, and why it may end otherwise now."""

    delivery: Delivery
    state: str
    """``refused``, or ``landed`` with ``rejected`` records."""
    rejected: int
    reason: str
    why: str


@dataclass(frozen=True)
class Table:
    """A table that is standardised anew, with the rows that its rules had set aside."""

    resource: Resource
    quarantined: int
    why: str


@dataclass(frozen=True)
class Plan:
    """What is taken again, in the order of period and sequence; ``passed_over`` names what is not, and why."""

    deliveries: tuple[Kept, ...]
    tables: tuple[Table, ...]
    passed_over: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class Replayed:
    """A plan that was carried out."""

    plan: Plan
    steps: tuple[Step, ...]
    after: dict[str, dict[str, Any]]
    """Load id → the newest journal row of each delivery that was read again, with ``outcome`` and ``said`` of that
    reading."""
    quarantined: dict[str, int]
    """Resource → rows still set aside."""


def plan_replay(ctx: Context, only: str = "*", every: bool = False) -> Plan:
    """What a replay would take again of the live resources that match ``only``; changes nothing.

    ``every`` also takes deliveries without a rejected record that were read by another declaration.
    """
    resources = [resource for resource in ctx.catalog.live.values() if fnmatch.fnmatch(resource.id, only)]
    if not resources:
        raise UsageError(f"no live resource matches {only!r}", remedy="See `brain status` for the ids")
    again: list[Kept] = []
    taken: list[Kept] = []
    for resource in resources:
        for kept in _deliveries(ctx, resource, every):
            (taken if kept.why.startswith(_TAKEN) else again).append(kept)
    touched = {kept.delivery.resource for kept in again}
    tables = [table for resource in resources if (table := _table(ctx, resource, resource.id in touched))]
    return Plan(tuple(again), tuple(tables), tuple(taken))


_TAKEN = "its place is taken"


def _deliveries(ctx: Context, resource: Resource, every: bool) -> Iterable[Kept]:
    """Deliveries that another declaration may read otherwise, in their order."""
    contract = landing_contract(ctx, resource)
    read_by = {row["load_id"]: row["contract"] for row in ctx.journal.newest(READINGS, "load_id", resource=resource.id)}
    rows = [row for row in ctx.journal.newest(DELIVERIES, "load_id", resource=resource.id) if _is_due(ctx, row, every)]
    for row in sorted(rows, key=lambda row: (delivery_of(row).order, row["load_id"])):
        why = _why(ctx, read_by.get(row["load_id"], ""), contract)
        if not why:
            continue
        delivery = delivery_of(row)
        other = in_its_place(ctx, delivery)
        why = f"{_TAKEN} by {other.file}" if other else why
        yield Kept(delivery, row["state"], int(row["rejected"] or 0), row["reason"] or "", why)


def _is_due(ctx: Context, row: dict[str, Any], every: bool) -> bool:
    if (row["received_at"] or "")[:10] > ctx.as_of:
        return False
    return bool(row["state"] == "refused" or (row["state"] == "landed" and (row["rejected"] or every)))


def _table(ctx: Context, resource: Resource, lands_again: bool) -> Table | None:
    """The table if it was built by another contract, or from deliveries that are read again."""
    steps = ctx.journal.newest(STEPS, "layer", "name", layer="standardised", name=resource.id)
    why = _why(ctx, str(steps[0]["fingerprint"]).partition("@")[0], standard_contract(ctx, resource)) if steps else ""
    if not why and not lands_again:
        return None
    return Table(resource, _quarantined(ctx, resource.id), why or "deliveries of it are read again")


def _why(ctx: Context, before: str, now: Contract) -> str:
    """What was corrected since; empty where nothing was."""
    parts = changed_parts(ctx, before, now)
    if parts is None:
        return "nobody noted by which declaration it was read"
    return f"another declaration of {', '.join(parts)}" if parts else ""


def _quarantined(ctx: Context, resource: str) -> int:
    passed = ctx.lake.passed("standardised", f"{resource}__rejects")
    return passed.rows if passed else 0


def replay(ctx: Context, only: str = "*", every: bool = False) -> Replayed:
    """Take again what :func:`plan_replay` names, then standardise what it touches. Again: nothing is left to do."""
    with ctx.lake.alone():
        plan = plan_replay(ctx, only, every)
        ctx.journal.note(RUNS, run=f"replay {only}", as_of=ctx.as_of, state="started", summary={})
        steps: list[Step] = []
        if plan.deliveries:
            call_judge()
        for round_ in _rounds(plan.deliveries):
            steps += land_all(ctx, round_)
        chosen = [table.resource for table in plan.tables]
        with Flow() as flow:
            standardise_all(ctx, flow, chosen)
            steps += flow.steps()
        states = {state: sum(step.state == state for step in steps) for state in {step.state for step in steps}}
        ctx.journal.note(RUNS, run=f"replay {only}", as_of=ctx.as_of, state="ended", summary=states)
    after = {kept.delivery.load_id: _newest(ctx, kept.delivery.load_id) for kept in plan.deliveries}
    return Replayed(plan, tuple(steps), after, {t.resource.id: _quarantined(ctx, t.resource.id) for t in plan.tables})


def _newest(ctx: Context, load_id: str) -> dict[str, Any]:
    row = ctx.journal.newest(DELIVERIES, "load_id", load_id=load_id)[0]
    reading = ctx.journal.newest(READINGS, "load_id", load_id=load_id)[0]
    return row | {"outcome": reading["outcome"], "said": reading["reason"] or ""}


def _rounds(deliveries: Iterable[Kept]) -> list[list[Delivery]]:
    """One delivery a resource at a time, so that each stands before the next of its resource is read."""
    rounds: list[list[Delivery]] = []
    for _, group in groupby(deliveries, lambda kept: kept.delivery.resource):
        for place, kept in enumerate(group):
            if place == len(rounds):
                rounds.append([])
            rounds[place].append(kept.delivery)
    return rounds
