"""The served database as the pages need it: small tables whole, grouped once; rows of data stay in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

import duckdb

from jobs.errors import UsageError

Row = dict[str, Any]
Key = tuple[str, str]

SAMPLES = 5
"""Rows of a resource that a page may show as samples."""


class Facts:
    """What one release says of itself. A table that the database lacks is an empty one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        query = "SELECT table_schema, table_name FROM information_schema.tables"
        self._present: set[Key] = {(row[0], row[1]) for row in connection.execute(query).fetchall()}
        releases = self.read("meta", "release")
        if not releases:
            raise UsageError("this database holds no release", remedy="Serve a release with `brain serve` first")
        self.release: Row = releases[0]

    def has(self, schema: str, table: str) -> bool:
        """Whether the database has the table at all."""
        return (schema, table) in self._present

    def read(self, schema: str, table: str) -> list[Row]:
        """All rows of a small table; texts and days are never null."""
        return self.query(f"SELECT * FROM {quote(schema)}.{quote(table)}") if self.has(schema, table) else []

    def query(self, sql: str, parameters: Iterable[Any] = ()) -> list[Row]:
        """Rows of any query as dicts."""
        cursor = self.connection.execute(sql, list(parameters))
        columns = [(entry[0], str(entry[1]) in ("STRING", "VARCHAR")) for entry in cursor.description or []]
        return [
            {name: _plain(value, is_text) for (name, is_text), value in zip(columns, row, strict=True)}
            for row in cursor.fetchall()
        ]

    @property
    def number(self) -> int:
        return int(self.release["release"])

    @property
    def as_of(self) -> str:
        return str(self.release["as_of"])

    @property
    def is_simulated(self) -> bool:
        return "模拟" in str(self.release["note"] or "")

    @cached_property
    def releases(self) -> list[Row]:
        return sorted(self.read("meta", "releases"), key=lambda row: int(row["release"]))

    @cached_property
    def previous(self) -> Row | None:
        """The release before this one, if there was one."""
        return next((row for row in self.releases if row["release"] == self.release["previous"]), None)

    @cached_property
    def tables(self) -> dict[Key, Row]:
        """State of every declared table by (layer, name), products in a steady order."""
        rows = self.read("meta", "tables")
        return {(row["layer"], row["name"]): row for row in sorted(rows, key=lambda row: (row["layer"], row["name"]))}

    @cached_property
    def departments(self) -> dict[str, Row]:
        return {row["code"]: row for row in self.read("meta", "departments")}

    @cached_property
    def systems(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.read("meta", "systems")}

    @cached_property
    def resources(self) -> dict[str, Row]:
        """Declared resources by id, each with its ``state`` row of ``meta.tables``."""
        rows = sorted(self.read("meta", "resources"), key=lambda row: str(row["id"]))
        return {row["id"]: row | {"table": self.table("standardised", row["id"])} for row in rows}

    @cached_property
    def live(self) -> dict[str, Row]:
        """Resources whose deliveries are connected."""
        return {key: row for key, row in self.resources.items() if row["is_live"]}

    @cached_property
    def live_departments(self) -> list[str]:
        """Codes of departments with a live resource, in the order the catalog declares them."""
        codes = {row["department"] for row in self.live.values()}
        declared = [code for code in self.departments if code in codes]
        return declared + sorted(codes - set(declared))

    @cached_property
    def elements(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.read("meta", "elements")}

    @cached_property
    def towns(self) -> frozenset[str]:
        """Names of towns and sub-districts in the code tables: the finest place that a masked address may show."""
        if not self.has("meta", "code_values"):
            return frozenset()
        rows = self.query(r"SELECT DISTINCT name FROM meta.code_values WHERE regexp_matches(name, '^.{2,4}(镇|街道)$')")
        return frozenset(row["name"] for row in rows)

    @cached_property
    def dictionary(self) -> dict[Key, list[Row]]:
        return grouped(self.read("meta", "dictionary"), "schema_name", "table_name")

    @cached_property
    def authority(self) -> dict[tuple[str], list[Row]]:
        """Claims by (entity,), elements in the order of the catalog, claims in theirs."""
        return grouped(sorted(self.read("meta", "authority"), key=lambda row: int(row["place"])), "entity")

    @cached_property
    def findings(self) -> list[Row]:
        """Worst first, then oldest."""
        order = {"critical": 0, "warning": 1, "info": 2}
        rows = self.read("audit", "findings")
        return sorted(rows, key=lambda r: (order.get(r["severity"], 3), r["as_of"], r["kind"], r["finding_id"]))

    @cached_property
    def rules(self) -> dict[Key, list[Row]]:
        """Newest verdict of each table, by (layer, table)."""
        return grouped(self.read("journal", "rules"), "layer", "table_name")

    @cached_property
    def ledger(self) -> dict[str, Row]:
        return {row["resource"]: row for row in self.read("audit", "ledger")}

    @cached_property
    def deliveries(self) -> dict[str, list[Row]]:
        """Deliveries of each resource in their order."""
        rows = sorted(self.read("journal", "deliveries"), key=lambda r: (r["period"], r["sequence"] or 0, r["load_id"]))
        return {key[0]: found for key, found in grouped(rows, "resource").items()}

    @cached_property
    def late(self) -> set[str]:
        """Load ids of deliveries that came after their day."""
        return {row["rule"] for row in self.findings if row["kind"] == "delivery_late"}

    @cached_property
    def scores(self) -> dict[Key, dict[str, Row]]:
        """Rows of the scorecard by (scope, id), then by dimension."""
        found = grouped(self.read("audit", "scorecard"), "scope", "id")
        return {key: {row["dimension"]: row for row in rows} for key, rows in found.items()}

    @cached_property
    def disputes(self) -> list[Row]:
        return self.read("audit", "disputes")

    @cached_property
    def lineage(self) -> list[Row]:
        return self.read("audit", "lineage")

    @cached_property
    def targets(self) -> dict[Key, list[Key]]:
        """Tables that stand directly on each table; aspects of an entity count as the entity."""
        found: dict[Key, dict[Key, None]] = defaultdict(dict)
        for row in self.lineage:
            source = (row["from_layer"], _owner(row["from_table"]))
            found[source][(row["to_layer"], _owner(row["to_table"]))] = None
        return {key: list(targets) for key, targets in found.items()}

    @cached_property
    def refused(self) -> dict[tuple[str], list[Row]]:
        """A few of the newest lines that landing refused, by (resource,): where, why, how long; never the text."""
        return self._samples("landed", "reason, length(row_text) AS size")

    @cached_property
    def quarantined(self) -> dict[tuple[str], list[Row]]:
        """A few of the newest rows that were quarantined, by (resource,), unmasked: not to be shown as they are."""
        return self._samples("standardised", "rules, row_json")

    def _samples(self, table: str, columns: str) -> dict[tuple[str], list[Row]]:
        if not self.has("reject", table):
            return {}
        newest = "row_number() OVER (PARTITION BY resource ORDER BY period DESC, load_id, row_no)"
        query = (
            f"SELECT resource, period, row_no, {columns} FROM reject.{quote(table)} "
            f"QUALIFY {newest} <= {SAMPLES} ORDER BY resource, period DESC, load_id, row_no"
        )
        return grouped(self.query(query), "resource")

    @cached_property
    def steps(self) -> list[Row]:
        return self.read("journal", "steps")

    def downstream(self, layer: str, name: str) -> list[Key]:
        """Tables that stand on this one, near ones first."""
        found: list[Key] = []
        edge = [(layer, name)]
        while edge:
            following = [key for start in edge for key in self.targets.get(start, [])]
            edge = [key for key in dict.fromkeys(following) if key not in found and key != (layer, name)]
            found += edge
        return found

    def table(self, layer: str, name: str) -> Row:
        """State of a table; one that ``meta.tables`` does not know counts as declared only."""
        return self.tables.get((layer, name)) or {
            "layer": layer,
            "name": name,
            "label": name,
            "department": "",
            "rows": 0,
            "version": None,
            "state": "declared",
            "as_of": "",
            "since": "",
            "reason": "",
            "previous_rows": None,
            "is_changed": False,
        }

    def department_name(self, code: str) -> str:
        """Short name, or the code where the catalog has none."""
        row = self.departments.get(code)
        return str(row["short_name"] or row["name"]) if row else code

    def resource_name(self, resource: str) -> str:
        row = self.resources.get(resource)
        return str(row["name"]) if row else resource

    def element_name(self, element: str) -> str:
        row = self.elements.get(element)
        return str(row["name"]) if row else element

    def system_name(self, system: str) -> str:
        row = self.systems.get(system)
        return str(row["name"]) if row else system


def grouped(rows: Iterable[Row], *names: str) -> dict[Any, list[Row]]:
    """Rows by the values of ``names``, in their order."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return dict(found)


def table_title(row: Row) -> str:
    """Name of a table without the theme it belongs to."""
    return str(row["label"]).split(" · ")[-1] or str(row["name"])


def _owner(table: str) -> str:
    return table.removesuffix("__conflicts").removesuffix("__history")


def quote(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def _plain(value: Any, is_text: bool) -> Any:
    if value is None:
        return "" if is_text else None
    return value.isoformat() if isinstance(value, date | datetime) else value
