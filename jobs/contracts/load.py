"""Reading ``catalog/`` and ``expectations/`` into one :class:`Catalog`, reporting every fault at once."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from jobs.contracts.access import Access
from jobs.contracts.catalog import Catalog
from jobs.contracts.check import check_field, check_named, check_references
from jobs.contracts.entities import Entity
from jobs.contracts.known import Known, unknown
from jobs.contracts.reader import CatalogFaults, Fault, Model, Place, Reader
from jobs.contracts.registers import CodeTable, CodeTableFacts, Department, Element, ElementsFile, Scoring, Term
from jobs.contracts.sources import Load, Resource, SourceField, SourceFile, System
from jobs.contracts.themes import Expectation, Theme
from jobs.stages import STAGES

EXPECTED_FOLDERS = tuple(stage.folder for stage in STAGES[1:7])
"""Layers whose tables can be judged: landed to audited."""

_PLACES = (
    "sources/<department>/<system>.yml, entities/<entity>.yml, themes/<theme>/theme.yml or a register of catalog/, "
    "or expectations/<layer>/<table>.yml"
)
"""Where files that are many may lie."""


def load_catalog(home: Path) -> Catalog:
    """Read everything below ``home``; raises :class:`CatalogFaults` naming every fault at once.

    A process that asks again gets the same catalog as long as no file was touched: a scheduler's tasks ask often.
    """
    return _load(home, _stamp(home))


def forget() -> None:
    """Read everything again when asked next."""
    _load.cache_clear()


def _stamp(home: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of change of every file that may be read."""
    folders = [home / name for name in ("catalog", "expectations")]
    return tuple(sorted(stamp for folder in folders if folder.is_dir() for stamp in _stamps(folder)))


def _stamps(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):  # a task asks at least once: a quarter of the time of Path.rglob
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(entry.path)
        elif entry.is_file():
            facts = entry.stat()
            yield entry.path, facts.st_size, facts.st_mtime_ns


@lru_cache(maxsize=2)
def _load(home: Path, _files: tuple[tuple[str, int, int], ...]) -> Catalog:
    reader = Reader(home)
    root = home / "catalog"
    systems, resources, loose = _sources(reader, root / "sources")
    catalog = Catalog(
        departments=reader.many(Department, root / "departments.yml", "code"),
        systems=systems,
        resources=resources,
        elements=_elements(reader, root / "standards" / "elements.yml"),
        code_tables=_code_tables(reader, root / "standards"),
        entities=_documents(reader, Entity, sorted((root / "entities").glob("*.yml")), "entity"),
        themes=_documents(reader, Theme, sorted((root / "themes").glob("*/theme.yml")), "id"),
        access=_connections(reader, root / "connections.yml"),
        expectations=_expectations(reader, home / "expectations"),
        theme_sql=_theme_sql(reader, root / "themes"),
        scoring=_scoring(reader, root / "scoring.yml"),
        glossary=_glossary(reader, root / "glossary.yml"),
        digests=reader.digests,
    )
    known = _known(reader, catalog)
    for kind, key, at, problem in check_references(catalog, known):
        path, base = reader.where[(kind, key)]
        reader.fault(path, base + at, problem)
    for path, place, field in loose:
        for name, problem in check_field(catalog, known, field):
            reader.fault(path, (*place, name), problem)
    _strays(reader)
    if reader.faults:
        raise CatalogFaults(reader.faults)
    return catalog


def _known(reader: Reader, catalog: Catalog) -> Known:
    """Ids that may be named: the built ones, the broken ones, and any where the register itself is unreadable."""
    unreadable = {reader.name(path) for path in reader.unreadable}

    def names(kind: type[BaseModel], built: dict[str, Any], file: str) -> frozenset[str] | None:
        if any(name.startswith(file) for name in unreadable):
            return None
        return frozenset({*built, *reader.broken[kind.__name__]})

    return Known(
        departments=names(Department, catalog.departments, "catalog/departments.yml"),
        systems=names(System, catalog.systems, "catalog/sources/"),
        resources=names(Resource, catalog.resources, "catalog/sources/"),
        elements=names(Element, catalog.elements, "catalog/standards/elements.yml"),
        code_tables=names(CodeTable, catalog.code_tables, "catalog/standards/codes.yml"),
        entities=names(Entity, catalog.entities, "catalog/entities/"),
        themes=names(Theme, catalog.themes, "catalog/themes/"),
    )


_Loose = list[tuple[Path, Place, SourceField]]


