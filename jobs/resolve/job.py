"""Resolve one entity: mentions → clusters → canonical ids that stay."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.context import Context
from jobs.contracts import Entity
from jobs.lake.keys import keyed_hash_column
from jobs.lake.store import Version
from jobs.resolve.link import linked_sql, registry_sql
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
    session, key = ctx.lake.session, ctx.lake.key
    _previous(ctx, entity).createOrReplaceTempView(previous)
    with ctx.lake.held(_mentions(ctx, entity, sources), mentions):
        frame = session.sql(linked_sql(mentions, len(key_parts(entity))))
        fresh = keyed_hash_column(key, F.lit(f"canonical:{entity.entity}"), F.col("mention_id"))
        with ctx.lake.held(frame.withColumn("fresh_id", fresh), linked):
            table = session.sql(registry_sql(linked, previous, ctx.as_of))
            registry = ctx.lake.write("resolved", f"{entity.entity}__registry", table.drop("_old_id"), at_most)
            events = ctx.lake.write("resolved", f"{entity.entity}__events", _events(ctx, entity, table), at_most)
    return [registry, events]


def _mentions(ctx: Context, entity: Entity, sources: list[MentionSource]) -> DataFrame:
    selects = []
    for source in sources:
        view = "std_" + source.id.replace(".", "_")
        ctx.lake.read("standardised", source.id).createOrReplaceTempView(view)
        selects.append(mention_select(entity, source, view, source_rank(entity, source)))
    union = ctx.lake.session.sql(" UNION ALL ".join(selects))
    return union.withColumn("mention_id", keyed_hash_column(ctx.lake.key, F.col("record_key"), F.col("role")))


def _previous(ctx: Context, entity: Entity) -> DataFrame:
    name = f"{entity.entity}__registry"
    if ctx.lake.passed("resolved", name):
        return ctx.lake.read("resolved", name)
    return ctx.lake.session.createDataFrame([], REGISTRY)


def _events(ctx: Context, entity: Entity, table: DataFrame) -> DataFrame:
    """What happened to ids and what could not be linked, all runs so far."""
    moved = table.where("_old_id IS NOT NULL AND _old_id <> canonical_id").selectExpr(
        f"'{ctx.as_of}' AS as_of",
        "'moved' AS kind",
        "mention_id",
        "resource",
        "_old_id AS from_id",
        "canonical_id AS to_id",
    )
    apart = table.where("rule = 'name_contradicts' AND _old_id IS NULL").selectExpr(
        f"'{ctx.as_of}' AS as_of",
        "'name_contradicts' AS kind",
        "mention_id",
        "resource",
        "CAST(NULL AS STRING) AS from_id",
        "canonical_id AS to_id",
    )
    fresh = moved.unionByName(apart)
    name = f"{entity.entity}__events"
    if not ctx.lake.passed("resolved", name):
        return fresh
    return ctx.lake.read("resolved", name).unionByName(fresh).distinct()
