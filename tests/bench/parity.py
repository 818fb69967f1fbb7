"""Content and provenance hashes of the whole demo on Spark and on Sail, table by table (``PEOPLE``, default 1,000)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from jobs.lake.manifest import Entry, read_manifest
from jobs.settings import PROJECT


def main() -> dict[str, object]:
    """Tables of the last release whose hashes differ between the engines."""
    people = os.environ.get("PEOPLE", "1000")
    with tempfile.TemporaryDirectory() as folder:
        spark, sail = (_released(Path(folder) / engine, engine, people) for engine in ("spark", "sail"))
    differ = {
        f"{layer}.{name}": "missing" if (layer, name) not in sail else _difference(entry, sail[(layer, name)])
        for (layer, name), entry in spark.items()
        if (layer, name) not in sail or _difference(entry, sail[(layer, name)])
    }
    return {
        "name": "parity",
        "figure": len(differ),
        "unit": "tables that differ",
        "goal": "0, or each with its cause",
        "holds": not differ and spark.keys() == sail.keys(),
        "tables": len(spark),
        "people": int(people),
        "differ": differ,
    }


def _released(home: Path, engine: str, people: str) -> dict[tuple[str, str], Entry]:
    home.mkdir()
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(PROJECT / name)
    command = [sys.executable, "-m", "jobs", "-q", "--home", str(home), "demo", "--people", people]
    subprocess.run(
        command, env=os.environ | {"BRAIN_ENGINE": engine}, check=True, stdout=subprocess.DEVNULL, cwd=PROJECT
    )
    manifest = read_manifest(home / "data" / "lake")
    assert manifest is not None
    return {(entry.layer, entry.name): entry for entry in manifest.tables if entry.layer != "landed"}


def _difference(left: Entry, right: Entry) -> str:
    if left.content != right.content:
        return f"content ({left.rows} and {right.rows} rows)"
    return "provenance" if left.provenance != right.provenance else ""
