"""Derive one theme table from passed tables."""

from __future__ import annotations

from jobs.context import Context
from jobs.derive.sql import ThemeQuery, view_name
from jobs.lake.store import Version


def run(ctx: Context, query: ThemeQuery) -> Version:
    """Run the table's SQL; standardised inputs show their current rows only."""
    at_most = 0
    for layer, name in query.inputs:
        where = "_fate = 'current' AND NOT _is_deleted" if layer == "standardised" else "true"
        ctx.lake.offer(layer, name, view_name(layer, name), where)
        version = ctx.lake.passed(layer, name)
        at_most += version.rows if version else 0
    sql = query.sql.replace("{{as_of}}", ctx.as_of)
    return ctx.lake.write("derived", query.name, ctx.lake.query(sql), at_most)
