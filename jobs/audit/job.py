"""Audit the whole lake into six small tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pyarrow as pa

from jobs.audit.codes import of_codes
from jobs.audit.emptiness import of_emptiness
from jobs.audit.facts import Row, read_facts
from jobs.audit.findings import find_all
from jobs.audit.measures import ThemeInputs, contradictions, disputes, ledger, lineage
from jobs.audit.scores import scorecard
from jobs.audit.states import states
from jobs.context import Context
from jobs.lake.digest import Digest
from jobs.lake.store import Version

_TEXT, _COUNT = pa.string(), pa.int64()
_UNKNOWN = Digest(0, "", "")
"""Of a version that is only asked for its files."""

SCHEMAS: dict[str, pa.Schema] = {
    "findings": pa.schema(
        [
            *[(name, _TEXT) for name in ("finding_id", "as_of", "kind", "severity", "layer", "table_name", "resource")],
            *[(name, _TEXT) for name in ("department", "element", "rule", "rule_name", "indicator", "dimension")],
            *[("n_checked", _COUNT), ("n_failed", _COUNT), ("limit_pct", pa.decimal128(9, 4))],
            *[(name, _TEXT) for name in ("responsible", "what", "remedy")],
        ]
    ),
    "scorecard": pa.schema(
        [
            *[(name, _TEXT) for name in ("scope", "id", "name", "dimension")],
            ("score", pa.decimal128(6, 2)),
            *[(name, _COUNT) for name in ("n_rules", "n_failed_rules", "n_checked", "n_failed")],
        ]
    ),
    "ledger": pa.schema(
        [
            ("resource", _TEXT),
            *[(name, _COUNT) for name in ("n_deliveries", "received", "rejected", "landed", "current")],
            *[(name, _COUNT) for name in ("quarantined", "duplicate", "superseded", "withdrawn")],
            ("balances", pa.bool_()),
        ]
    ),
    "disputes": pa.schema(
        [
            *[(name, _TEXT) for name in ("entity", "element", "chosen_source", "other_source")],
            *[(name, _COUNT) for name in ("n_conflicts", "n_cells")],
        ]
    ),
    "lineage": pa.schema(
        [(name, _TEXT) for name in ("from_layer", "from_table", "from_column", "to_layer", "to_table", "to_column")]
    ),
    "states": pa.schema(
        [*[(name, _TEXT) for name in ("layer", "name", "state", "as_of", "since", "reason")], ("rows", _COUNT)]
    ),
}


def run(ctx: Context, theme_inputs: ThemeInputs) -> dict[str, Version]:
    """The six tables by name, not yet passed."""
    facts = read_facts(ctx)
    with ThreadPoolExecutor(1) as beside:  # a hundred small queries here and there, each on one core
        codes = beside.submit(list, of_codes(ctx.catalog, facts, partial(_arrived, ctx)))
        balance = ledger(ctx, facts)
        empty = list(of_emptiness(ctx.catalog, facts, balance, partial(_standing, ctx)))
        found = contradictions(ctx)
        measured = [*codes.result(), *empty]
    rows: dict[str, list[Row]] = {
        "findings": find_all(ctx.catalog, facts, balance, found, _known_since(ctx), measured),
        "scorecard": scorecard(ctx.catalog, facts),
        "ledger": balance,
        "disputes": disputes(ctx),
        "lineage": lineage(ctx.catalog, theme_inputs),
        "states": states(
            ctx.catalog, facts, {key: version.rows for key, version in ctx.lake.all_passed().items()}, theme_inputs
        ),
    }
    return {name: _write(ctx, name, rows[name]) for name in SCHEMAS}


def _arrived(ctx: Context, resource: str, version: int) -> list[str]:
    """Files of a version of a standardised table, passed or not, and of the rows that were set aside from it."""
    rejects, passed = f"{resource}__rejects", ctx.lake.passed("standardised", resource)
    if passed and passed.number == version:
        beside = ctx.lake.passed("standardised", rejects)
        number = beside.number if beside else None
    else:
        number = ctx.lake.head("standardised", rejects)
    judged = [(resource, version), *([(rejects, number)] if number is not None else [])]
    return [file for name, of in judged for file in ctx.lake.files(Version("standardised", name, of, _UNKNOWN))]


def _standing(ctx: Context, resource: str) -> list[str]:
    """Files of the standardised table that readers get."""
    version = ctx.lake.passed("standardised", resource)
    return ctx.lake.files(version) if version and version.rows else []


def _known_since(ctx: Context) -> dict[str, str]:
    if ctx.lake.passed("audited", "findings") is None:
        return {}
    rows = ctx.lake.read_arrow("audited", "findings", columns=["finding_id", "as_of"]).to_pylist()
    return {row["finding_id"]: row["as_of"] for row in rows}


def _write(ctx: Context, name: str, rows: list[Row]) -> Version:
    schema = SCHEMAS[name]
    columns = [
        pa.array([row[field.name] for row in rows]).cast(field.type) if rows else pa.array([], field.type)
        for field in schema
    ]
    table = pa.Table.from_arrays(columns, schema=schema)
    return ctx.lake.write_table("audited", name, table)
