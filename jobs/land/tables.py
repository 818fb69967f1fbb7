"""Database content: a delivered SQLite file, or the Arrow file that a SQL extract left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, chunk_of
from jobs.land.header import match_columns

_ROWS = 20_000


def read_sqlite(path: Path, fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of one table of a delivered database, opened read-only, in row order."""
    if not fmt.table:
        raise SourceError("the format names no table", remedy="Declare `table`")
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        raise SourceError("the file is not a SQLite database", remedy="Ask for it again") from None
    try:
        quoted = fmt.table.replace('"', '""')
        found = [row[1] for row in connection.execute(f'PRAGMA table_info("{quoted}")')]
        if not found:
            raise SourceError(f"the database has no table {fmt.table!r}", remedy="Correct `table` or ask again")
        order = match_columns(found, declared)
        columns = ", ".join('"' + found[n].replace('"', '""') + '"' for n in order)
        cursor = connection.execute(f'SELECT {columns} FROM "{quoted}" ORDER BY rowid')  # noqa: S608 - names quoted
        first = 1
        while rows := cursor.fetchmany(_ROWS):
            yield chunk_of([[None if v is None else str(v) for v in row] for row in rows], len(declared), first)
            first += len(rows)
    except sqlite3.DatabaseError:
        raise SourceError("the database is damaged or not SQLite", remedy="Ask for it again") from None
    finally:
        connection.close()


def read_arrow(path: Path, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of an Arrow file of text columns."""
    first = 1
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        order = match_columns(reader.schema.names, declared)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            yield Chunk([batch.column(n) for n in order], pa.array(range(first, first + batch.num_rows), pa.int64()))
            first += batch.num_rows
