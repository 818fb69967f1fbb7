"""What the DAGs are made from: departments, libraries and themes, out of a compiled snapshot of the catalog.

Airflow parses these files every few seconds in fresh processes. Reading the catalog costs half a second each time, the
snapshot costs the ``stat`` of its files; it is made anew when one of them changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.settings import read_settings

if TYPE_CHECKING:
    from jobs.contracts import Catalog

FORMAT = 2
CYCLES = ("realtime", "daily", "weekly", "monthly", "quarterly", "yearly")
"""Finest first; a test holds them to those of the catalog."""


@dataclass(frozen=True)
class Department:
    """A department with at least one live resource, the finest cycle among those, and the connections they name."""

    code: str
    name: str
    cycle: str
    resources: tuple[str, ...]
    connections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """A base library or a theme: what one of the central DAGs builds."""

    id: str
    name: str


@dataclass(frozen=True)
class Plan:
    """Everything the DAG files may know of the catalog, in the order of the ids."""

    departments: tuple[Department, ...]
    libraries: tuple[Library, ...]
    themes: tuple[Library, ...]


def read_plan() -> Plan:
    """The plan of the home that the settings name; raises what the catalog's reader raises."""
    home = read_settings().home
    stored = _stored(home)
    if stored is not None:
        return stored
    from jobs.contracts import load_catalog

    plan = compile_plan(load_catalog(home))
    store_plan(home, plan)
    return plan


def store_plan(home: Path, plan: Plan) -> None:
    """Keep the snapshot for the next parse; where the home cannot be written every parse compiles."""
    snapshot = _snapshot(home)
    partial = snapshot.with_name(f".{snapshot.name}.{os.getpid()}")
    data = {"mark": _mark(home / "catalog"), "plan": asdict(plan)}
    with contextlib.suppress(OSError):
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        partial.replace(snapshot)


def compile_plan(catalog: Catalog) -> Plan:
    """What of a catalog decides the shape of the DAGs. A theme without SQL builds nothing yet."""
    by_department: dict[str, list[str]] = {}
    for resource in catalog.live.values():
        by_department.setdefault(resource.department, []).append(resource.id)
    return Plan(
        departments=tuple(
            Department(
                code=code,
                name=catalog.departments[code].short_name,
                cycle=min((catalog.resources[rid].cycle for rid in resources), key=CYCLES.index),
                resources=tuple(sorted(resources)),
                connections=tuple(sorted({name for rid in resources for name in catalog.access[rid].connections})),
            )
            for code, resources in sorted(by_department.items())
        ),
        libraries=tuple(Library(key, entity.library) for key, entity in sorted(catalog.entities.items())),
        themes=tuple(
            Library(key, catalog.themes[key].name) for key in sorted({theme for theme, _table in catalog.theme_sql})
        ),
    )


def _mark(folder: Path) -> str:
    """Identity of the catalog's files by name, size and time of change, without reading them."""
    digest = hashlib.sha256(str(FORMAT).encode())
    for root, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            facts = path.stat()
            digest.update(f"{path.relative_to(folder)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _snapshot(home: Path) -> Path:
    return home / "data" / ".cache" / "dags.json"


def _stored(home: Path) -> Plan | None:
    """The snapshot, unless there is none or the catalog changed since."""
    try:
        data: dict[str, Any] = json.loads(_snapshot(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return _plan(data["plan"]) if data.get("mark") == _mark(home / "catalog") else None


def _plan(data: dict[str, Any]) -> Plan:
    return Plan(
        departments=tuple(
            Department(**item | {name: tuple(item[name]) for name in ("resources", "connections")})
            for item in data["departments"]
        ),
        libraries=tuple(Library(**item) for item in data["libraries"]),
        themes=tuple(Library(**item) for item in data["themes"]),
    )
