"""Base libraries: resolve and fuse every entity whose inputs changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

import pyarrow as pa

from jobs.context import Context
from jobs.contracts import Choice, Entity, Resource
from jobs.fuse import job as fuse_job
from jobs.gates import Rule, Verdict, judge_table, table_suite
from jobs.lake.store import Version
from jobs.pipeline.flow import Flow
from jobs.pipeline.steps import Step, Task, fingerprint, held, take
from jobs.resolve import job as resolve_job
from jobs.rules.mentions import mention_sources

Make = Callable[[Context, Entity, list[tuple[str, str]]], Task[list[Version]]]


def build_base(ctx: Context, flow: Flow, verbs: Collection[str] = ("resolve", "fuse")) -> None:
    """Resolve and fuse every entity, each as soon as its sources have ended, the largest first.

    A blocked source is read at its last good version. Where it is the entity's leading one (the authority of its name
    or first key), the whole entity stays as it is; otherwise the entity moves on.
    """
    inputs = {
        name: [("standardised", source.id) for source in mention_sources(ctx.catalog, entity)]
        for name, entity in ctx.catalog.entities.items()
    }
    makers = [make for verb, make in (("resolve", _resolve), ("fuse", _fuse)) if verb in verbs]
    for name in sorted(inputs, key=lambda name: landed_rows(ctx, [source for _, source in inputs[name]]), reverse=True):
        work = partial(_entity, ctx, ctx.catalog.entities[name], inputs[name], makers)
        flow.add([("resolved", name), ("fused", name)], inputs[name], work)


def _entity(ctx: Context, entity: Entity, inputs: list[tuple[str, str]], makers: Sequence[Make]) -> list[Step]:
    """The steps of one entity, each from what the one before it let pass; none where no source ever passed."""
    if not any(version.rows for table in inputs if (version := ctx.lake.passed(*table))):
        return []
    leading = [("standardised", source) for source in leading_sources(entity)]
    steps = []
    for make in makers:
        task = make(ctx, entity, inputs)
        steps.append(held(ctx, task.layer, task.name, leading) or take(ctx, task))
    return steps


def longest_first(ctx: Context, resources: Iterable[Resource]) -> list[Resource]:
    """``resources`` in the order in which to make them: first those that the largest entities wait for."""
    sources = [[source.id for source in mention_sources(ctx.catalog, e)] for e in ctx.catalog.entities.values()]
    weight: dict[str, int] = {}
    for group in sources:
        rows = landed_rows(ctx, group)
        weight |= {name: max(rows, weight.get(name, 0)) for name in group}
    return sorted(resources, key=lambda resource: weight.get(resource.id, 0), reverse=True)


def landed_rows(ctx: Context, resources: Iterable[str]) -> int:
    """How many rows have landed of ``resources``."""
    return sum(version.rows for name in set(resources) if (version := ctx.lake.passed("landed", name)))


def leading_sources(entity: Entity) -> list[str]:
    """Lawful sources of the element that names the entity, else of its first key."""
    first = entity.keys[0]
    chain = entity.authority.get(entity.name_element or (first if isinstance(first, str) else first[0]), ())
    return list(chain.among) if isinstance(chain, Choice) else [claim.source for claim in chain if not claim.fallback]


def _resolve(ctx: Context, entity: Entity, inputs: list[tuple[str, str]]) -> Task[list[Version]]:
    name, places = f"{entity.entity}__registry", [*_declared(inputs), f"expectations/4_resolved/{entity.entity}"]
    rules = table_suite(ctx.catalog, "4_resolved", name, ["mention_id"])
    run = partial(resolve_job.run, ctx, entity)
    return Task("resolved", name, fingerprint(ctx, inputs, places), run, partial(judged, ctx, rules))


def _fuse(ctx: Context, entity: Entity, inputs: list[tuple[str, str]]) -> Task[list[Version]]:
    rules = table_suite(ctx.catalog, "5_fused", entity.entity, ["canonical_id"])
    places = [*_declared(inputs), f"expectations/5_fused/{entity.entity}"]
    mark = fingerprint(ctx, [*inputs, ("resolved", f"{entity.entity}__registry")], places)
    return Task("fused", entity.entity, mark, partial(fuse_job.run, ctx, entity), partial(judged, ctx, rules))


def _declared(inputs: Iterable[tuple[str, str]]) -> list[str]:
    """Files of the catalog that decide what becomes of ``inputs``: elements and codes, all entities, which name each
    other, and the systems of the inputs with what their records mention. A correction elsewhere builds nothing anew."""
    systems = sorted({source.rpartition(".")[0].replace(".", "/") for _, source in inputs})
    return ["catalog/standards/", "catalog/entities/", *(f"catalog/sources/{system}.yml" for system in systems)]


def judged(ctx: Context, rules: list[Rule], versions: list[Version]) -> tuple[Version, Verdict]:
    """The gate of a table made of others: its rules see what readers would get."""
    main = versions[0]

    def rows() -> dict[str, pa.Table]:
        table = ctx.lake.read_arrow(main.layer, main.name, main)
        plain = table.select([name for name in table.column_names if not name.startswith("_")])
        return {"kept": plain, "arrived": plain}

    return main, judge_table(ctx, versions, rules, rows)
