"""Thematic libraries: declared SQL whose dependencies are read from the SQL itself."""

from __future__ import annotations

from functools import partial

from jobs.context import Context
from jobs.derive import job as derive_job
from jobs.derive.sql import ThemeQuery, theme_queries
from jobs.gates import table_suite
from jobs.lake.store import Version
from jobs.pipeline.base import judged
from jobs.pipeline.steps import Step, Task, fingerprint, held, take_all


def build_themes(ctx: Context) -> list[Step]:
    """Derive every theme table that is written, those that read others after them.

    One that reads a missing table is not built and says so.
    """
    steps: list[Step] = []
    for queries in _levels(theme_queries(ctx.catalog)):
        tasks = []
        for query in queries:
            stays = _waiting(ctx, query) or held(ctx, "derived", query.name, list(query.inputs))
            if stays:
                steps.append(stays)
            else:
                tasks.append(_derive(ctx, query))
        steps += take_all(ctx, tasks)
    return steps


def _levels(queries: list[ThemeQuery]) -> list[list[ThemeQuery]]:
    """Queries by how many theme tables stand above them; ``queries`` come after those they read."""
    depth: dict[str, int] = {}
    for query in queries:
        depth[query.name] = 1 + max((depth[name] for layer, name in query.inputs if layer == "derived"), default=-1)
    return [[q for q in queries if depth[q.name] == level] for level in range(max(depth.values(), default=-1) + 1)]


def _waiting(ctx: Context, query: ThemeQuery) -> Step | None:
    missing = [f"{layer}.{name}" for layer, name in query.inputs if ctx.lake.passed(layer, name) is None]
    if not missing:
        return None
    return Step("derived", query.name, "waiting", reason=f"waits for {', '.join(missing[:3])}")


def _derive(ctx: Context, query: ThemeQuery) -> Task[list[Version]]:
    mark = fingerprint(ctx, list(query.inputs), ctx.as_of if "{{as_of}}" in query.sql else "")
    rules = table_suite(ctx.catalog, "6_derived", query.name, list(query.key))
    run = partial(_run, ctx, query)
    return Task("derived", query.name, mark, run, partial(judged, ctx, rules))


def _run(ctx: Context, query: ThemeQuery) -> list[Version]:
    return [derive_job.run(ctx, query)]
