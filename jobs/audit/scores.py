"""Scores: 100 × (checked − failed) ÷ checked per rule, their mean per dimension, the weighted mean as total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jobs.audit.facts import Facts, Row, due_day
from jobs.contracts import Catalog
from jobs.lake.delivery import delivery_of

DIMENSIONS = ("01", "02", "03", "04", "05", "06")
COLUMNS = ("scope", "id", "name", "dimension", "score", "n_rules", "n_failed_rules", "n_checked", "n_failed")


@dataclass(frozen=True)
class Mark:
    """How one rule (or one duty of delivery) came out."""

    dimension: str
    checked: int
    failed: int
    is_failed: bool


def scorecard(catalog: Catalog, facts: Facts) -> list[Row]:
    """Scores of the city, its departments, resources, entities and themes."""
    marks: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for (layer, name), verdict in facts.verdicts.items():
        own = [_mark(result) for result in verdict["results"] if result["outcome"] != "error" and result["checked"]]
        if name in catalog.live and layer == "standardised":
            marks[("resource", name)] += own
        elif layer == "fused":
            marks[("entity", name)] += own
        elif layer == "derived":
            marks[("theme", name.split("__", 1)[0])] += own
    for resource in catalog.live.values():
        marks[("resource", resource.id)] += _duties(catalog, facts, resource.id)
        marks[("department", resource.department)] += marks[("resource", resource.id)]
        marks[("city", "city")] += marks[("resource", resource.id)]
    rows: list[Row] = []
    for (scope, key), found in sorted(marks.items()):
        rows += _rows(scope, key, _name(catalog, scope, key), found, _weights(catalog))
    return rows


def _mark(result: dict[str, Any]) -> Mark:
    return Mark(result["indicator"][:2], result["checked"], result["failed"], result["outcome"] == "failed")


def _duties(catalog: Catalog, facts: Facts, resource_id: str) -> Iterable[Mark]:
    """Timeliness: deliveries in time; accessibility: deliveries that could be taken."""
    rows = facts.deliveries.get(resource_id, [])
    if not rows:
        return
    resource = catalog.resources[resource_id]
    late = sum(delivery_of(row).received_at[:10] > due_day(resource, delivery_of(row)) for row in rows)
    refused = sum(row["state"] == "refused" for row in rows)
    yield Mark("05", len(rows), late, late > 0)
    yield Mark("06", len(rows), refused, refused > 0)


def _rows(scope: str, key: str, name: str, marks: list[Mark], weights: dict[str, Decimal]) -> Iterable[Row]:
    means: dict[str, Decimal] = {}
    for dimension in DIMENSIONS:
        own = [mark for mark in marks if mark.dimension == dimension]
        if own:
            shares = [Decimal(100) * (mark.checked - mark.failed) / mark.checked for mark in own]
            means[dimension] = sum(shares, Decimal(0)) / len(shares)
        yield _row(scope, key, name, dimension, means.get(dimension), own)
    weight = sum((weights[dimension] for dimension in means), Decimal(0))
    total = sum((means[d] * weights[d] for d in means), Decimal(0)) / weight if weight else None
    yield _row(scope, key, name, "total", total, marks)


def _row(scope: str, key: str, name: str, dimension: str, score: Decimal | None, marks: list[Mark]) -> Row:
    return {
        "scope": scope,
        "id": key,
        "name": name,
        "dimension": dimension,
        "score": None if score is None else score.quantize(Decimal("0.01")),
        "n_rules": len(marks),
        "n_failed_rules": sum(mark.is_failed for mark in marks),
        "n_checked": sum(mark.checked for mark in marks),
        "n_failed": sum(mark.failed for mark in marks),
    }


def _weights(catalog: Catalog) -> dict[str, Decimal]:
    declared = catalog.scoring.get("weights")
    weights = declared if isinstance(declared, dict) else {}
    return {dimension: Decimal(str(weights.get(dimension, 1))) for dimension in DIMENSIONS}


def _name(catalog: Catalog, scope: str, key: str) -> str:
    if scope == "department":
        return catalog.departments[key].short_name
    if scope == "resource":
        return catalog.resources[key].name
    if scope == "entity":
        return catalog.entities[key].library if key in catalog.entities else key
    if scope == "theme":
        return catalog.themes[key].name
    return "全市"
