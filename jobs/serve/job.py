"""Build what readers of one release get, beside what they have, then move the pointer."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from jobs.context import Context
from jobs.errors import EnvironmentFault
from jobs.lake.delivery import Delivery, counting, delivery_of
from jobs.lake.journal import DELIVERIES, LANDINGS, STEPS, VERDICTS
from jobs.lake.manifest import Manifest, all_manifests
from jobs.lake.memory import in_memory
from jobs.lake.store import sweep
from jobs.serve.database import Database, fill_rejects, fill_release
from jobs.serve.meta import Rows, catalog_tables, journal_tables
from jobs.settings import process_of
from jobs.stages import stage_of

_SLOW_CODECS = "fsst,alp,alprd,zstd"
"""To try them takes half the time of writing a hundred small tables, and blocks of 16 KiB save more than they do."""

_STORAGE = "BLOCK_SIZE 16384, STORAGE_VERSION 'v1.2.0'"
"""The oldest DuckDB that can read the files. What 0.10 could read as well is a fourth larger, and slower to write."""

_THREADS = max(1, (os.cpu_count() or 2) // 2)
"""Two files are written at once."""


def run(ctx: Context, manifest: Manifest) -> bool:
    """Serve ``manifest`` and point ``current`` at it; False if that is so already."""
    root = ctx.settings.lake / stage_of("serve").folder
    target = root / str(manifest.release)
    sweep(root.glob(".*"))
    is_new = not target.exists()
    if is_new:
        partial = root / f".{manifest.release}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        facts = _release_tables(ctx, manifest) | catalog_tables(ctx.catalog)
        with ThreadPoolExecutor(1) as beside, _workbooks(partial) as workbooks:
            analyst = beside.submit(_build, ctx, manifest, facts, "analyst", partial / "analyst.duckdb")
            _build(ctx, manifest, facts, "engineer", partial / "engineer.duckdb")
            _explain(ctx, partial, workbooks)
            analyst.result()
        partial.rename(target)
    _point(root / "current", str(manifest.release))
    return is_new


def _workbooks(folder: Path) -> subprocess.Popen[str]:
    """The process that writes the workbooks once it gets a line. It loads while the file that it will read is written,
    and ends without one if that never is."""
    command, environment = process_of("jobs.serve", str(folder / "engineer.duckdb"), str(folder / "workbooks"))
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=pipe, stderr=pipe, text=True)  # noqa: S603


def _explain(ctx: Context, folder: Path, workbooks: subprocess.Popen[str]) -> None:
    """The report and the workbooks, from what the engineer's file knows. Both are Python's work, and one interpreter
    does one of both."""
    from jobs.serve.portal import render_portal

    ctx.progress("served", "portal, workbooks")
    with suppress(BrokenPipeError):  # if it has ended already, it says below why
        print(file=workbooks.stdin, flush=True)
    with duckdb.connect(str(folder / "engineer.duckdb"), read_only=True) as connection:
        render_portal(connection, folder / "portal")
    _, said = workbooks.communicate()
    if workbooks.returncode:
        raise EnvironmentFault(
            f"the workbooks could not be written:\n{said}", remedy="Report this with the lines above"
        )


def _point(pointer: Path, name: str) -> None:
    """Move the pointer by one atomic rename."""
    if pointer.is_symlink() and str(pointer.readlink()) == name:
        return
    fresh = pointer.with_name(f".current.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(pointer)


def _build(ctx: Context, manifest: Manifest, facts: dict[str, Rows], role: str, path: Path) -> None:
    """One role's file; ``facts`` are the tables of the schema ``meta``."""
    ctx.progress("served", path.name)
    with _connect(path.parent) as connection:
        connection.execute(f"ATTACH {_quoted(path)} AS release ({_STORAGE}); USE release")
        database = Database(ctx.catalog, ctx.settings.lake, role, connection)
        schemas = ["std", "base", "theme", "audit", "meta"] + (["journal", "reject"] if role == "engineer" else [])
        connection.begin()  # one transaction: a commit a table would wait for the disk each time
        connection.execute("; ".join(f"CREATE SCHEMA {schema}" for schema in schemas))
        fill_release(database, manifest)
        for name, rows in facts.items():
            database.add_rows("meta", name, rows)
        database.add_rows("meta", "dictionary", database.dictionary)
        if role == "engineer":
            _testimony(ctx, database, manifest)
        database.write_comments()
        connection.commit()
        connection.execute("CHECKPOINT; USE memory; DETACH release")
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory to make a file with, which spills beside the file and nowhere else. Each file of the lake
    is read once, so none is kept."""
    spilled = str(spill / ".spilled")
    connection = duckdb.connect(
        config={"threads": _THREADS, "temp_directory": spilled, "enable_external_file_cache": False}
    )
    return connection.execute(f"SET disabled_compression_methods = '{_SLOW_CODECS}'")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _testimony(ctx: Context, database: Database, manifest: Manifest) -> None:
    journal = ctx.journal
    deliveries = _with_force(journal.newest(DELIVERIES, "load_id"))
    verdicts, steps = journal.newest(VERDICTS, "layer", "name"), journal.newest(STEPS, "layer", "name")
    for name, rows in journal_tables(deliveries, verdicts, steps, journal.newest(LANDINGS, "load_id")).items():
        database.add_rows("journal", name, rows)
    fill_rejects(database, manifest, {row["load_id"]: (row["file"] or "", row["period"]) for row in deliveries})


def _with_force(rows: Rows) -> Rows:
    """Deliveries, each with whether its rows count: it has landed, and no correction of its period took its place."""
    landed: dict[str, list[Delivery]] = {}
    for row in rows:
        if row["state"] == "landed":
            landed.setdefault(row["resource"], []).append(delivery_of(row))
    counts = {delivery.load_id for found in landed.values() for delivery in counting(found)}
    return [row | {"in_force": row["load_id"] in counts} for row in rows]


def _release_tables(ctx: Context, manifest: Manifest) -> dict[str, list[dict[str, Any]]]:
    """``release``, ``releases`` and ``tables`` of the schema ``meta``."""
    released = [entry for entry in manifest.tables if entry.layer in ("standardised", "fused", "derived")]
    history = [m for m in all_manifests(ctx.settings.lake) if m.release <= manifest.release]
    one = {
        "release": manifest.release,
        "as_of": manifest.as_of,
        "approved_by": manifest.approved_by,
        "event": manifest.event,
        "note": manifest.note,
        "n_tables": len(released),
        "n_rows": sum(entry.rows for entry in released),
        "previous": manifest.previous,
    }
    return {"release": [one], "releases": _history(ctx, history), "tables": _tables(ctx, manifest, history)}


def _history(ctx: Context, history: list[Manifest]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    before: dict[tuple[str, str], tuple[str, str]] = {}
    for manifest in history:
        contents = manifest.contents()
        rows.append(
            {name: getattr(manifest, name) for name in ("release", "as_of", "approved_by", "event", "note")}
            | {"score": _city_score(ctx, manifest), "n_tables": len(contents)}
            | {"n_changed": sum(before.get(key) != value for key, value in contents.items())}
        )
        before = contents
    return rows


def _city_score(ctx: Context, manifest: Manifest) -> Any:
    entry = manifest.entry("audited", "scorecard")
    if entry is None or not entry.files:
        return None
    query = "SELECT score FROM read_parquet($files) WHERE scope = 'city' AND dimension = 'total'"
    with in_memory() as connection:
        row = connection.execute(query, {"files": [str(ctx.settings.lake / name) for name in entry.files]}).fetchone()
    return row[0] if row else None


def _tables(ctx: Context, manifest: Manifest, history: list[Manifest]) -> list[dict[str, Any]]:
    """State of every declared table as the audit of this release found it, with its size now and before."""
    entry = manifest.entry("audited", "states")
    if entry is None or not entry.files:
        return []
    files = [str(ctx.settings.lake / name) for name in entry.files]
    with in_memory() as connection:
        states = connection.execute("FROM read_parquet($files)", {"files": files}).to_arrow_table().to_pylist()
    before = history[-2] if len(history) > 1 else None
    rows = []
    for state in states:
        now = manifest.entry(state["layer"], state["name"])
        old = before.entry(state["layer"], state["name"]) if before else None
        rows.append(
            state
            | {"label": _label(ctx, state["layer"], state["name"]), "version": now.version if now else None}
            | {"department": state["name"].split(".")[0] if state["layer"] == "standardised" else ""}
            | {"previous_rows": old.rows if old else None}
            | {"is_changed": bool(now and (old is None or now.content != old.content))}
        )
    return rows


def _label(ctx: Context, layer: str, name: str) -> str:
    if layer == "standardised":
        return ctx.catalog.resources[name].name
    if layer == "fused":
        entity = ctx.catalog.entities[name]
        twins = sum(other.library == entity.library for other in ctx.catalog.entities.values())
        return entity.library if twins == 1 else f"{entity.library} · {entity.name}"
    theme, _, table = name.partition("__")
    declared = ctx.catalog.themes[theme]
    return f"{declared.name} · {next(t.label for t in declared.tables if t.name == table)}"
