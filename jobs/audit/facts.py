"""What the journal testifies, as the measures need it: newest deliveries, verdicts and steps up to a cut-off day."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from jobs.audit.calendar import workday_after
from jobs.context import Context
from jobs.contracts import Resource
from jobs.lake.delivery import Delivery, counting, delivery_of
from jobs.lake.journal import DELIVERIES, LANDINGS, REPEATS, STEPS, STRAYS, VERDICTS

CYCLE_DAYS = {"realtime": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
_GRACE_DAYS = {"realtime": 0, "daily": 0, "weekly": 2, "monthly": 5, "quarterly": 10, "yearly": 15}
"""Working days after the end of a period until which its delivery is in time."""

_PARSED = ("traits", "changes", "notes", "reasons", "sums")

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """The journal's testimony for one audit."""

    as_of: str
    deliveries: dict[str, list[Row]]
    """Newest state of each delivery by resource, in their order."""
    repeats: list[Row]
    verdicts: dict[tuple[str, str], Row]
    """Newest verdict of each table, results parsed."""
    steps: dict[tuple[str, str], Row]
    landings: dict[str, Row]
    """What was noticed when each delivery was read, parsed, by load id."""
    strays: list[Row] = field(default_factory=list)
    """Folders of the inbox with files that are no resource's, parsed."""

    def in_force(self, resource: str) -> list[Row]:
        """Landed deliveries that count, in their order."""
        rows = {delivery_of(row).order: row for row in self.deliveries.get(resource, []) if row["state"] == "landed"}
        return [rows[delivery.order] for delivery in counting(map(delivery_of, rows.values()))]


def read_facts(ctx: Context) -> Facts:
    """Read once what all measures share."""
    deliveries: dict[str, list[Row]] = {}
    rows = sorted(ctx.journal.newest(DELIVERIES, "load_id"), key=lambda row: (delivery_of(row).order, row["load_id"]))
    for row in rows:
        deliveries.setdefault(row["resource"], []).append(row)
    verdicts = {
        (row["layer"], row["name"]): row | {"results": json.loads(row["results"] or "[]")}
        for row in ctx.journal.newest(VERDICTS, "layer", "name")
    }
    steps = {(row["layer"], row["name"]): row for row in ctx.journal.newest(STEPS, "layer", "name")}
    landings = {
        row["load_id"]: row | {name: json.loads(row[name] or "null") for name in _PARSED}
        for row in ctx.journal.newest(LANDINGS, "load_id")
    }
    strays = [
        row | {name: json.loads(row[name]) for name in ("names", "nearest")}
        for row in ctx.journal.newest(STRAYS, "folder")
        if row["files"]
    ]
    repeats = ctx.journal.newest(REPEATS, "load_id", "file")
    return Facts(ctx.as_of, deliveries, repeats, verdicts, steps, landings, strays)


def due_day(resource: Resource, delivery: Delivery) -> str:
    """Last day on which a delivery for its period was in time."""
    return _in_time(resource, date.fromisoformat(delivery.period))


def next_due(resource: Resource, period: str) -> str:
    """Day by which the delivery after the one of ``period`` must have come."""
    return _in_time(resource, date.fromisoformat(period) + timedelta(days=CYCLE_DAYS[resource.cycle]))


def _in_time(resource: Resource, period: date) -> str:
    """A machine delivers on any day, people on the next working one."""
    if resource.cycle == "realtime":
        return period.isoformat()
    return workday_after(period, _GRACE_DAYS[resource.cycle]).isoformat()


def open_refusals(resource: Resource, rows: list[Row]) -> list[Row]:
    """Refused deliveries that no landed one has replaced: one of the same period with a later sequence, or, where each
    delivery is the whole, any of a later place."""
    landed = [delivery_of(row) for row in rows if row["state"] == "landed"]

    def is_open(row: Row) -> bool:
        own, whole = delivery_of(row), resource.load.mode == "full"
        return not any(other.order > own.order and (whole or other.period == own.period) for other in landed)

    return [row for row in rows if row["state"] == "refused" and is_open(row)]
