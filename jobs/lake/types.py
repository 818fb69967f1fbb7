"""Types of columns as Delta, Arrow and Spark say them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def normal_schema(schema: pa.Schema) -> pa.Schema:
    """A schema as Delta keeps it."""
    return pa.schema([pa.field(f.name, _normal_type(f.type), True) for f in schema])


def _normal_type(kind: pa.DataType) -> pa.DataType:
    """Delta's own types: microsecond UTC timestamps, plain strings and lists."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", "UTC")
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, _normal_type(f.type), True) for f in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(pa.field("element", _normal_type(kind.value_type), True))
    return kind


def normal(table: pa.Table) -> pa.Table:
    """A table as Delta keeps it."""
    return table.cast(normal_schema(table.schema))


def to_arrow_schema(schema: Any) -> pa.Schema:
    """Arrow's schema of a Spark one."""
    from pyspark.sql.pandas.types import to_arrow_schema as convert

    return convert(schema, timezone="UTC")


def to_spark_schema(schema: pa.Schema) -> Any:
    """Spark's schema of an Arrow one, as Delta would keep it."""
    from pyspark.sql.pandas.types import from_arrow_schema as convert

    return convert(normal_schema(schema))
