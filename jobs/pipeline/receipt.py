"""Receipts: what became of a delivery, told to whoever sent it. Counts and names of columns, never a value."""

from __future__ import annotations

import fnmatch
import json
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb

from jobs.context import Context
from jobs.contracts import Resource
from jobs.errors import UsageError
from jobs.lake.delivery import UNTAKEN, counting, delivery_of
from jobs.lake.journal import DELIVERIES, LANDINGS, STEPS

Row = dict[str, Any]

SOUND = ["repaired", "converted", "placeholder"]
"""Flags of cells that ask nothing of the department."""


def receipts(ctx: Context, which: str, period: str | None = None, sequence: int | None = None) -> list[Row]:
    """Receipts of the resources that match ``which`` (a glob of ids): of the newest delivery of each by period and
    sequence, or of all those of ``period``; UsageError if there is none."""
    found: list[Row] = []
    for resource in ctx.catalog.live.values():
        if not fnmatch.fnmatch(resource.id, which):
            continue
        rows = ctx.journal.newest(DELIVERIES, "load_id", resource=resource.id)
        ordered = sorted(rows, key=lambda row: (delivery_of(row).order, row["seq"]))
        chosen = [r for r in ordered if r["period"] == period] if period else ordered[-1:]
        chosen = [row for row in chosen if sequence in (None, row["sequence"])]
        in_force = {d.load_id for d in counting(delivery_of(r) for r in rows if r["state"] == "landed")}
        found += [_receipt(ctx, resource, row, row["load_id"] in in_force) for row in chosen]
    if not found:
        where = f" for {period}" if period else ""
        problem = f"no delivery of a live resource like {which!r} has come{where}"
        raise UsageError(problem, remedy="See `brain status` for the ids, and journal.deliveries for what came")
    return found


def _receipt(ctx: Context, resource: Resource, row: Row, counts: bool) -> Row:
    """Facts of one delivery."""
    manifest = json.loads(row["manifest"] or "{}")
    noted = ctx.journal.newest(LANDINGS, "load_id", load_id=row["load_id"])
    landing: Row = {"changes": [], "notes": {}, "reasons": {}, "sums": {}}
    if noted:
        landing = {name: json.loads(noted[0][name]) for name in landing}
    has_landed = row["state"] == "landed"
    quarantined = _quarantined(ctx, resource, row["load_id"]) if has_landed else []
    department = ctx.catalog.departments[resource.department]
    return {
        "department": department.code,
        "department_name": department.name,
        "resource": resource.id,
        "resource_name": resource.name,
        "resource_code": resource.code,
        "file": row["file"] or "",
        "member": row["member"] or "",
        "period": row["period"],
        "sequence": row["sequence"],
        "sha256": row["blob"],
        "received_at": row["received_at"] or "",
        "decided_at": row["noted_at"],
        "state": "corrected" if row["state"] == "landed" and not counts else row["state"],
        "reason": row["reason"] or "",
        "held": _held(ctx, resource.id) if has_landed else "",
        "rows": {
            "declared": manifest.get("rows"),
            **{name: row[name] for name in ("received", "landed", "rejected")},
            "untaken": landing["notes"].pop(UNTAKEN, None),
            "quarantined": sum(found["rows"] for found in quarantined),
        },
        "rejected": [{"reason": reason, "rows": count} for reason, count in sorted(landing["reasons"].items())],
        "quarantined": [found for found in quarantined if found["rows"]],
        "flagged": _flagged(ctx, resource, row["load_id"]) if has_landed else [],
        "totals": _totals(manifest, landing["sums"]),
        "changes": landing["changes"],
        "notes": landing["notes"],
    }


def _totals(manifest: Row, counted: dict[str, str]) -> list[Row]:
    """Control totals, as declared and as counted, by the department's own column names."""
    return [
        {
            "field": name,
            "declared": str(total),
            "counted": counted.get(name),
            "agrees": name in counted and _number(total) == _number(counted[name]),
        }
        for name, total in sorted((manifest.get("sums") or {}).items())
    ]


def _number(text: object) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def _held(ctx: Context, resource: str) -> str:
    """Why the resource's table is stopped, if it is."""
    steps = ctx.journal.newest(STEPS, "layer", "name", layer="standardised", name=resource)
    return str(steps[0]["reason"] or "") if steps and steps[0]["state"] == "blocked" else ""


def _quarantined(ctx: Context, resource: Resource, load_id: str) -> list[Row]:
    """Rows of the delivery that were set aside, by the rule that they break; a row that breaks two counts for both."""
    version = ctx.lake.passed("standardised", f"{resource.id}__rejects")
    if version is None or not version.rows:
        return []
    query = (
        "SELECT rule, count(*) FROM (SELECT unnest(_rules) AS rule FROM read_parquet($files) "
        "WHERE _load_id = $load) GROUP BY 1 ORDER BY 1"
    )
    found = duckdb.execute(query, {"files": ctx.lake.files(version), "load": load_id}).fetchall()
    return [_rule(ctx, resource, rule) | {"rows": count} for rule, count in found]


def _flagged(ctx: Context, resource: Resource, load_id: str) -> list[Row]:
    """Cells of the delivery that could not be read or are doubtful, by the department's column and the flag."""
    version = ctx.lake.passed("standardised", resource.id)
    if version is None or not version.rows:
        return []
    query = (
        "SELECT place, flag, count(*) FROM (UNPIVOT (SELECT _flag.* FROM read_parquet($files) WHERE _load_id = $load) "
        "ON COLUMNS(*) INTO NAME place VALUE flag) WHERE NOT list_contains($sound, flag) GROUP BY ALL ORDER BY ALL"
    )
    found = duckdb.execute(query, {"files": ctx.lake.files(version), "load": load_id, "sound": SOUND}).fetchall()
    own = {field.column: field.name for field in reversed(resource.fields)}
    return [{"field": own.get(column, column), "flag": flag, "cells": cells} for column, flag, cells in found]


def _rule(ctx: Context, resource: Resource, rule: str) -> Row:
    """A rule by its id, with the words of its declaration and the columns as the department calls them."""
    own = {field.column: field.name for field in reversed(resource.fields)}
    name, _, place = rule.partition("#")
    if not place.isdecimal():
        fields = [own[column] for column in resource.key_columns] if rule == "key_missing" else []
        return {"rule": rule, "name": "", "fields": fields}
    declared = ctx.catalog.expectations[("3_standardised", resource.id)][int(place)]
    columns = [str(declared.args[key]) for key in ("column", "column_A", "column_B") if key in declared.args]
    fields = [own.get(column.removesuffix("__flag"), column) for column in columns]
    return {"rule": rule, "name": declared.name or declared.why or name, "fields": fields}
