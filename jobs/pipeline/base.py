"""Base libraries: resolve and fuse every entity whose inputs changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from jobs.context import Context
from jobs.contracts import Choice, Entity
from jobs.fuse import job as fuse_job
from jobs.gates import Rule, Verdict, judge_table, table_suite
from jobs.lake.store import Version
from jobs.pipeline.steps import AT_ONCE, Step, Task, fingerprint, held, take
from jobs.resolve import job as resolve_job
from jobs.rules.mentions import mention_sources

Make = Callable[[Context, Entity, list[tuple[str, str]]], Task[list[Version]]]


def build_base(ctx: Context, verbs: Collection[str] = ("resolve", "fuse")) -> list[Step]:
    """Resolve and fuse every entity that has a passed source, several at a time, the largest first.

    A blocked source is read at its last good version. Where it is the entity's leading one (the authority of its name
    or first key), the whole entity stays as it is; otherwise the entity moves on.
    """
    inputs = {
        name: [("standardised", source.id) for source in mention_sources(ctx.catalog, entity)]
        for name, entity in ctx.catalog.entities.items()
    }
    rows = {
        name: [version.rows for table in tables if (version := ctx.lake.passed(*table))]
        for name, tables in inputs.items()
    }
    ready = sorted((name for name in inputs if rows[name]), key=lambda name: sum(rows[name]), reverse=True)
    makers = [make for verb, make in (("resolve", _resolve), ("fuse", _fuse)) if verb in verbs]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        built = pool.map(lambda name: _entity(ctx, ctx.catalog.entities[name], inputs[name], makers), ready)
    steps = dict(zip(ready, built, strict=True))
    return [steps[name][nth] for nth in range(len(makers)) for name in inputs if name in steps]


def _entity(ctx: Context, entity: Entity, inputs: list[tuple[str, str]], makers: Sequence[Make]) -> list[Step]:
    """The steps of one entity, each from what the one before it let pass."""
    leading = [("standardised", source) for source in leading_sources(entity)]
    steps = []
    for make in makers:
        task = make(ctx, entity, inputs)
        steps.append(held(ctx, task.layer, task.name, leading) or take(ctx, task))
    return steps


def leading_sources(entity: Entity) -> list[str]:
    """Lawful sources of the element that names the entity, else of its first key."""
    first = entity.keys[0]
    chain = entity.authority.get(entity.name_element or (first if isinstance(first, str) else first[0]), ())
    return list(chain.among) if isinstance(chain, Choice) else [claim.source for claim in chain if not claim.fallback]


def _resolve(ctx: Context, entity: Entity, inputs: list[tuple[str, str]]) -> Task[list[Version]]:
    name = f"{entity.entity}__registry"
    rules = table_suite(ctx.catalog, "4_resolved", name, ["mention_id"])
    run = partial(resolve_job.run, ctx, entity)
    return Task("resolved", name, fingerprint(ctx, inputs), run, partial(judged, ctx, rules))


def _fuse(ctx: Context, entity: Entity, inputs: list[tuple[str, str]]) -> Task[list[Version]]:
    rules = table_suite(ctx.catalog, "5_fused", entity.entity, ["canonical_id"])
    mark = fingerprint(ctx, [*inputs, ("resolved", f"{entity.entity}__registry")])
    return Task("fused", entity.entity, mark, partial(fuse_job.run, ctx, entity), partial(judged, ctx, rules))


def judged(ctx: Context, rules: list[Rule], versions: list[Version]) -> tuple[Version, Verdict]:
    """The gate of a table made of others: its rules see what readers would get."""
    main = versions[0]

    def frames() -> Any:
        table = ctx.lake.read_arrow(main.layer, main.name, main)
        plain = table.select([name for name in table.column_names if not name.startswith("_")])
        frame = plain.to_pandas(date_as_object=True)
        return {"kept": frame, "arrived": frame}

    return main, judge_table(ctx, versions, rules, frames)
