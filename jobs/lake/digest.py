"""Content hash: what a table says, independent of row order, file layout and engine.

Per row SHA-256 over the length-prefixed canonical text of each leaf column in name order, nulls marked; its first
60 bits as an integer. Per table the row count and the sum of those integers. Public columns make the content hash,
system columns (leading underscore) the provenance hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, DoubleType, FloatType, MapType, StructType

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CONTENT, PROVENANCE = "_digest_content", "_digest_provenance"


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


def digest_of(table: pa.Table) -> tuple[pa.Table, Digest]:
    """The table without its digest columns, and their sum."""
    sums = [str(_sum(table.column(name))) for name in (CONTENT, PROVENANCE)]
    return table.drop_columns([CONTENT, PROVENANCE]), Digest(table.num_rows, sums[0], sums[1])


def digest_arrow(table: pa.Table) -> Digest:
    """Digest of a small flat table that no engine computed: texts, whole numbers, decimals and booleans."""
    names = sorted(name for name in table.column_names if not name.startswith("_"))
    total = 0
    for row in table.select(names).to_pylist():
        text = "".join(_plain_text(row[name]) for name in names)
        total += int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)
    return Digest(table.num_rows, str(total), "0")


def _plain_text(value: str | int | Decimal | bool | None) -> str:
    if value is None:
        return "~"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{len(text)}:{text}"


def aggregate_digest(df: DataFrame) -> Digest:
    """The same for a frame too large to hold."""
    total = [F.sum(F.col(name).cast("decimal(38,0)")).alias(name) for name in (CONTENT, PROVENANCE)]
    row = df.agg(F.count(F.lit(1)).alias("rows"), *total).collect()[0]
    return Digest(int(row["rows"]), str(row[CONTENT] or 0), str(row[PROVENANCE] or 0))


def _sum(column: pa.ChunkedArray) -> Decimal | int:
    total = pc.sum(column.cast(pa.decimal128(38, 0))).as_py()
    return int(total) if total is not None else 0


def _row_digest(schema: StructType, names: list[str]) -> Column:
    if not names:
        return F.lit(0).cast("bigint")
    text = F.concat(*[_text(F.col(f"`{name}`"), schema[name].dataType) for name in names])
    return F.conv(F.substring(F.sha2(text, 256), 1, 15), 16, 10).cast("bigint")


def _text(column: Column, kind: DataType) -> Column:
    """Canonical text of one value: ``<length>:<text>``, ``~`` for null; nested values leaf by leaf."""
    if isinstance(kind, StructType):
        return F.concat(*[_text(column.getField(name), kind[name].dataType) for name in sorted(kind.fieldNames())])
    if isinstance(kind, ArrayType):
        items = F.transform(column, lambda item: _text(item, kind.elementType))
        joined = F.concat(F.size(column).cast("string"), F.lit("["), F.array_join(items, ""), F.lit("]"))
        return F.coalesce(joined, F.lit("~"))
    if isinstance(kind, MapType | DoubleType | FloatType):
        raise TypeError(f"a lake table has no {kind.simpleString()} column: engines write its text differently")
    text = column.cast("string")
    return F.coalesce(F.concat(F.length(text).cast("string"), F.lit(":"), text), F.lit("~"))
