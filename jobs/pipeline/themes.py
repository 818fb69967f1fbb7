"""Thematic libraries: declared SQL whose dependencies are read from the SQL itself."""

from __future__ import annotations

from jobs.context import Context
from jobs.derive import job as derive_job
from jobs.derive.sql import ThemeQuery, theme_queries
from jobs.gates import table_suite
from jobs.pipeline.base import judged
from jobs.pipeline.steps import Step, fingerprint, held, take_step


def build_themes(ctx: Context) -> list[Step]:
    """Derive every theme table that is written; one that reads a missing table is not built and says so."""
    return [_derive(ctx, query) for query in theme_queries(ctx.catalog)]


def _derive(ctx: Context, query: ThemeQuery) -> Step:
    missing = [f"{layer}.{name}" for layer, name in query.inputs if ctx.lake.passed(layer, name) is None]
    if missing:
        return Step("derived", query.name, "waiting", reason=f"waits for {', '.join(missing[:3])}")
    if stays := held(ctx, "derived", query.name, list(query.inputs)):
        return stays
    mark = fingerprint(ctx, list(query.inputs), ctx.as_of if "{{as_of}}" in query.sql else "")
    rules = table_suite(ctx.catalog, "6_derived", query.name, list(query.key))
    return take_step(ctx, "derived", query.name, mark, lambda: judged(ctx, [derive_job.run(ctx, query)], rules))
