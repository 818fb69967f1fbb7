"""Reads what is served as fast as it may, until its standard input ends: what each connection saw, as JSON.

Every table of the numbered lake tells a number. A reader follows the pointer once, opens the files of both roles there,
and reads all tables in one query: two numbers are two releases at once.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from jobs.lake.manifest import read_manifest

_TABLES = (
    "(SELECT release FROM {0}.meta.release)",
    "(SELECT CAST(element_0 AS BIGINT) FROM {0}.std.dep__sys__thing)",
    "(SELECT received FROM {0}.audit.ledger)",
    "(SELECT n_failed FROM {0}.audit.findings)",
    "(SELECT n_checked FROM {0}.audit.scorecard)",
    "(SELECT n_conflicts FROM {0}.audit.disputes)",
    "(SELECT CAST(to_table AS BIGINT) FROM {0}.audit.lineage)",
    '(SELECT "rows" FROM {0}.audit.states)',
)
QUERY = "SELECT " + ", ".join(table.format(role) for role in ("analyst", "engineer") for table in _TABLES)
PAUSE_SECONDS = 0.002
KEPT_READS = 4
"""Reads on the kept connection for each on a fresh one, which costs about eight times as much to open as to read."""


def open_served(pointer: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the files of both roles of the release that the pointer names now."""
    folder = pointer.resolve(strict=True)
    connection = duckdb.connect(config={"threads": 1})
    for role in ("analyst", "engineer"):
        connection.execute(f"ATTACH '{folder / role}.duckdb' AS {role} (READ_ONLY)")
    return connection


def numbers(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """What every table says."""
    row = connection.execute(QUERY).fetchone()
    assert row is not None
    return row


def numbers_of_newest(lake: Path) -> tuple[Any, ...]:
    """What the files say that the newest release names."""
    manifest = read_manifest(lake)
    assert manifest is not None
    columns = {"ledger": "received", "findings": "n_failed", "scorecard": "n_checked", "disputes": "n_conflicts"}
    told = []
    for entry in manifest.tables:
        if column := columns.get(entry.name):
            files = [str(lake / name) for name in entry.files]
            row = duckdb.execute(f"SELECT {column} FROM read_parquet($files)", {"files": files}).fetchone()
            told.append(row[0] if row else None)
    return tuple(told)


def main(lake: Path) -> None:
    """Read on one kept and on fresh connections, and the newest manifest now and then."""
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    pointer = lake / "9_served" / "current"
    kept = open_served(pointer)
    print("reading", flush=True)
    seen: dict[str, Counter[str]] = {"kept": Counter(), "fresh": Counter(), "manifest": Counter()}
    turns, idle = 0, time.process_time()
    while not stop.is_set():
        for _ in range(KEPT_READS):
            seen["kept"][_told(lambda: numbers(kept))] += 1
        seen["fresh"][_told(lambda: _fresh(pointer))] += 1
        if turns % 10 == 0:
            seen["manifest"][_told(lambda: numbers_of_newest(lake))] += 1
        turns += 1
        time.sleep(PAUSE_SECONDS)
    reads = sum(seen["kept"].values()) + sum(seen["fresh"].values())
    print(json.dumps({"reads": reads, "cpu_seconds": time.process_time() - idle, "seen": seen}))


def _fresh(pointer: Path) -> tuple[Any, ...]:
    with open_served(pointer) as connection:
        return numbers(connection)


def _told(read: Any) -> str:
    """One number where all tables agree; else all of them, or why nothing could be read."""
    try:
        found = set(read())
    except Exception as error:  # noqa: BLE001 - whatever kept a reader from reading is what we look for
        return f"{type(error).__name__}: {str(error)[:200]}"
    return str(found.pop()) if len(found) == 1 else f"mixed {sorted(map(str, found))}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
