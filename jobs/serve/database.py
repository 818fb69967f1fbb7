"""One DuckDB file for one role: materialised tables with Chinese comments, no way back to the lake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from jobs.contracts import Catalog
from jobs.lake.manifest import Entry, Manifest
from jobs.serve.dictionary import SYSTEM, Column, entity_columns, quote, resource_columns, theme_columns
from jobs.serve.masks import masked
from jobs.serve.meta import Rows, arrow_of


@dataclass
class Database:
    """A file being written for a role."""

    catalog: Catalog
    lake: Path
    role: str
    connection: duckdb.DuckDBPyConnection
    dictionary: Rows = field(default_factory=list)
    _comments: list[str] = field(default_factory=list)

    @property
    def masks(self) -> bool:
        return self.role != "engineer"

    def add_rows(self, schema: str, table: str, rows: Rows) -> None:
        """A table from Python rows; none is made from an empty list."""
        if not rows:
            return
        self.connection.register("_rows", arrow_of(rows))
        self.connection.execute(f"CREATE TABLE {schema}.{quote(table)} AS SELECT * FROM _rows")
        self.connection.unregister("_rows")

    def add_table(
        self, schema: str, table: str, label: str, columns: list[Column], entry: Entry, where: str = ""
    ) -> None:
        """A table from the Parquet files of a release."""
        shown = [f"{self._expression(column)} AS {quote(column.name)}" for column in columns]
        source = "read_parquet($files)" if entry.files else None
        if source is None:
            return
        self.connection.execute(
            f"CREATE TABLE {schema}.{quote(table)} AS SELECT {', '.join(shown)} FROM {source} {where}",
            {"files": [str(self.lake / name) for name in entry.files]},
        )
        self._describe(schema, table, label, columns)

    def _expression(self, column: Column) -> str:
        if not self.masks:
            return column.expression
        return masked(column.expression, column.mask, column.pii)

    def _describe(self, schema: str, table: str, label: str, columns: list[Column]) -> None:
        target = f"{schema}.{quote(table)}"
        self._comments.append(f"COMMENT ON TABLE {target} IS {_text(label)}")
        for column in columns:
            self._comments.append(f"COMMENT ON COLUMN {target}.{quote(column.name)} IS {_text(column.label)}")
            element = column.element
            self.dictionary.append(
                {
                    "schema_name": schema,
                    "table_name": table,
                    "column_name": column.name,
                    "label": column.label,
                    "element": element.id if element else "",
                    "type": element.type if element else "",
                    "code_table": (element.code_table or "") if element else "",
                    "level": element.level if element else "",
                    "pii": column.pii,
                    "mask": column.mask or "",
                    "source": column.source,
                }
            )

    def write_comments(self) -> None:
        """Give all tables and columns their comments: two thousand statements, of whose time half is the optimizer's,
        which looks at each."""
        self.connection.execute("PRAGMA disable_optimizer")
        self.connection.execute("; ".join(self._comments))
        self.connection.execute("PRAGMA enable_optimizer")


def fill_release(database: Database, manifest: Manifest) -> None:
    """Schemas ``std``, ``base``, ``theme`` and ``audit`` of a release."""
    catalog, engineer = database.catalog, not database.masks
    for entry in manifest.tables:
        name = entry.name
        if entry.layer == "standardised" and name in catalog.resources:
            columns = resource_columns(catalog, name)
            extra = [Column(c, c, SYSTEM[c]) for c in ("_key", "_load_id", "_row_no")] if engineer else []
            where = "WHERE _fate = 'current' AND NOT _is_deleted"
            label = catalog.resources[name].name
            database.add_table("std", name.replace(".", "__"), label, columns + extra, entry, where)
        elif entry.layer == "fused" and name in catalog.entities:
            extra = [Column(c, c, SYSTEM[c]) for c in ("_sources", "_cells")] if engineer else []
            database.add_table(
                "base", name, catalog.entities[name].library, entity_columns(catalog, name) + extra, entry
            )
        elif entry.layer == "fused":
            database.add_table("base", name, "未采用的不同取值", _conflict_columns(database), entry)
        elif entry.layer == "derived" and name.split("__")[0] in catalog.themes:
            labels = theme_columns(catalog, name)
            files = [str(database.lake / file) for file in entry.files]
            found = _names(database.connection, files) if files else []
            columns = [Column(c, quote(c), labels.get(c, c), catalog.elements.get(c)) for c in found]
            database.add_table("theme", name, catalog.themes[name.split("__")[0]].name, columns, entry)
        elif entry.layer == "audited":
            files = [str(database.lake / file) for file in entry.files]
            columns = [Column(c, quote(c), c) for c in (_names(database.connection, files) if files else [])]
            database.add_table("audit", name, name, columns, entry)


def _conflict_columns(database: Database) -> list[Column]:
    """Values of elements that are masked stay hidden here as well."""
    names = ("canonical_id", "element", "chosen", "chosen_resource", "value", "resource", "role")
    if not database.masks:
        return [Column(name, name, SYSTEM[name]) for name in names]
    hidden = [e.id for e in database.catalog.elements.values() if masked("v", e.mask, e.pii) != "v"]
    listed = ", ".join(_text(name) for name in sorted(hidden))
    shown = {name: f"CASE WHEN element IN ({listed}) THEN NULL ELSE {name} END" for name in ("chosen", "value")}
    return [Column(name, shown.get(name, name), SYSTEM[name]) for name in names]


def fill_rejects(database: Database, manifest: Manifest, files_of: dict[str, tuple[str, str]]) -> None:
    """Schema ``reject``: rows that were refused or quarantined, in the department's own field names."""
    landed, quarantined = [], []
    for resource in database.catalog.live:
        refused = manifest.entry("landed", f"{resource}__rejects")
        if refused and refused.files:
            landed.append(_refused(database, resource, refused))
        stopped, source = manifest.entry("standardised", f"{resource}__rejects"), manifest.entry("landed", resource)
        if stopped and stopped.rows and source and source.files:
            quarantined.append(_quarantined(database, resource, stopped, source))
    deliveries = [{"load_id": key, "file": file, "period": period} for key, (file, period) in files_of.items()]
    database.add_rows("reject", "_deliveries", deliveries)
    for table, selects, empty in (
        ("landed", landed, "'' AS resource, '' AS load_id, 0::BIGINT AS row_no, '' AS reason, '' AS row_text"),
        (
            "standardised",
            quarantined,
            "'' AS resource, '' AS load_id, 0::BIGINT AS row_no, '' AS rules, '' AS row_json",
        ),
    ):
        union = " UNION ALL ".join(selects) or f"SELECT {empty} WHERE FALSE"
        joined = f"SELECT r.*, d.file, d.period FROM ({union}) r LEFT JOIN reject._deliveries d USING (load_id)"
        if not deliveries:
            joined = f"SELECT r.*, '' AS file, '' AS period FROM ({union}) r"
        database.connection.execute(f"CREATE TABLE reject.{table} AS {joined} ORDER BY resource, load_id, row_no")


