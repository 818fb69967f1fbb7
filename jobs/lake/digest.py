"""Content hash: what a table says, independent of row order, file layout and engine.

Per row SHA-256 over the length-prefixed canonical text of each leaf column in name order, nulls marked; its first
60 bits as an integer. Per table the row count and the sum of those integers. Public columns make the content hash,
system columns (leading underscore) the provenance hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, DoubleType, FloatType, MapType, StructType

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CONTENT, PROVENANCE = "_digest_content", "_digest_provenance"

_AT_ONCE = 50_000
"""Rows of a table in memory whose texts are made at once."""

_PLAIN_DIGITS = 6
"""Digits after the point up to which Arrow writes a decimal without an exponent."""

_ZERO = pa.array([0], pa.int32())


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
    """The digest of a table that is in memory; equal to what an engine computes."""
    schema = pa.schema([pa.field(f.name, _without_zone(f.type)) for f in table.schema])
    flat = (table if table.schema.equals(schema) else table.cast(schema)).combine_chunks()
    groups = [sorted(n for n in flat.column_names if n.startswith("_") is is_system) for is_system in (False, True)]
    sums = [0, 0]
    for batch in flat.to_batches(max_chunksize=_AT_ONCE):
        for place, group in enumerate(groups):
            sums[place] += _sum([text for name in group for text in _texts(batch.column(name))])
    return Digest(flat.num_rows, *map(str, sums))


def _sum(texts: list[pa.Array]) -> int:
    """The sum of the rows' hashes, of columns of texts."""
    if not texts:
        return 0
    rows = _joined(texts).cast(pa.binary()).to_pylist()
    hashes = b"".join([hashlib.sha256(row).digest() for row in rows])
    return sum((np.frombuffer(hashes, ">u8")[::4] >> 4).tolist())  # the first 60 of 256 bits


def _joined(texts: list[pa.Array]) -> pa.Array:
    return pc.binary_join_element_wise(*texts, "", null_handling="replace", null_replacement="~")


def _texts(column: pa.Array) -> list[pa.Array]:
    """:func:`_text` of a column, an array for each leaf of its type, null for what becomes ``~``."""
    kind = column.type
    if pa.types.is_struct(kind):
        fields = sorted(field.name for field in kind)
        return [text for name in fields for text in _texts(pc.struct_field(column, name))]
    if pa.types.is_list(kind):
        lengths = pc.list_value_length(column)
        ends = pc.cumulative_sum(pc.fill_null(lengths, 0))
        items = pa.ListArray.from_arrays(pa.concat_arrays([_ZERO, ends]), _joined(_texts(column.flatten())))
        return [pc.binary_join_element_wise(lengths.cast(pa.string()), "[", pc.binary_join(items, ""), "]", "")]
    _require_exact(kind)
    text = _plain(column)
    return [pc.binary_join_element_wise(pc.utf8_length(text).cast(pa.string()), text, ":")]


def _plain(column: pa.Array) -> pa.Array:
    """Values as engines write them."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_decimal(kind) and kind.scale > _PLAIN_DIGITS:
        return pa.array([None if value is None else f"{value:f}" for value in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    return pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".") if pa.types.is_timestamp(kind) else text


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
