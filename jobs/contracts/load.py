"""Reading ``catalog/`` and ``expectations/`` into one :class:`Catalog`, reporting every fault at once."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from jobs.contracts import model as m
from jobs.contracts.catalog import Catalog
from jobs.contracts.check import check_references
from jobs.contracts.shape import explain
from jobs.contracts.yamlfile import YamlFault, line_of, read_yaml
from jobs.errors import CatalogError

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the catalog: where it stands and what to do about it."""

    file: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}"


class CatalogFaults(CatalogError):
    """All faults of the catalog, in file order."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__(
            f"the catalog has {len(self.faults)} fault(s):\n" + "\n".join(f"  {fault}" for fault in self.faults),
            remedy="Correct the lines named above and run `brain check` again",
        )


@dataclass
class Reader:
    """Reads files below ``home``, collecting faults and the bytes that make up the fingerprint."""

    home: Path
    faults: list[Fault] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)
    files: list[str] = field(default_factory=list)
    where: dict[tuple[str, str], tuple[Path, tuple[str | int, ...]]] = field(default_factory=dict)

    def raw(self, path: Path) -> Any:
        """Parsed YAML, or None with a fault."""
        if not path.exists():
            self.faults.append(Fault(self.name(path), 1, "file is missing; `brain check` needs it"))
            return None
        self.note(path)
        try:
            return read_yaml(path)
        except YamlFault as fault:
            self.faults.append(Fault(self.name(path), fault.line, f"not readable as YAML: {fault.problem}"))
            return None

    def note(self, path: Path) -> None:
        """Count a file into the fingerprint."""
        self.files.append(self.name(path))
        self.digest.update(self.name(path).encode() + b"\0" + path.read_bytes())

    def name(self, path: Path) -> str:
        return path.relative_to(self.home).as_posix()

    def build(self, kind: type[Model], data: Any, path: Path, at: tuple[str | int, ...] = ()) -> Model | None:
        """Validate ``data`` against ``kind``; faults carry file and line."""
        try:
            return TypeAdapter(kind).validate_python(data)
        except ValidationError as error:
            for detail in error.errors():
                self.fault(path, at + tuple(detail["loc"]), explain(detail, kind))
            return None

    def fault(self, path: Path, at: tuple[str | int, ...], problem: str) -> None:
        self.faults.append(Fault(self.name(path), line_of(path, at), problem))

    def many(self, kind: type[Model], path: Path, key: str, at: str | None = None) -> dict[str, Model]:
        """A list of ``kind`` in a file, by the attribute ``key``; doubles are faults."""
        data = self.raw(path)
        items = data.get(at) if at and isinstance(data, dict) else data
        if not isinstance(items, list):
            if data is not None:
                self.fault(path, (), f"expected a list{f' under {at!r}' if at else ''}")
            return {}
        found: dict[str, Model] = {}
        for index, item in enumerate(items):
            location: tuple[str | int, ...] = (at, index) if at else (index,)
            built = self.build(kind, item, path, location)
            if built is not None:
                self.keep(found, getattr(built, key), built, path, location)
        return dict(sorted(found.items()))

    def keep(self, found: dict[str, Model], key: str, item: Model, path: Path, at: tuple[str | int, ...]) -> None:
        if key in found:
            self.fault(path, at, f"{type(item).__name__.lower()} {key!r} is declared twice; keep one")
        found[key] = item
        self.where[(type(item).__name__, key)] = (path, at)


def load_catalog(home: Path) -> Catalog:
    """Read everything below ``home``; raises :class:`CatalogFaults` naming every fault at once."""
    reader = Reader(home)
    root = home / "catalog"
    systems, resources = _sources(reader, root)
    access = _mapping(reader, m.Access, root / "connections.yml")
    catalog = Catalog(
        departments=reader.many(m.Department, root / "departments.yml", "code"),
        systems=systems,
        resources=resources,
        elements=reader.many(m.Element, root / "standards" / "elements.yml", "id", "elements"),
        code_tables=_code_tables(reader, root / "standards"),
        entities=dict(_documents(reader, m.Entity, sorted((root / "entities").glob("*.yml")), "entity")),
        themes=dict(_documents(reader, m.Theme, sorted((root / "themes").glob("*/theme.yml")), "id")),
        access=access,
        expectations=_expectations(reader, home / "expectations"),
        theme_sql=_theme_sql(reader, root / "themes"),
        scoring=_plain(reader, root / "scoring.yml"),
        glossary=_plain(reader, root / "glossary.yml"),
        files=tuple(reader.files),
        fingerprint=reader.digest.hexdigest(),
    )
    for kind, key, at, problem in check_references(catalog):
        path, base = reader.where.get((kind, key), (root / "departments.yml", ()))
        reader.fault(path, base + at, problem)
    if reader.faults:
        raise CatalogFaults(reader.faults)
    return catalog


def _sources(reader: Reader, root: Path) -> tuple[dict[str, m.System], dict[str, m.Resource]]:
    systems: dict[str, m.System] = {}
    resources: dict[str, m.Resource] = {}
    for path in sorted((root / "sources").glob("*/*.yml")):
        source = reader.build(m.SourceFile, reader.raw(path), path)
        if source is None:
            continue
        if source.system.id != f"{path.parent.name}.{path.stem}":
            expected = f"{path.parent.name}.{path.stem}"
            reader.fault(path, ("system", "id"), f"system id {source.system.id!r} does not match its path; expected {expected!r}")
        reader.keep(systems, source.system.id, source.system, path, ("system",))
        for index, resource in enumerate(source.resources):
            reader.keep(resources, resource.id, resource, path, ("resources", index))
    return dict(sorted(systems.items())), dict(sorted(resources.items()))


def _mapping(reader: Reader, kind: type[Model], path: Path) -> dict[str, Model]:
    data = reader.raw(path)
    if data is None:
        return {}
    if not isinstance(data, dict):
        reader.fault(path, (), "expected a mapping of ids")
        return {}
    found: dict[str, Model] = {}
    for key in sorted(data):
        built = reader.build(kind, data[key], path, (key,))
        if built is not None:
            reader.keep(found, key, built, path, (key,))
            reader.where[(kind.__name__, key)] = (path, (key,))
    return found


def _documents(reader: Reader, kind: type[Model], paths: list[Path], key: str) -> Iterator[tuple[str, Model]]:
    for path in paths:
        built = reader.build(kind, reader.raw(path), path)
        if built is not None:
            identity = getattr(built, key)
            reader.where[(kind.__name__, identity)] = (path, ())
            yield identity, built


def _code_tables(reader: Reader, folder: Path) -> dict[str, m.CodeTable]:
    data = reader.raw(folder / "codes.yml")
    tables: dict[str, m.CodeTable] = {}
    for key, facts in sorted((data or {}).items()):
        path = folder / "codes" / f"{key}.csv"
        if not path.exists():
            reader.fault(folder / "codes.yml", (key,), f"codes/{key}.csv is missing")
            continue
        reader.note(path)
        with path.open(encoding="utf-8", newline="") as handle:
            rows = [row for row in csv.reader(handle) if row]
        values = {row[0]: row[1] for row in rows[1:]}
        table = reader.build(m.CodeTable, {"id": key, "values": values, **(facts or {})}, folder / "codes.yml", (key,))
        if table is not None:
            reader.keep(tables, key, table, folder / "codes.yml", (key,))
    return tables


def _expectations(reader: Reader, folder: Path) -> dict[tuple[str, str], tuple[m.Expectation, ...]]:
    found: dict[tuple[str, str], tuple[m.Expectation, ...]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        data = reader.raw(path)
        if not isinstance(data, list):
            reader.fault(path, (), "expected a list of rules `- expect: …`") if data is not None else None
            continue
        rules = [reader.build(m.Expectation, item, path, (index,)) for index, item in enumerate(data)]
        found[(path.parent.name, path.stem)] = tuple(rule for rule in rules if rule is not None)
    return found


def _theme_sql(reader: Reader, folder: Path) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*/*.sql")):
        reader.note(path)
        found[(path.parent.name, path.stem)] = path.read_text(encoding="utf-8")
    return found


def _plain(reader: Reader, path: Path) -> dict[str, Any]:
    data = reader.raw(path) if path.exists() else None
    return data if isinstance(data, dict) else {}
