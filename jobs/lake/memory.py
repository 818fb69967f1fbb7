"""SQL over Arrow tables that are small and in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

_THREAD = threading.local()


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
