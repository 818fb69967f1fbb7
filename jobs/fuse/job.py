"""Fuse one entity: claims of every source, winners by authority, losers kept."""

from __future__ import annotations

from jobs.context import Context
from jobs.contracts import Entity
from jobs.fuse.plan import claims_select, conflicts_sql, fused_sql
from jobs.fuse.policy import element_types
from jobs.lake.store import Version
from jobs.rules.mentions import mention_sources


def run(ctx: Context, entity: Entity) -> list[Version]:
    """The entity's table and its conflicts, not yet passed."""
    session = ctx.lake.session
    types = element_types(ctx.catalog, entity)
    sources = [s for s in mention_sources(ctx.catalog, entity) if ctx.lake.passed("standardised", s.id)]
    registry = f"registry_{entity.entity}"
    ctx.lake.read("resolved", f"{entity.entity}__registry").createOrReplaceTempView(registry)
    selects = []
    for source in sources:
        view = "std_" + source.id.replace(".", "_")
        ctx.lake.read("standardised", source.id).createOrReplaceTempView(view)
        selects.append(claims_select(entity, source, view, registry, types, ctx.as_of))
    claims = session.sql(" UNION ALL ".join(selects))
    if ctx.settings.engine == "spark":
        claims = claims.persist()
    try:
        claims.createOrReplaceTempView(f"claims_{entity.entity}")
        at_most = sum(version.rows for s in sources if (version := ctx.lake.passed("standardised", s.id)))
        fused = ctx.lake.write("fused", entity.entity, session.sql(fused_sql(f"claims_{entity.entity}", types)), at_most)
        versions = [fused]
        ctx.lake.read("fused", entity.entity, fused).createOrReplaceTempView(f"fused_{entity.entity}")
        losing = conflicts_sql(f"claims_{entity.entity}", f"fused_{entity.entity}", entity, sources, types)
        if losing:
            versions.append(ctx.lake.write("fused", f"{entity.entity}__conflicts", session.sql(losing), at_most))
        return versions
    finally:
        if ctx.settings.engine == "spark":
            claims.unpersist()
