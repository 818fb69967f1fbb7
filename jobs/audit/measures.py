"""Measures taken from the tables themselves, with one small query a table over its Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from jobs.audit.facts import Facts, Row
from jobs.context import Context
from jobs.contracts import Catalog, Choice

ThemeInputs = Mapping[str, tuple[tuple[str, str], ...]]
"""Lake tables (layer, name) that each theme table reads."""


def ledger(ctx: Context, facts: Facts) -> list[Row]:
    """Where the rows of every resource went: received = landed + rejected, landed = the five fates.

    Beside the ledger's columns ``overwritten``: rows that lost against another of the same key in the same delivery, of
    versions that are current.
    """
    connection = duckdb.connect()
    rows = []
    for resource in ctx.catalog.live:
        taken = [row for row in facts.deliveries.get(resource, []) if row["state"] == "landed"]
        landed = sum(row["landed"] or 0 for row in taken)
        row: Row = {"resource": resource, "n_deliveries": len(taken)}
        row |= {"received": sum(r["received"] or 0 for r in taken), "rejected": sum(r["rejected"] or 0 for r in taken)}
        row |= {"landed": landed, **_fates(ctx, connection, resource)}
        row["superseded"] += landed - sum(r["landed"] or 0 for r in facts.in_force(resource))
        settled = sum(row[fate] for fate in ("current", "quarantined", "duplicate", "superseded", "withdrawn"))
        behind = facts.steps.get(("standardised", resource), {}).get("state") == "blocked"
        row["balances"] = row["received"] == landed + row["rejected"] and (landed == settled or behind)
        rows.append(row)
    return rows


def _fates(ctx: Context, connection: duckdb.DuckDBPyConnection, resource: str) -> dict[str, int]:
    fates = dict.fromkeys(("current", "quarantined", "duplicate", "superseded", "withdrawn", "overwritten"), 0)
    for name, quarantined in ((resource, False), (f"{resource}__rejects", True)):
        version = ctx.lake.passed("standardised", name)
        files = ctx.lake.files(version) if version and version.rows else []
        if not files:
            continue
        query = "SELECT _fate, count(*), sum(_n_duplicates), sum(_n_replaced) FROM read_parquet($files) GROUP BY 1"
        for fate, count, duplicates, replaced in connection.execute(query, {"files": files}).fetchall():
            fates["quarantined" if quarantined else fate] += int(count)
            fates["duplicate"] += int(duplicates or 0)
            fates["superseded"] += int(replaced or 0)
            fates["overwritten"] += int(replaced or 0) if fate == "current" else 0
    return fates


def contradictions(ctx: Context) -> list[Row]:
    """Mentions set apart because their names contradict, by entity and resource."""
    rows: list[Row] = []
    connection = duckdb.connect()
    for entity in ctx.catalog.entities:
        version = ctx.lake.passed("resolved", f"{entity}__registry")
        if version is None or not version.rows:
            continue
        query = (
            "SELECT resource, count(*) FROM read_parquet($files) WHERE rule = 'name_contradicts' GROUP BY 1 ORDER BY 1"
        )
        found = connection.execute(query, {"files": ctx.lake.files(version)}).fetchall()
        rows += [{"entity": entity, "resource": resource, "n": count} for resource, count in found]
    return rows


def disputes(ctx: Context) -> list[Row]:
    """Losing values that differ from the chosen one, by element and pair of sources."""
    rows: list[Row] = []
    connection = duckdb.connect()
    for entity in ctx.catalog.entities:
        fused, conflicts = ctx.lake.passed("fused", entity), ctx.lake.passed("fused", f"{entity}__conflicts")
        if fused is None or conflicts is None or not conflicts.rows:
            continue
        query = (
            "SELECT element, chosen_resource, resource, count(*) FROM read_parquet($files) GROUP BY ALL ORDER BY ALL"
        )
        found = connection.execute(query, {"files": ctx.lake.files(conflicts)}).fetchall()
        cells = _filled(connection, ctx.lake.files(fused), sorted({row[0] for row in found}))
        rows += [
            {
                "entity": entity,
                "element": element,
                "chosen_source": chosen,
                "other_source": other,
                "n_conflicts": count,
                "n_cells": cells[element],
            }
            for element, chosen, other, count in found
        ]
    return rows


def _filled(connection: duckdb.DuckDBPyConnection, files: list[str], elements: list[str]) -> dict[str, int]:
    counts = ", ".join(f'count("{element}")' for element in elements)
    row: Any = connection.execute(f"SELECT {counts} FROM read_parquet($files)", {"files": files}).fetchone()  # noqa: S608 - catalog identifiers
    return dict(zip(elements, row, strict=True))


def lineage(catalog: Catalog, theme_inputs: ThemeInputs) -> list[Row]:
    """Edges that the catalog declares: columns of resources → elements of entities → tables of themes."""
    edges: set[tuple[str, str, str, str, str, str]] = set()
    for entity in catalog.entities.values():
        for element, chain in entity.authority.items():
            sources = chain.among if isinstance(chain, Choice) else tuple(claim.source for claim in chain)
            for source in sources:
                if source in catalog.live:
                    edges.add(("standardised", source, element, "fused", entity.entity, element))
        for resource in catalog.live.values():
            if any(mention.entity == entity.entity for mention in resource.mentions):
                edges.add(("standardised", resource.id, "", "fused", entity.entity, ""))
    for table, inputs in theme_inputs.items():
        edges |= {(layer, name, "", "derived", table, "") for layer, name in inputs}
    names = ("from_layer", "from_table", "from_column", "to_layer", "to_table", "to_column")
    return [dict(zip(names, edge, strict=True)) for edge in sorted(edges)]
