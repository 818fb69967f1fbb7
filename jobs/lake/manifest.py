"""The release manifest: table → version, rows, hashes and files. One file, made visible by one ``link``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jobs.errors import RunConflict, UsageError


@dataclass(frozen=True)
class Entry:
    """One table of a release."""

    layer: str
    name: str
    version: int
    rows: int
    content: str
    provenance: str
    files: tuple[str, ...]
    """Parquet files, relative to the lake."""


@dataclass(frozen=True)
class Manifest:
    """One release."""

    release: int
    as_of: str
    event: str
    """``release`` or ``rollback``."""
    approved_by: str
    note: str
    catalog: str
    """Fingerprint of the catalog it was made under."""
    previous: int | None
    tables: tuple[Entry, ...]

    def contents(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Hashes by table: equal contents are the same release. Landed rows are in it for reference only."""
        released = [entry for entry in self.tables if entry.layer != "landed"]
        return {(entry.layer, entry.name): (entry.content, entry.provenance) for entry in released}

    def entry(self, layer: str, name: str) -> Entry | None:
        """One table, or None."""
        return next((entry for entry in self.tables if (entry.layer, entry.name) == (layer, name)), None)


def folder(lake: Path) -> Path:
    """Where the manifests of a lake lie."""
    return lake / "8_published" / "releases"


def numbers(lake: Path) -> list[int]:
    """Numbers of all releases, ascending."""
    return sorted(int(path.stem) for path in folder(lake).glob("[0-9]*.json"))


def read_manifest(lake: Path, release: int | None = None) -> Manifest | None:
    """One release, by default the newest; None if there is none yet; UsageError for an unknown number."""
    known = numbers(lake)
    if release is None and not known:
        return None
    chosen = known[-1] if release is None else release
    if chosen not in known:
        raise UsageError(f"there is no release {chosen}", remedy="See `brain release list`")
    data: dict[str, Any] = json.loads((folder(lake) / f"{chosen:08d}.json").read_text(encoding="utf-8"))
    tables = tuple(Entry(**(entry | {"files": tuple(entry["files"])})) for entry in data.pop("tables"))
    return Manifest(**data, tables=tables)


def all_manifests(lake: Path) -> Iterator[Manifest]:
    """Every release, oldest first."""
    for number in numbers(lake):
        manifest = read_manifest(lake, number)
        if manifest is not None:
            yield manifest


def write_manifest(lake: Path, manifest: Manifest) -> Path:
    """Make a release visible; raises :class:`RunConflict` if its number is taken."""
    target = folder(lake) / f"{manifest.release:08d}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8") as handle:
        json.dump(asdict(manifest), handle, ensure_ascii=False, indent=1, sort_keys=True)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(partial, target)
    except FileExistsError:
        raise RunConflict(f"release {manifest.release} was made by another run", remedy="Run publish again") from None
    finally:
        partial.unlink()
    descriptor = os.open(target.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return target
