"""Fuse one entity: claims of every source, winners by authority, losers kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from jobs.context import Context
from jobs.contracts import Entity
from jobs.fuse.plan import conflicts_sql, fused_sql, placed_sql, records_select, winners_sql
from jobs.fuse.policy import authority_table, element_types
from jobs.lake.store import Version
from jobs.rules.mentions import mention_sources

_MENTION = ("resource", "role", "record_key")


def run(ctx: Context, entity: Entity) -> list[Version]:
    """The entity's table and its conflicts, not yet passed."""
    types = element_types(ctx.catalog, entity)
    sources = [s for s in mention_sources(ctx.catalog, entity) if ctx.lake.passed("standardised", s.id)]
    at_most = sum(version.rows for s in sources if (version := ctx.lake.passed("standardised", s.id)))
    registry = ctx.lake.read("resolved", f"{entity.entity}__registry").select("canonical_id", *_MENTION)
    registry.createOrReplaceTempView(f"registry_{entity.entity}")
    selects = []
    for source in sources:
        view = "std_" + source.id.replace(".", "_")
        ctx.lake.offer("standardised", source.id, view)
        selects.append(records_select(entity, source, view, types))
    placed, winners, authority = (f"{what}_{entity.entity}" for what in ("placed", "winners", "authority"))
    ctx.lake.session.createDataFrame(authority_table(entity, sources, ctx.as_of)).createOrReplaceTempView(authority)
    records = f"({' UNION ALL '.join(selects)})"
    with (
        ctx.lake.held(ctx.lake.query(placed_sql(records, f"registry_{entity.entity}")), placed),
        ctx.lake.held(ctx.lake.query(winners_sql(placed, authority)), winners),
    ):
        texts = {
            entity.entity: fused_sql(placed, winners, types, aggregates=ctx.settings.engine == "sail"),
            f"{entity.entity}__conflicts": conflicts_sql(placed, authority, winners),
        }
        at_once = 2 if at_most <= ctx.settings.small_rows else 1  # small plans are not shared out to cores
        with ThreadPoolExecutor(at_once) as pool:
            write = partial(ctx.lake.write, "fused", at_most=at_most)
            return list(pool.map(lambda name: write(name, ctx.lake.query(texts[name])), texts))