def _refused(database: Database, resource: str, entry: Entry) -> str:
    files = _list(database, entry)
    return (
        f"SELECT {_text(resource)} AS resource, _load_id AS load_id, _row_no AS row_no, _reason AS reason, "
        f"_text AS row_text FROM read_parquet({files})"
    )


def _quarantined(database: Database, resource: str, entry: Entry, source: Entry) -> str:
    fields = database.catalog.resources[resource].fields
    packed = ", ".join(f"{quote(f.name)} := l.{quote(f.stored)}" for f in {f.name: f for f in fields}.values())
    return (
        f"SELECT {_text(resource)} AS resource, r._load_id AS load_id, r._row_no AS row_no, "
        f"array_to_string(r._rules, '; ') AS rules, CAST(to_json(struct_pack({packed})) AS VARCHAR) AS row_json "
        f"FROM read_parquet({_list(database, entry)}) r JOIN read_parquet({_list(database, source)}) l "
        f"ON r._load_id = l._load_id AND r._row_no = l._row_no"
    )


def _list(database: Database, entry: Entry) -> str:
    return "[" + ", ".join(_text(str(database.lake / name)) for name in entry.files) + "]"


def _names(connection: duckdb.DuckDBPyConnection, files: list[str]) -> list[str]:
    described: Iterable[Any] = connection.execute(
        "DESCRIBE SELECT * FROM read_parquet($files)", {"files": files}
    ).fetchall()
    return [row[0] for row in described if not row[0].startswith("_")]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
