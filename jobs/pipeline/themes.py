"""Thematic libraries: declared SQL whose dependencies are read from the SQL itself."""

from __future__ import annotations

from functools import partial

from jobs.context import Context
from jobs.derive import job as derive_job
from jobs.derive.sql import ThemeQuery, theme_queries
from jobs.gates import table_suite
from jobs.lake.store import Version
from jobs.pipeline.base import judged
from jobs.pipeline.flow import Flow
from jobs.pipeline.steps import Step, Task, fingerprint, held, take


def build_themes(ctx: Context, flow: Flow) -> None:
    """Derive every theme table that is written, each as soon as what it reads has ended.

    One that reads a missing table is not built and says so.
    """
    for query in theme_queries(ctx.catalog):  # each after those it reads
        flow.add([("derived", query.name)], query.inputs, partial(_theme, ctx, query))


def _theme(ctx: Context, query: ThemeQuery) -> list[Step]:
    stays = _waiting(ctx, query) or held(ctx, "derived", query.name, list(query.inputs))
    return [stays or take(ctx, _derive(ctx, query))]


def _waiting(ctx: Context, query: ThemeQuery) -> Step | None:
    missing = [f"{layer}.{name}" for layer, name in query.inputs if ctx.lake.passed(layer, name) is None]
    if not missing:
        return None
    return Step("derived", query.name, "waiting", reason=f"waits for {', '.join(missing[:3])}")


def _derive(ctx: Context, query: ThemeQuery) -> Task[list[Version]]:
    places = (f"catalog/themes/{query.theme}/", "catalog/standards/", f"expectations/6_derived/{query.name}.")
    mark = fingerprint(ctx, list(query.inputs), places, ctx.as_of if "{{as_of}}" in query.sql else "")
    rules = table_suite(ctx.catalog, "6_derived", query.name, list(query.key))
    run = partial(_run, ctx, query)
    return Task("derived", query.name, mark, run, partial(judged, ctx, rules))


def _run(ctx: Context, query: ThemeQuery) -> list[Version]:
    return [derive_job.run(ctx, query)]
