"""What a home holds, as one hash per thing: every passed table, every release, everything that is served.

Hashes are taken from the bytes that lie there, not from what the journal says of them. Left out is what tells runs
apart and no reader asks for: version numbers of tables and the seconds a step took.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from jobs.context import Context
from jobs.lake.digest import digest_arrow
from jobs.lake.manifest import Entry, Manifest, all_manifests
from jobs.settings import Settings
from jobs.stages import JOURNAL_FOLDER, stage_of

RUN_COLUMNS = ("version", "seconds")
_JUDGED_VERSION = re.compile("所核版本 [0-9]+".encode())
Hashes = dict[str, str]


def all_hashes(home: Path) -> Hashes:
    """Tables, releases, what is served, and what was left lying about."""
    return table_hashes(home) | reader_hashes(home) | left_behind(home)


def table_hashes(home: Path) -> Hashes:
    """Every table at its passed version; one whose rows are not those that passed says so."""
    ctx = Context(Settings(home=home), "")
    found: Hashes = {}
    for (layer, name), version in ctx.lake.all_passed().items():
        digest = digest_arrow(ctx.lake.read_arrow(layer, name, version))
        told = version.rows if layer == "landed" else version.digest
        says = digest.rows if layer == "landed" else digest
        found[f"table {layer}.{name}"] = str(digest) if told == says else f"{digest}, but {told} passed"
    ctx.journal.engine.dispose()  # a copy of the open database, made by this process, would take its locks away
    return found


def reader_hashes(home: Path) -> Hashes:
    """What readers can see: every release with the rows its files hold, every served release, and the pointer."""
    lake = home / "data" / "lake"
    found = {f"release {manifest.release}": _release(lake, manifest) for manifest in all_manifests(lake)}
    root = lake / stage_of("serve").folder
    for folder in sorted(root.glob("[0-9]*")):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = f"served {path.relative_to(root)}"
            if path.suffix == ".duckdb":
                found |= {f"{name} {table}": value for table, value in _database(path).items()}
            else:
                found[name] = hashlib.sha256(_JUDGED_VERSION.sub(b"", path.read_bytes())).hexdigest()
    return found


def current(home: Path) -> int:
    """The release that the pointer of what is served names; 0 if there is none yet."""
    pointer = home / "data" / "lake" / stage_of("serve").folder / "current"
    return int(pointer.readlink().name) if pointer.is_symlink() else 0


def left_behind(home: Path) -> Hashes:
    """Half-made files and folders of runs that are gone: they cost disk and may hold personal data."""
    lake = home / "data" / "lake"
    patterns = (f"{JOURNAL_FOLDER}/scratch/*", "1_extracted/*/.*", "8_published/releases/.*", "9_served/.*")
    paths = [path for pattern in patterns for path in sorted(lake.glob(pattern)) if not _is_empty(path)]
    held = [path for path in sorted((lake / JOURNAL_FOLDER / "locks").glob("*.lock")) if path.stat().st_size]
    return {f"left behind {path.relative_to(lake)}": "there" for path in [*paths, *held]}


def _is_empty(path: Path) -> bool:
    """A folder in which nothing lies: an engine removes its files when it ends, not the folder that it was given."""
    return path.is_dir() and not any(path.iterdir())


def held_tables(home: Path) -> str:
    """Tables whose lock names a holder: one that was killed had no time to take its name away."""
    locks = home / "data" / "lake" / JOURNAL_FOLDER / "locks"
    return ", ".join(path.stem for path in sorted(locks.glob("*.*.lock")) if path.stat().st_size)


def differences(expected: Hashes, found: Hashes) -> list[str]:
    """Names under which two homes hold different things, or only one of them anything."""
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def _release(lake: Path, manifest: Manifest) -> str:
    facts = asdict(manifest) | {"tables": sorted(_entry(lake, e) for e in manifest.tables)}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _entry(lake: Path, entry: Entry) -> tuple[str, str, str]:
    """A table of a release by the rows in the files that it names."""
    if not entry.files:
        return entry.layer, entry.name, f"{entry.rows} rows, no files"
    digest = digest_arrow(pq.ParquetDataset([str(lake / name) for name in entry.files]).read())
    told = (digest.rows, digest.content, digest.provenance) == (entry.rows, entry.content, entry.provenance)
    told = told or (entry.layer == "landed" and digest.rows == entry.rows)
    return entry.layer, entry.name, str(digest) if told else f"{digest}, not what the release says"


def _database(path: Path) -> Hashes:
    """Rows of every table of a served file, whatever their order."""
    found: Hashes = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        query = "SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL"
        for schema, table in connection.execute(query).fetchall():
            columns = connection.execute(f'SELECT * FROM {schema}."{table}" LIMIT 0').description or []
            shown = ", ".join(f'"{column[0]}"' for column in columns if column[0] not in RUN_COLUMNS)
            row = connection.execute(
                f'SELECT count(*), sum(hash({shown})::HUGEINT) FROM (SELECT {shown} FROM {schema}."{table}")'
            ).fetchone()
            found[f"{schema}.{table}"] = str(row)
    return found
