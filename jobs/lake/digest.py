"""Content hash: what a table says, independent of row order, file layout and engine.

Per row SHA-256 over the length-prefixed canonical text of each leaf column in name order, nulls marked; its first
60 bits as an integer. Per table the row count and the sum of those integers. Public columns make the content hash,
system columns (leading underscore) the provenance hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, DoubleType, FloatType, MapType, StructType

from jobs.lake.memory import in_memory

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CONTENT, PROVENANCE = "_digest_content", "_digest_provenance"

FEW_CELLS = 10_000
"""So many are hashed here in less time than DuckDB needs: to plan forty columns takes it 13 ms, be it for one row."""


@dataclass(frozen=True)
class Digest:
    """Row count and both hashes of one table version."""

    rows: int
    content: str
    provenance: str


def with_digests(df: DataFrame) -> DataFrame:
    """Add the two digests of each row as bigint columns."""
    public = sorted(field.name for field in df.schema.fields if not field.name.startswith("_"))
    system = sorted(field.name for field in df.schema.fields if field.name.startswith("_"))
    return df.withColumns({CONTENT: _row_digest(df.schema, public), PROVENANCE: _row_digest(df.schema, system)})


def digest_arrow(table: pa.Table) -> Digest:
    """The digest of a small table, computed in memory; equal to what an engine computes."""
    flat = table.cast(pa.schema([pa.field(f.name, _without_zone(f.type)) for f in table.schema]))
    if not flat.num_rows:
        return Digest(0, "0", "0")
    groups = [sorted(n for n in flat.column_names if n.startswith("_") is is_system) for is_system in (False, True)]
    few = flat.num_rows * flat.num_columns <= FEW_CELLS
    sums = _sums_of_few(flat, groups) if few else None
    return Digest(flat.num_rows, *map(str, sums or _sums(flat, groups)))


def _sums_of_few(table: pa.Table, groups: list[list[str]]) -> list[int] | None:
    """The sums of the rows' hashes over each group of columns, without SQL; None at a year that Python has not."""
    try:
        cells = {field.name: [*map(_teller(field.type), table[field.name].to_pylist())] for field in table.schema}
    except OverflowError:
        return None
    texts = [("".join(row) for row in zip(*(cells[name] for name in group), strict=True)) for group in groups]
    return [sum(int(hashlib.sha256(text.encode()).hexdigest()[:15], 16) for text in group) for group in texts]


def _sums(table: pa.Table, groups: list[list[str]]) -> list[int]:
    """The same in SQL."""
    sums = []
    for group in groups:
        texts = [_duck_text(f'"{name}"', table.schema.field(name).type) for name in group]
        hashed = f"CAST('0x' || substring(sha256(concat({', '.join(texts)})), 1, 15) AS BIGINT)"
        sums.append(f"sum({hashed})" if texts else "0")
    with in_memory(flat=table) as connection:
        row = connection.execute(f"SELECT {', '.join(sums)} FROM flat").fetchone()  # noqa: S608 - column names quoted
    return [int(total) for total in row or ()]


def _teller(kind: pa.DataType) -> Callable[[Any], str]:
    """:func:`_text` of one value of a type, in Python."""
    if pa.types.is_struct(kind):
        fields = [(name, _teller(kind.field(name).type)) for name in sorted(field.name for field in kind)]
        return lambda value: "".join(tell(value and value[name]) for name, tell in fields)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        tell = _teller(kind.value_type)
        return lambda value: "~" if value is None else f"{len(value)}[{''.join(map(tell, value))}]"
    _require_exact(kind)
    return _leaf


def _leaf(value: str | int | bool | Decimal | date | None) -> str:
    match value:
        case None:
            return "~"
        case bool():
            text = str(value).lower()
        case Decimal():
            text = f"{value:f}"
        case datetime() if value.microsecond:
            text = str(value).rstrip("0")
        case _:
            text = str(value)
    return f"{len(text)}:{text}"


def _require_exact(kind: pa.DataType) -> None:
    if pa.types.is_floating(kind) or pa.types.is_map(kind):
        raise TypeError(f"a lake table has no {kind} column: engines write its text differently")


def _without_zone(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _without_zone(field.type)) for field in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_without_zone(kind.value_type))
    return kind


def _duck_text(column: str, kind: pa.DataType) -> str:
    """:func:`_text` in DuckDB's SQL."""
    if pa.types.is_struct(kind):
        fields = sorted(kind, key=lambda field: field.name)
        return " || ".join(_duck_text(f'{column}."{field.name}"', field.type) for field in fields)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        items = f"list_transform({column}, lambda item: {_duck_text('item', kind.value_type)})"
        joined = f"CAST(len({column}) AS VARCHAR) || '[' || array_to_string({items}, '') || ']'"
        return f"coalesce({joined}, '~')"
    _require_exact(kind)
    text = f"CAST({column} AS VARCHAR)"
    return f"coalesce(CAST(length({text}) AS VARCHAR) || ':' || {text}, '~')"


def aggregate_digest(df: DataFrame) -> Digest:
    """The same for a frame too large to hold."""
    total = [F.sum(F.col(name).cast("decimal(38,0)")).alias(name) for name in (CONTENT, PROVENANCE)]
    row = df.agg(F.count(F.lit(1)).alias("rows"), *total).collect()[0]
    return Digest(int(row["rows"]), str(row[CONTENT] or 0), str(row[PROVENANCE] or 0))


def _row_digest(schema: StructType, names: list[str]) -> Column:
    if not names:
        return F.lit(0).cast("bigint")
    text = F.concat(*[_text(F.col(f"`{name}`"), schema[name].dataType) for name in names])
    return F.conv(F.substring(F.sha2(text, 256), 1, 15), 16, 10).cast("bigint")


def _text(column: Column, kind: DataType) -> Column:
    """Canonical text of one value: ``<length>:<text>``, ``~`` for null; nested values leaf by leaf."""
    if isinstance(kind, StructType):
        fields = F.concat(*[_text(column.getField(name), kind[name].dataType) for name in sorted(kind.fieldNames())])
        return F.when(column.isNull(), F.lit("~" * _leaves(kind))).otherwise(fields)
    if isinstance(kind, ArrayType):
        items = F.transform(column, lambda item: _text(item, kind.elementType))
        joined = F.concat(F.size(column).cast("string"), F.lit("["), F.array_join(items, ""), F.lit("]"))
        return F.coalesce(joined, F.lit("~"))
    if isinstance(kind, MapType | DoubleType | FloatType):
        raise TypeError(f"a lake table has no {kind.simpleString()} column: engines write its text differently")
    text = column.cast("string")
    return F.coalesce(F.concat(F.length(text).cast("string"), F.lit(":"), text), F.lit("~"))


def _leaves(kind: DataType) -> int:
    """Leaf columns of a type: a missing struct says what a struct of nulls says, and Sail reads zeros from it."""
    return sum(_leaves(field.dataType) for field in kind.fields) if isinstance(kind, StructType) else 1