def _sources(reader: Reader, folder: Path) -> tuple[dict[str, System], dict[str, Resource], _Loose]:
    """Systems and resources; a wrong resource leaves the others of its file in force, and its sound fields to check."""
    systems: dict[str, System] = {}
    resources: dict[str, Resource] = {}
    loose: _Loose = []
    for path in sorted(folder.glob("*/*.yml")):
        data = reader.yaml(path)
        expected = f"{path.parent.name}.{path.stem}"
        source, listed = _shell(reader, SourceFile, data, path, "resources")
        if path in reader.unreadable:
            continue
        if source is None:
            reader.broken["System"].add(expected)
        else:
            reader.keep(systems, System, data["system"], path, ("system",), "id")
            _placed(reader, System, path, ("system", "id"), source.system.id, expected)
        for index, item in enumerate(listed):
            at = ("resources", index)
            built = reader.keep(resources, Resource, item, path, at, "id")
            if built is None:
                loose += [(path, (*at, "fields", place), field) for place, field in _sound_fields(item)]
                for place, problem in _misnamed(item):
                    reader.fault(path, (*at, *place), problem)
            elif built.system != expected:
                reader.fault(path, (*at, "id"), f"id {built.id!r} does not match its path; expected {expected}.<thing>")
    return dict(sorted(systems.items())), dict(sorted(resources.items())), loose


def _sound_fields(item: Any) -> Iterator[tuple[int, SourceField]]:
    """Fields of a resource that is wrong elsewhere, by their place."""
    fields = item.get("fields") if isinstance(item, dict) else None
    for place, field in enumerate(fields if isinstance(fields, list) else []):
        with suppress(ValidationError):
            yield place, SourceField.model_validate(field)


def _misnamed(item: Any) -> Iterator[tuple[Place, str]]:
    """What a resource that is wrong elsewhere names beside its fields, as far as each of them has a name."""
    fields = item.get("fields") if isinstance(item, dict) else None
    listed = fields if isinstance(fields, list) else []
    names = [field["name"] for field in listed if isinstance(field, dict) and isinstance(field.get("name"), str)]
    if len(names) == len(listed) > 0:
        with suppress(ValidationError):
            yield from check_named(Load.model_validate(item.get("load")), (), set(names))


def _elements(reader: Reader, path: Path) -> dict[str, Element]:
    """Elements by id; what stands beside the list may name only them."""
    shell, listed = _shell(reader, ElementsFile, reader.yaml(path), path, "elements")
    found: dict[str, Element] = {}
    for index, item in enumerate(listed):
        built = reader.keep(found, Element, item, path, ("elements", index), "id")
        if built is not None and shell is not None and built.mask not in (None, *shell.mask_rules):
            problem = unknown("mask rule", str(built.mask), shell.mask_rules)
            reader.fault(path, ("elements", index, "mask"), problem)
    for header, names in shell.ambiguous_headers.items() if shell else ():
        for name in names:
            if name not in found and name not in reader.broken["Element"]:
                reader.fault(path, ("ambiguous_headers", header), unknown("element", name, found))
    return dict(sorted(found.items()))


def _shell(reader: Reader, kind: type[Model], data: Any, path: Path, key: str) -> tuple[Model | None, list[Any]]:
    """A document without its list, and the list: so that one wrong item leaves the others in force."""
    listed = data.get(key) if isinstance(data, dict) else None
    if not isinstance(listed, list):
        built = reader.build(kind, data, path)
        if built is None:
            reader.unreadable.add(path)
        return built, []
    return reader.build(kind, {**data, key: []}, path), listed


def _placed(reader: Reader, kind: type[BaseModel], path: Path, at: Place, found: str, expected: str) -> bool:
    """Whether an id is that of its path; if not, both names count as declared."""
    if found == expected:
        return True
    reader.fault(path, at, f"{at[-1]} {found!r} does not match its path; expected {expected!r}")
    reader.broken[kind.__name__] |= {found, expected}
    return False


def _mapping(reader: Reader, kind: type[Model], path: Path, required: bool = True) -> dict[str, Model]:
    """A mapping of ids to ``kind``."""
    if not required and not path.exists():
        return {}
    data = reader.yaml(path)
    if not isinstance(data, dict):
        if path not in reader.unreadable:
            reader.fault(path, (), "expected a mapping `<id>: {…}`")
        return {}
    found: dict[str, Model] = {}
    for key in sorted(data, key=str):
        built = reader.build(kind, data[key], path, (key,))
        if built is not None:
            found[str(key)] = built
        else:
            reader.broken[kind.__name__].add(str(key))
        reader.where[(kind.__name__, str(key))] = (path, (key,))
    return found


