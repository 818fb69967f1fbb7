"""Resolve one entity: mentions → clusters → canonical ids that stay."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.context import Context
from jobs.contracts import Entity
from jobs.lake.keys import keyed_hash_column
from jobs.lake.memory import collected, in_memory
from jobs.lake.store import Version
from jobs.resolve.link import events_sql, linked_sql, registry_sql
from jobs.rules.mentions import MentionSource, key_parts, mention_select, mention_sources, source_rank

REGISTRY = (
    "mention_id STRING, canonical_id STRING, resource STRING, role STRING, record_key STRING, rule STRING, since STRING"
)


def run(ctx: Context, entity: Entity) -> list[Version]:
    """Registry, events and pairs of the entity, not yet passed."""
    sources = [s for s in mention_sources(ctx.catalog, entity) if ctx.lake.passed("standardised", s.id)]
    at_most = sum(version.rows for s in sources if (version := ctx.lake.passed("standardised", s.id)))
    names = ("mentions", "linked", "previous")
    mentions, linked, previous = (f"{what}_{entity.entity}" for what in names)
    key = ctx.lake.key
    _previous(ctx, entity).createOrReplaceTempView(previous)
    with ctx.lake.held(_mentions(ctx, entity, sources), mentions):
        frame = ctx.lake.query(linked_sql(mentions, len(key_parts(entity))))
        fresh = keyed_hash_column(key, F.lit(f"canonical:{entity.entity}"), F.col("mention_id"))
        with ctx.lake.held(frame.withColumn("fresh_id", fresh), linked):
            table = ctx.lake.query(registry_sql(linked, previous, ctx.as_of))
            write = _write_small if at_most <= ctx.settings.small_rows else _write_large
            return write(ctx, entity, table, at_most)


def _mentions(ctx: Context, entity: Entity, sources: list[MentionSource]) -> DataFrame:
    selects = []
    for source in sources:
        view = "std_" + source.id.replace(".", "_")
        ctx.lake.offer("standardised", source.id, view)
        selects.append(mention_select(entity, source, view, source_rank(entity, source)))
    union = ctx.lake.query(" UNION ALL ".join(selects))
    return union.withColumn("mention_id", keyed_hash_column(ctx.lake.key, F.col("record_key"), F.col("role")))


def _previous(ctx: Context, entity: Entity) -> DataFrame:
    name = f"{entity.entity}__registry"
    if ctx.lake.passed("resolved", name):
        return ctx.lake.read("resolved", name)
    return ctx.lake.session.createDataFrame([], REGISTRY)


def _write_small(ctx: Context, entity: Entity, table: DataFrame, _at_most: int) -> list[Version]:
    """The engine linked the mentions once; what moved is seen in memory."""
    rows = collected(table)
    registry, events = f"{entity.entity}__registry", f"{entity.entity}__events"
    tables = {"rows": rows}
    if ctx.lake.passed("resolved", events):
        tables["earlier"] = ctx.lake.read_arrow("resolved", events)
    with in_memory(**tables) as connection:
        found = connection.execute(events_sql("rows", "earlier" if "earlier" in tables else None, ctx.as_of))
        moved = found.to_arrow_table()
    return [
        ctx.lake.write_table("resolved", registry, rows.drop_columns(["_old_id"])),
        ctx.lake.write_table("resolved", events, moved),
    ]


def _write_large(ctx: Context, entity: Entity, table: DataFrame, at_most: int) -> list[Version]:
    registry, events = f"{entity.entity}__registry", f"{entity.entity}__events"
    rows, earlier = f"registered_{entity.entity}", f"earlier_{entity.entity}"
    table.createOrReplaceTempView(rows)
    is_first = ctx.lake.passed("resolved", events) is None
    if not is_first:
        ctx.lake.read("resolved", events).createOrReplaceTempView(earlier)
    moved = ctx.lake.query(events_sql(rows, None if is_first else earlier, ctx.as_of))
    return [
        ctx.lake.write("resolved", registry, table.drop("_old_id"), at_most),
        ctx.lake.write("resolved", events, moved, at_most),
    ]
