"""Resources that hold almost nothing though nobody declared so: beside what they had, what is declared, by cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from statistics import median
from typing import Any

import duckdb

from jobs.audit.facts import Facts, Row
from jobs.audit.finding import finding
from jobs.contracts import Catalog, Resource

FEW = 20
"""Rows below which a smaller number says nothing."""
HARDLY = Decimal("0.05")
"""Share of what was or should be there, and of cells that are filled, below which a table counts as almost empty."""
_HALF = 0.5
_REMEDY = "请部门确认源系统和导出条件；确无更多数据的，在目录登记 almost_empty"


def of_emptiness(catalog: Catalog, facts: Facts, ledger: list[Row], files: Callable[[str], list[str]]) -> Iterator[Row]:
    """A finding for each live resource that is almost empty; ``files`` are those of its passed standardised table.

    A resource that was declared so has its own finding, and one that is stopped does not show what it was sent.
    """
    current = {row["resource"]: int(row["current"]) for row in ledger}
    is_whole = _is_whole(catalog, current)
    for resource in catalog.live.values():
        landed, step = facts.in_force(resource.id), facts.steps.get(("standardised", resource.id), {})
        if resource.almost_empty or not landed or step.get("state", "blocked") == "blocked":
            continue
        found = _against_before(resource, landed, current[resource.id])
        found = found or (_against_declared(resource, current[resource.id]) if is_whole else None)
        held = files(resource.id) if not found else []
        found = found or (_cells(resource, facts.landings.get(landed[-1]["load_id"]), held) if held else None)
        if found:
            rule, why = found
            what = f"{resource.name}几乎无数据：{why}"
            more: Row = {"rule": rule, "n_checked": current[resource.id], "indicator": "0202"}
            yield finding("almost_empty", "warning", "standardised", resource.id, resource, what, _REMEDY, **more)


def _against_before(resource: Resource, landed: list[Row], current: int) -> tuple[str, str] | None:
    """No row at all, or hardly any of the largest delivery where each delivery is the whole."""
    largest = max(landed, key=lambda row: int(row["received"] or 0))
    most = int(largest["received"] or 0)
    if most >= FEW and current < HARDLY * most and (resource.load.mode == "full" or not current):
        share = f"不足其 {HARDLY:.0%}" if current else "已全部撤回、删除或隔离"
        return "against_before", f"现有 {current} 行，{largest['period']} 一批有 {most} 行，{share}（规则：与此前相比）"
    return None


def _against_declared(resource: Resource, current: int) -> tuple[str, str] | None:
    """Hardly any of the rows that the catalog declares."""
    declared = int(resource.volume) if resource.volume.isdecimal() else 0
    if declared < FEW or current >= HARDLY * declared:
        return None
    return "against_declared", f"现有 {current} 行，目录登记 {declared} 行，不足其 {HARDLY:.0%}（规则：与登记规模相比）"


def _is_whole(catalog: Catalog, current: dict[str, int]) -> bool:
    """Whether the declared sizes say anything here: most resources reach half of theirs, which they do not in a sample
    of a city."""
    volumes = {r.id: int(r.volume) for r in catalog.live.values() if r.volume.isdecimal() and int(r.volume)}
    shares = [current.get(resource, 0) / volume for resource, volume in volumes.items()]
    return bool(shares) and median(shares) >= _HALF


def _cells(resource: Resource, landing: Row | None, files: list[str]) -> tuple[str, str] | None:
    """Hardly a cell beside the key is filled. The whole table is counted only where the sample of the newest delivery
    is half empty."""
    key = set(resource.load.key)
    seen: Row = ((landing or {}).get("traits") or {}).get("shapes", {})
    shapes = {name: shape for name, shape in seen.items() if name not in key}
    cells, filled = sum(shape[1] for shape in shapes.values()), sum(shape[2] for shape in shapes.values())
    if not cells or filled > _HALF * cells:
        return None
    columns = list(dict.fromkeys(field.column for field in resource.fields if field.name not in key))
    full = ", ".join(f"count(*) FILTER (CAST(\"{column}\" AS VARCHAR) <> '')" for column in columns)
    query = f"SELECT count(*), {full} FROM read_parquet($files) WHERE _fate = 'current'"  # noqa: S608 - catalog identifiers
    counted: Any = duckdb.execute(query, {"files": files}).fetchone()
    cells, filled = counted[0] * len(columns), sum(counted[1:])
    if not cells or filled >= HARDLY * cells:
        return None
    share = f"{Decimal(100) * filled / cells:.2f}%"
    return "cells", f"现有 {counted[0]} 行，主键之外的 {cells} 格只有 {filled} 格（{share}）有值（规则：单元格）"
