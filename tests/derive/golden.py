"""Golden cases of theme tables: folders of CSV that a domain person can edit, read into typed frames.

Types come from the catalog; a column may say its own after a colon (``score:bigint``). Empty cells are null, and a
declared column that is not written is null everywhere.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.contracts import Catalog
from jobs.derive.sql import view_name
from jobs.rules import rule_for
from jobs.rules.sql import literal, name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROOT = Path(__file__).resolve().parent.parent / "golden" / "themes"
AS_OF = "2026-03-04"
_LAYERS = {"std": "standardised", "base": "fused", "theme": "derived"}
_SYSTEM = {"_key": "string", "_from_seq": "bigint", "canonical_id": "string"}


def read_rows(path: Path) -> tuple[list[str], list[list[str | None]]]:
    """Header and rows; an empty cell is None."""
    with path.open(encoding="utf-8", newline="") as handle:
        header, *rows = [row for row in csv.reader(handle) if row]
    assert all(len(row) == len(header) for row in rows), (
        f"{path.parent.name}/{path.name}: a row has not {len(header)} cells"
    )
    return header, [[cell or None for cell in row] for row in rows]


def lake_table(path: Path) -> tuple[str, str]:
    """``std.zfw__zwgc__grid.csv`` → (layer, table)."""
    schema, table = path.stem.split(".", 1)
    layer = _LAYERS[schema]
    return layer, table.replace("__", ".") if layer == "standardised" else table


def offer(session: SparkSession, catalog: Catalog, path: Path) -> None:
    """A temporary view over one input file, under the name that the table's SQL uses."""
    layer, table = lake_table(path)
    header, rows = read_rows(path)
    types = _types(catalog, layer, table)
    plain = [column.split(":")[0] for column in header]
    written = dict(zip(plain, header, strict=True))
    given = _values(plain, rows)
    columns = [_column(column, written[column], types) for column in plain if not column.startswith("_flag.")]
    columns += [f"CAST(NULL AS {kind}) AS {name(column)}" for column, kind in types.items() if column not in written]
    if flags := [column for column in plain if column.startswith("_flag.")]:
        parts = ", ".join(f"{literal(column.removeprefix('_flag.'))}, {name(column)}" for column in flags)
        columns.append(f"named_struct({parts}) AS _flag")
    session.sql(f"SELECT {', '.join(columns)} FROM ({given})").createOrReplaceTempView(view_name(layer, table))


def _values(columns: list[str], rows: list[list[str | None]]) -> str:
    """The rows as text, in SQL that both engines read the same way."""
    cells = ", ".join(f"({', '.join('NULL' if cell is None else literal(cell) for cell in row)})" for row in rows)
    as_text = ", ".join(f"CAST({name(column)} AS STRING) AS {name(column)}" for column in columns)
    return f"SELECT {as_text} FROM VALUES {cells} AS t({', '.join(map(name, columns))})"


def _types(catalog: Catalog, layer: str, table: str) -> dict[str, str]:
    """SQL types of the declared columns of a table; theme tables say theirs in the file."""
    if layer == "standardised":
        fields = [(f.column, catalog.element_of(f), catalog.code_table_of(f)) for f in catalog.resources[table].fields]
        return _SYSTEM | {column: rule_for(element, codes is not None).type for column, element, codes in fields}
    if layer == "fused" and table in catalog.entities:
        elements = [catalog.elements[element] for element in catalog.entities[table].authority]
        return _SYSTEM | {element.id: rule_for(element, element.code_table is not None).type for element in elements}
    return {}


def _column(column: str, written: str, types: dict[str, str]) -> str:
    if column == "_sources":
        parts = "named_struct('resource', split(p, ':')[0], 'record_key', split(p, ':')[1])"
        return f"transform(split({column}, ';'), p -> {parts}) AS {column}"
    kind = written.partition(":")[2] or types.get(column, "string")
    return f"CAST({name(column)} AS {kind}) AS {name(column)}"


def rows_as_text(frame: DataFrame) -> list[tuple[str, ...]]:
    """Rows of a result as a CSV would say them, sorted."""
    return sorted(tuple(_text(value) for value in row) for row in frame.collect())


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
