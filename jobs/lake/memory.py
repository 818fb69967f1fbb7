"""Arrow tables that are small and in memory: taken from the engine, and asked in SQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from jobs.lake.types import to_arrow_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_THREAD = threading.local()


def collected(frame: DataFrame) -> pa.Table:
    """A frame's rows. Spark Connect's own ``toArrow`` has the server plan the frame once more, only for its schema,
    which comes with the rows as well."""
    to_table = getattr(frame, "_to_table", None)
    if to_table is None:
        return frame.toArrow()
    table, schema = to_table()
    return table.cast(to_arrow_schema(schema or frame.schema))


@contextmanager
def in_memory(**tables: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that knows ``tables`` by name. One lives in each thread: to open one takes longer than most
    queries here, and so does optimising a wide select that reads its table once, or handing it to threads."""
    connection: duckdb.DuckDBPyConnection | None = getattr(_THREAD, "connection", None)
    if connection is None:
        connection = _THREAD.connection = duckdb.connect(config={"threads": 1})
        connection.execute("PRAGMA disable_optimizer")
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield connection
    finally:
        for name in tables:
            connection.unregister(name)
