"""How much of a released lake equals the simulator's truth: cells of entities with a strong key, ledgers, deliveries.

Judges the home of ``BRAIN_HOME`` after `brain demo` (run it first). Counts only cells where the expected or the
actual value is not null; every difference is listed by cause, the worst elements by name.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from jobs.settings import read_settings

GOAL_ALL, GOAL_ELEMENT = 99.5, 98.0


def main() -> dict[str, object]:
    """Share of equal cells, percent, with what differs beside it."""
    settings = read_settings()
    truth, served = settings.data / "truth", settings.lake / "9_served" / "current" / "engineer.duckdb"
    with duckdb.connect(str(served), read_only=True) as connection:
        cells = [cell for path in sorted((truth / "golden").glob("*.parquet")) for cell in _cells(connection, path)]
        ledger = _ledger(connection, truth)
    equal = sum(cell["expected"] == cell["actual"] for cell in cells)
    by_element: Counter[str] = Counter(f"{cell['entity']}.{cell['element']}" for cell in cells)
    wrong: Counter[str] = Counter(f"{c['entity']}.{c['element']}" for c in cells if c["expected"] != c["actual"])
    shares = {name: 100 * (1 - wrong[name] / count) for name, count in by_element.items()}
    low = {name: round(share, 2) for name, share in sorted(shares.items()) if share < GOAL_ELEMENT}
    causes = Counter(f"{c['entity']}.{c['element']}: {_cause(c)}" for c in cells if c["expected"] != c["actual"])
    figure = 100 * equal / len(cells)
    return {
        "name": "truth",
        "figure": round(figure, 3),
        "unit": "% of cells equal",
        "goal": f">= {GOAL_ALL} overall, no element below {GOAL_ELEMENT}, every ledger as expected",
        "holds": figure >= GOAL_ALL and not low and not ledger,
        "cells": len(cells),
        "below": low,
        "ledgers_that_differ": ledger,
        "causes": dict(causes.most_common(40)),
    }


def _cause(cell: dict[str, Any]) -> str:
    if cell["actual"] is None:
        return "missing"
    return "not expected" if cell["expected"] is None else "another value"


def _cells(connection: duckdb.DuckDBPyConnection, golden: Path) -> list[dict[str, Any]]:
    """Expected and actual text of every cell of the entities that have a strong key."""
    entity = golden.stem
    kinds = {row[0]: row[1] for row in connection.execute(f'DESCRIBE base."{entity}"').fetchall()}
    newest = "SELECT * FROM read_parquet($f) WHERE date = (SELECT max(date) FROM read_parquet($f))"
    expected = duckdb.execute(newest, {"f": str(golden)}).to_arrow_table()
    elements = sorted({name for name in expected.column("element").to_pylist() if name in kinds})
    keys = sorted({text.split("=", 1)[0] for text in expected.column("key").to_pylist()})
    own = [key for key in keys if all(part in kinds for part in key.split("+"))]
    connection.register("expected", expected)
    connection.execute(_identities(entity, own), {"m": str(golden.parent.parent / "mentions.parquet")})
    rows = " UNION ALL ".join(
        f"SELECT i.key, '{name}' AS element, {_text(kinds[name], name)} AS value "
        f'FROM base."{entity}" b JOIN identities i USING (canonical_id)'
        for name in elements
    )
    query = f"""
    SELECT coalesce(e.element, a.element) AS element, e.value AS expected, a.value AS actual
    FROM expected e FULL JOIN ({rows}) a ON e.key = a.key AND e.element = a.element
    WHERE e.value IS NOT NULL OR a.value IS NOT NULL
    """
    found = connection.execute(query).to_arrow_table().to_pylist()
    connection.unregister("expected")
    return [row | {"entity": entity} for row in found]


def _identities(entity: str, own: list[str]) -> str:
    """Canonical id → expected key: by the key itself where the entity shows it, else through a record it came from.

    A record whose own key is damaged stands alone: of the entities that share a key the one with most records counts.
    """
    named = (
        " UNION ALL ".join(
            f'SELECT canonical_id, {_key(key)} AS key FROM base."{entity}" '
            f"WHERE {_key(key)} IN (SELECT key FROM expected)"
            for key in own
        )
        or "SELECT NULL AS canonical_id, NULL AS key WHERE FALSE"
    )
    return f"""
    CREATE OR REPLACE TEMP TABLE identities AS
    WITH named AS ({named}), other AS (
      SELECT b.canonical_id, min(e.key) AS key
      FROM (SELECT canonical_id, unnest(_sources) AS s FROM base."{entity}"
            WHERE canonical_id NOT IN (SELECT canonical_id FROM named)) b
      JOIN journal.deliveries d ON d.load_id = b.s.load_id
      JOIN read_parquet($m) m ON m.resource = b.s.resource AND m.role = b.s.role AND m.entity = '{entity}'
        AND m.period = d.period AND m.sequence = d.sequence AND m.row_no = b.s.row_no
      JOIN (SELECT DISTINCT entity_id, key FROM expected WHERE key NOT IN (SELECT key FROM named)) e
        ON e.entity_id = m.entity_id
      GROUP BY ALL), every AS (FROM named UNION ALL FROM other)
    SELECT canonical_id, key FROM every JOIN base."{entity}" USING (canonical_id)
    QUALIFY row_number() OVER (PARTITION BY key ORDER BY len(_sources) DESC, canonical_id) = 1
    """


def _key(key: str) -> str:
    parts = " || '|' || ".join(f'CAST("{part}" AS VARCHAR)' for part in key.split("+"))
    return f"('{key}=' || {parts})"


def _text(kind: str, element: str) -> str:
    """Canonical text of a column: no trailing zeros, no zone."""
    text = f'CAST("{element}" AS VARCHAR)'
    if kind.startswith("DECIMAL"):
        return f"regexp_replace(regexp_replace({text}, '([.][0-9]*?)0+$', '\\1'), '[.]$', '')"
    return f"substring({text}, 1, 19)" if kind.startswith("TIMESTAMP") else text


def _ledger(connection: duckdb.DuckDBPyConnection, truth: Path) -> dict[str, Any]:
    """Resources whose ledger differs from the expected one of the last day, or does not balance."""
    rows = json.loads((truth / "ledger.json").read_text(encoding="utf-8"))
    last = max(row["date"] for row in rows)
    expected = {row["resource"]: row for row in rows if row["date"] == last}
    found = connection.execute("FROM audit.ledger").to_arrow_table().to_pylist()
    names = ("received", "rejected", "landed", "current", "quarantined", "duplicate", "superseded", "withdrawn")
    differ: dict[str, Any] = {}
    for row in found:
        wanted = expected.get(row["resource"], dict.fromkeys(names, 0))
        wrong = {name: [wanted[name], row[name]] for name in names if wanted[name] != row[name]}
        if wrong or not row["balances"]:
            differ[row["resource"]] = wrong or "does not balance"
    return differ
