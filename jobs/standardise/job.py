"""Standardise one resource: clean, version, quarantine, write both tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.context import Context
from jobs.contracts import Resource
from jobs.lake.delivery import counting, delivery_of
from jobs.lake.journal import DELIVERIES
from jobs.lake.keys import keyed_hash_column, keyed_hashes
from jobs.lake.store import Version
from jobs.standardise.clean import clean_cells
from jobs.standardise.policy import Standard, standard_of
from jobs.standardise.readings import read_all
from jobs.standardise.small import assembled, fates_of, placed, versioned
from jobs.standardise.versions import SLIM, fates_sql

_BATCH = 5
"""How often ``small_rows`` the rows of a batch of small tables may be."""


@dataclass(frozen=True)
class Standardised:
    """The two tables a resource was standardised into, not yet passed."""

    kept: Version
    rejects: Version


@dataclass(frozen=True)
class Prepared:
    """One small table before it is written: its cleaned rows, and which of them made versions."""

    rows: pa.Table
    fates: pa.Table


def batches(ctx: Context, resources: list[Resource]) -> Iterator[list[Resource]]:
    """Resources to prepare together: as many small tables as memory holds with ease, each large one alone."""
    batch: list[Resource] = []
    rows = 0
    for resource in resources:
        passed = ctx.lake.passed("landed", resource.id)
        count = passed.rows if passed else 0
        if batch and rows + count > _BATCH * ctx.settings.small_rows:
            yield batch
            batch, rows = [], 0
        batch.append(resource)
        rows += count
    if batch:
        yield batch


def prepare(ctx: Context, resources: list[Resource]) -> dict[str, Prepared]:
    """Read the texts of all small tables among ``resources`` in one plan."""

    def read(resource: Resource) -> tuple[Standard, pa.Table, int]:
        orders = orders_of(ctx, resource.id)
        rows = placed(ctx.lake.read_arrow("landed", resource.id), orders)
        return standard_of(ctx.catalog, resource, ctx.as_of), rows, len(orders)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(read, (resource for resource in resources if _is_small(ctx, resource)))
        small = [one for one in found if one[1].num_rows]  # what was all taken back has no texts to ask for
    if not small:
        return {}
    readings = read_all(ctx.lake.session, [(standard, rows) for standard, rows, _ in small])

    def clean(one: tuple[Standard, pa.Table, int]) -> tuple[Standard, pa.Table, int]:
        standard, rows, snapshots = one
        keyed = partial(keyed_hashes, ctx.lake.key, standard.resource)
        return standard, assembled(standard, rows, readings[standard.resource], keyed), snapshots

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        cleaned = list(pool.map(clean, small))
    fates = fates_of(cleaned)
    return {standard.resource: Prepared(rows, fate) for (standard, rows, _), fate in zip(cleaned, fates, strict=True)}


def _is_small(ctx: Context, resource: Resource) -> bool:
    passed = ctx.lake.passed("landed", resource.id)
    return passed is not None and passed.rows <= ctx.settings.small_rows


def run(ctx: Context, resource: Resource, prepared: Prepared | None = None) -> Standardised:
    """Rebuild the resource's versions from all its landed deliveries."""
    if prepared is not None:
        return _write_small(ctx, resource.id, prepared)
    standard = standard_of(ctx.catalog, resource, ctx.as_of)
    orders = orders_of(ctx, resource.id)
    landed = ctx.lake.read("landed", resource.id).selectExpr("*", *_places(orders)).where("_order IS NOT NULL")
    cleaned = clean_cells(landed, standard).withColumn("_key", row_key(ctx.lake.key, standard))
    passed = ctx.lake.passed("landed", resource.id)
    return _write_large(ctx, standard, cleaned, len(orders), passed.rows if passed else 0)


def row_key(key: bytes, standard: Standard) -> F.Column:  # type: ignore[name-defined]
    """Keyed hash of (resource, key values): names a record for good without carrying it."""
    parts = [F.coalesce(F.col(f"`{column}`").cast("string"), F.lit("")) for column in standard.key]
    return keyed_hash_column(key, F.lit(standard.resource), *parts)


def orders_of(ctx: Context, resource: str) -> list[tuple[str, int, int]]:
    """(load id, order, rank) of the landed deliveries that count, by order."""
    rows = ctx.journal.newest(DELIVERIES, "load_id", resource=resource)
    deliveries = counting(delivery_of(row) for row in rows if row["state"] == "landed")
    return [(delivery.load_id, delivery.order, rank) for rank, delivery in enumerate(deliveries, 1)]


def _places(orders: list[tuple[str, int, int]]) -> list[str]:
    """Order and rank of a row's delivery; null for deliveries that do not count."""
    if not orders:
        return ["CAST(NULL AS BIGINT) AS _order", "CAST(NULL AS INT) AS _snapshot"]
    order = " ".join(f"WHEN '{load_id}' THEN CAST({order} AS BIGINT)" for load_id, order, _ in orders)
    rank = " ".join(f"WHEN '{load_id}' THEN {rank}" for load_id, _, rank in orders)
    return [f"CASE _load_id {order} END AS _order", f"CASE _load_id {rank} END AS _snapshot"]


def _write_small(ctx: Context, resource: str, prepared: Prepared) -> Standardised:
    written = [
        ctx.lake.write_table("standardised", name, table.select(sorted(table.column_names, key=_system_last)))
        for name, table in zip(
            (resource, f"{resource}__rejects"), versioned(prepared.rows, prepared.fates), strict=True
        )
    ]
    return Standardised(*written)


def _system_last(name: str) -> bool:
    return name.startswith("_")


def _write_large(ctx: Context, standard: Standard, cleaned: DataFrame, snapshots: int, at_most: int) -> Standardised:
    """The same by the engine: narrow bookkeeping, joined back to the rows it speaks of."""
    rows = cleaned.withColumn("_good", F.expr("size(_rules) = 0"))
    rows = rows.persist() if ctx.settings.engine == "spark" else rows
    view = "slim_" + standard.resource.replace(".", "_")
    ids = ("_load_id", "_row_no")
    rows.select(*ids, *[name for name in SLIM if name not in ids]).createOrReplaceTempView(view)
    fates = ctx.lake.query(fates_sql(view, standard.mode, snapshots, *ids))
    drop = ("_rules", "_order", "_snapshot", "_deleted", "_good")
    kept = rows.drop(*drop).join(fates, list(ids))
    thrown = rows.where("NOT _good").withColumnsRenamed({"_order": "_from_seq", "_deleted": "_is_deleted"})
    thrown = thrown.drop("_snapshot", "_good").selectExpr(
        "*", "CAST(NULL AS BIGINT) AS _to_seq", "'quarantined' AS _fate", "0 AS _n_duplicates", "0 AS _n_replaced"
    )
    try:
        return Standardised(
            ctx.lake.write("standardised", standard.resource, kept, at_most),
            ctx.lake.write("standardised", f"{standard.resource}__rejects", thrown, at_most),
        )
    finally:
        if ctx.settings.engine == "spark":
            rows.unpersist()
