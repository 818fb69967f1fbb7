"""Standardise one resource: clean, version, quarantine, write both tables."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.context import Context
from jobs.contracts import Resource
from jobs.lake.delivery import delivery_of
from jobs.lake.digest import digest_of, with_digests
from jobs.lake.journal import DELIVERIES
from jobs.lake.keys import keyed_hash_column
from jobs.lake.store import Version
from jobs.standardise.clean import clean_cells
from jobs.standardise.policy import Standard, standard_of
from jobs.standardise.versions import version_rows


@dataclass(frozen=True)
class Standardised:
    """The two tables a resource was standardised into, not yet passed."""

    kept: Version
    rejects: Version


def run(ctx: Context, resource: Resource) -> Standardised:
    """Rebuild the resource's versions from all its landed deliveries."""
    standard = standard_of(ctx.catalog, resource, ctx.as_of)
    orders = _orders(ctx, resource)
    landed = ctx.lake.read("landed", resource.id)
    known = ctx.lake.session.sql(_values(orders)).hint("broadcast")
    cleaned = clean_cells(landed.join(known, "_load_id"), standard)
    rows = version_rows(ctx.lake.session, cleaned, standard, last_snapshot=len(orders))
    rows = rows.withColumn("_key", row_key(ctx.lake.key, standard))
    passed = ctx.lake.passed("landed", resource.id)
    return _write(ctx, resource, rows, passed.rows if passed else 0)


def row_key(key: bytes, standard: Standard) -> F.Column:  # type: ignore[name-defined]
    """Keyed hash of (resource, key values): names a record for good without carrying it."""
    parts = [F.coalesce(F.col(f"`{column}`").cast("string"), F.lit("")) for column in standard.key]
    return keyed_hash_column(key, F.lit(standard.resource), *parts)


def _orders(ctx: Context, resource: Resource) -> list[tuple[str, int, int]]:
    """(load id, order, rank) of the landed deliveries, by order."""
    rows = ctx.journal.newest(DELIVERIES, "load_id", resource=resource.id)
    deliveries = sorted((delivery_of(row) for row in rows if row["state"] == "landed"), key=lambda d: (d.order, d.load_id))
    return [(delivery.load_id, delivery.order, rank) for rank, delivery in enumerate(deliveries, 1)]


def _values(orders: list[tuple[str, int, int]]) -> str:
    rows = ", ".join(f"('{load_id}', CAST({order} AS BIGINT), {rank})" for load_id, order, rank in orders)
    return f"SELECT * FROM VALUES {rows} AS t(_load_id, _order, _snapshot)"


def _write(ctx: Context, resource: Resource, rows: DataFrame, at_most: int) -> Standardised:
    """Split kept from quarantined; small tables are computed once and split in memory."""
    rejects = f"{resource.id}__rejects"
    if at_most > ctx.settings.small_rows:
        kept = ctx.lake.write("standardised", resource.id, rows.where("_rules IS NULL").drop("_rules"), at_most)
        thrown = ctx.lake.write("standardised", rejects, rows.where("_rules IS NOT NULL"), at_most)
        return Standardised(kept, thrown)
    table = with_digests(rows).toArrow()
    is_kept = pc.is_null(table.column("_rules"))
    kept = _commit(ctx, resource.id, table.filter(is_kept).drop_columns(["_rules"]))
    thrown = _commit(ctx, rejects, table.filter(pc.invert(is_kept)))
    return Standardised(kept, thrown)


def _commit(ctx: Context, name: str, table: pa.Table) -> Version:
    plain, digest = digest_of(table)
    return ctx.lake.write_arrow("standardised", name, plain, digest)
