"""A lake of one resource in which every table says the same number: a reader can tell whose release a row is of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.audit.job import SCHEMAS
from jobs.context import Context
from tests.land.home import RESOURCE, make_home

AS_OF = "2026-03-02"
_FLAGS = pa.struct([(f"element_{n}", pa.string()) for n in range(3)])


def make_lake(home: Path) -> Context:
    """An empty lake under a catalog of one resource."""
    return make_home(home)


def again(ctx: Context) -> Context:
    """The same home as another process finds it: nothing remembered."""
    return Context(ctx.settings, ctx.as_of)


def pass_tables(ctx: Context, number: int, balances: bool = True) -> None:
    """Write the resource's table and the six of the audit, each saying ``number``, and let them pass."""
    for layer, name, table in _tables(number, balances):
        version = ctx.lake.write_table(layer, name, table)
        if version.changed:
            ctx.lake.mark_passed(version, "passed", AS_OF)


def _tables(number: int, balances: bool) -> list[tuple[str, str, pa.Table]]:
    text = str(number)
    zero = dict.fromkeys(("rejected", "quarantined", "duplicate", "superseded", "withdrawn"), 0)
    counts = dict.fromkeys(("n_deliveries", "received", "landed", "current"), number)
    rows: dict[str, dict[str, Any]] = {
        "findings": {"finding_id": text, "kind": "ledger", "severity": "info", "layer": "landed", "resource": RESOURCE}
        | {"table_name": RESOURCE, "department": "dep", "what": text, "n_failed": number},
        "scorecard": {"scope": "city", "id": "city", "name": "全市", "dimension": "total", "n_checked": number},
        "ledger": {"resource": RESOURCE, "balances": balances} | zero | counts,
        "disputes": {"entity": "-", "element": "-", "n_conflicts": number},
        "lineage": {"from_table": RESOURCE, "to_table": text},
        "states": {"layer": "standardised", "name": RESOURCE, "state": "ok", "as_of": AS_OF, "rows": number},
    }
    audited = [("audited", name, _filled(SCHEMAS[name], row)) for name, row in rows.items()]
    return [("standardised", RESOURCE, _thing(text)), *audited]


def _thing(text: str) -> pa.Table:
    values = {f"element_{n}": [text] for n in range(3)} | {"_key": [text], "_load_id": ["load"], "_fate": ["current"]}
    table = pa.table(values)
    table = table.append_column("_row_no", pa.array([1], pa.int64())).append_column("_is_deleted", pa.array([False]))
    return table.append_column("_flag", pa.array([dict.fromkeys(_FLAGS.names)], _FLAGS))


def _filled(schema: pa.Schema, row: dict[str, Any]) -> pa.Table:
    whole = {f.name: row.get(f.name, "" if pa.types.is_string(f.type) else 0) for f in schema}
    return pa.Table.from_pylist([whole], schema)