def _connections(reader: Reader, path: Path) -> dict[str, Access]:
    """Access by resource; what stands under a system is shared by its resources, which may say it otherwise."""
    data = reader.yaml(path)
    if not isinstance(data, dict):
        if path not in reader.unreadable:
            reader.fault(path, (), "expected a mapping `<resource>: {kind: …}`")
        return {}
    systems = {str(key): item for key, item in data.items() if str(key).count(".") == 1}
    used: set[str] = set()
    found: dict[str, Access] = {}
    for key in sorted((str(key) for key in data if str(key) not in systems), key=str):
        system, own = key.rsplit(".", 1)[0], data.get(key)
        shared = systems.get(system)
        used.add(system)
        elsewhere: dict[str, Place] = {}
        if isinstance(shared, dict) and isinstance(own, dict):
            elsewhere = {str(name): (system,) for name in shared if name not in own}
            own = {**shared, **own}
        built = reader.build(Access, own, path, (key,), elsewhere)
        if built is not None:
            found[key] = built
        reader.where[("Access", key)] = (path, (key,))
    for system in sorted(systems):
        if not isinstance(systems[system], dict):
            reader.fault(path, (system,), f"expected what the resources of {system} share: {{url: …, user: …}}")
        elif system not in used:
            problem = f"no resource of {system!r} is connected; expected {system}.<thing>: {{…}} beside it"
            reader.fault(path, (system,), problem)
    return found


def _documents(reader: Reader, kind: type[Model], paths: list[Path], key: str) -> dict[str, Model]:
    """One document a file; its id is the name of the file (``theme.yml``: of the folder)."""
    found: dict[str, Model] = {}
    for path in paths:
        data = reader.yaml(path)
        expected = path.parent.name if path.name == "theme.yml" else path.stem
        if path in reader.unreadable or reader.keep(found, kind, data, path, (), key) is None:
            continue
        if not _placed(reader, kind, path, (key,), str(data[key]), expected):
            del found[data[key]]
    return dict(sorted(found.items()))


def _code_tables(reader: Reader, folder: Path) -> dict[str, CodeTable]:
    facts = _mapping(reader, CodeTableFacts, folder / "codes.yml")
    tables: dict[str, CodeTable] = {}
    for key, fact in facts.items():
        values = _codes(reader, folder / "codes" / f"{key}.csv")
        named = fact.model_dump() | {"id": key, "values": values}
        table = reader.build(CodeTable, named, folder / "codes.yml", (key,))
        if table is not None:
            tables[key] = table
    reader.broken["CodeTable"] |= reader.broken["CodeTableFacts"]
    return tables


def _codes(reader: Reader, path: Path) -> dict[str, str]:
    """Code → name of one table: the first two columns below a header."""
    values: dict[str, str] = {}
    rows = csv.reader(io.StringIO(reader.text(path), newline=""))
    for row in rows:
        if rows.line_num == 1 or not row:
            continue
        problem = ""
        if len(row) < 2 or not row[0]:
            problem = "expected `code,name,…`"
        elif row[0] in values:
            problem = f"code {row[0]!r} is given twice; keep one"
        if problem:
            reader.faults.append(Fault(reader.name(path), rows.line_num, problem))
        else:
            values[row[0]] = row[1]
    return values


def _expectations(reader: Reader, folder: Path) -> dict[tuple[str, str], tuple[Expectation, ...]]:
    """Rules by (folder of the layer, table)."""
    found: dict[tuple[str, str], tuple[Expectation, ...]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        data = reader.yaml(path)
        if path.parent.name not in EXPECTED_FOLDERS:
            problem = f"no layer is called {path.parent.name!r}; expected one of {', '.join(EXPECTED_FOLDERS)}"
            reader.fault(path, (), problem)
        elif not isinstance(data, list):
            if path not in reader.unreadable:
                reader.fault(path, (), "expected a list of rules `- expect: …`")
        else:
            rules = [reader.build(Expectation, item, path, (index,)) for index, item in enumerate(data)]
            found[(path.parent.name, path.stem)] = tuple(rule for rule in rules if rule is not None)
            sound = [index for index, rule in enumerate(rules) if rule is not None]
            for position, index in enumerate(sound):
                reader.where[("Expectation", f"{path.parent.name}/{path.stem}#{position}")] = (path, (index,))
    return found


def _theme_sql(reader: Reader, folder: Path) -> dict[tuple[str, str], str]:
    return {(path.parent.name, path.stem): reader.text(path) for path in sorted(folder.glob("*/*.sql"))}


def _scoring(reader: Reader, path: Path) -> dict[str, object]:
    data = reader.yaml(path) if path.exists() else {}
    built = reader.build(Scoring, data, path) if data or path.exists() else None
    return built.model_dump() if built else {}


def _glossary(reader: Reader, path: Path) -> dict[str, dict[str, object]]:
    terms = _mapping(reader, Term, path, required=False)
    return {key: term.model_dump(by_alias=True) for key, term in terms.items()}


def _strays(reader: Reader) -> None:
    """A YAML file that nobody reads is a declaration that does not count; say so."""
    read = set(reader.digests)
    for folder in ("catalog", "expectations"):
        for path in sorted((reader.home / folder).rglob("*.y*ml")):
            if reader.name(path) not in read and path not in reader.unreadable:
                reader.faults.append(Fault(reader.name(path), 1, f"nothing reads this file; expected {_PLACES}"))
