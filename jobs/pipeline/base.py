"""Base libraries: resolve and fuse every entity whose inputs changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from jobs.context import Context
from jobs.contracts import Choice, Entity
from jobs.fuse import job as fuse_job
from jobs.gates import judge_table, table_suite
from jobs.lake.store import Version
from jobs.pipeline.steps import Step, fingerprint, held, take_step
from jobs.resolve import job as resolve_job
from jobs.rules.mentions import mention_sources


def build_base(ctx: Context, verbs: Collection[str] = ("resolve", "fuse")) -> list[Step]:
    """Resolve and fuse every entity that has a passed source.

    A blocked source is read at its last good version. Where it is the entity's leading one (the authority of its name
    or first key), the whole entity stays as it is; otherwise the entity moves on.
    """
    steps = []
    for entity in ctx.catalog.entities.values():
        inputs = [("standardised", source.id) for source in mention_sources(ctx.catalog, entity)]
        if not any(ctx.lake.passed(*table) for table in inputs):
            continue
        leading = [("standardised", source) for source in leading_sources(entity)]
        if "resolve" in verbs:
            steps.append(held(ctx, "resolved", f"{entity.entity}__registry", leading) or _resolve(ctx, entity, inputs))
        if "fuse" in verbs:
            steps.append(held(ctx, "fused", entity.entity, leading) or _fuse(ctx, entity, inputs))
    return steps


def leading_sources(entity: Entity) -> list[str]:
    """Lawful sources of the element that names the entity, else of its first key."""
    first = entity.keys[0]
    chain = entity.authority.get(entity.name_element or (first if isinstance(first, str) else first[0]), ())
    return list(chain.among) if isinstance(chain, Choice) else [claim.source for claim in chain if not claim.fallback]


def _resolve(ctx: Context, entity: Entity, inputs: list[tuple[str, str]]) -> Step:
    name = f"{entity.entity}__registry"
    rules = table_suite(ctx.catalog, "4_resolved", name, ["mention_id"])
    return take_step(
        ctx, "resolved", name, fingerprint(ctx, inputs), lambda: judged(ctx, resolve_job.run(ctx, entity), rules)
    )


def _fuse(ctx: Context, entity: Entity, inputs: list[tuple[str, str]]) -> Step:
    rules = table_suite(ctx.catalog, "5_fused", entity.entity, ["canonical_id"])
    mark = fingerprint(ctx, [*inputs, ("resolved", f"{entity.entity}__registry")])
    return take_step(ctx, "fused", entity.entity, mark, lambda: judged(ctx, fuse_job.run(ctx, entity), rules))


def judged(ctx: Context, versions: list[Version], rules: Any) -> Any:
    main = versions[0]

    def frames() -> Any:
        table = ctx.lake.read_arrow(main.layer, main.name, main)
        plain = table.select([name for name in table.column_names if not name.startswith("_")])
        frame = plain.to_pandas(date_as_object=True)
        return {"kept": frame, "arrived": frame}

    return main, judge_table(ctx, versions, rules, frames)
