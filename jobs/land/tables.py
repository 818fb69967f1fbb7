"""Database content: a delivered SQLite file, or the Arrow file that a SQL extract left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import ROWS, Chunk, Record, Reject, chunks_of
from jobs.land.header import match_columns

_PRAGMAS = ("PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA query_only=ON")


def read_sqlite(path: Path, fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of one table of a delivered database, opened read-only, in row order."""
    if not fmt.table:
        raise SourceError("the format names no table", remedy="Declare `table`")
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.text_factory = bytes
        rows = _select(connection, fmt.table, declared)
        yield from chunks_of((_record(number, row) for number, row in enumerate(rows, 1)), len(declared))
    except sqlite3.DatabaseError:
        raise SourceError("the database is damaged or not SQLite", remedy="Ask for it again") from None
    finally:
        if connection:
            connection.close()


def _select(connection: sqlite3.Connection, table: str, declared: list[str]) -> Iterator[tuple[object, ...]]:
    """The declared columns of a table, by row id; of a view or a table without row ids, as they come."""
    kinds = connection.execute(
        "SELECT type, sql FROM sqlite_schema WHERE name = ? AND type IN ('table', 'view')", (table,)
    )
    kind, sql = next(kinds, (None, None))
    if kind is None:
        raise SourceError(f"the database has no table {table!r}", remedy="Correct `table` or ask again")
    found = [row[1].decode() for row in connection.execute(f"PRAGMA table_info({_name(table)})")]
    columns = ", ".join(_name(found[n]) for n in match_columns(found, declared))
    by_row = kind == b"table" and b"WITHOUTROWID" not in b"".join((sql or b"").upper().split())
    cursor = connection.execute(f"SELECT {columns} FROM {_name(table)}{' ORDER BY rowid' if by_row else ''}")  # noqa: S608
    cursor.arraysize = ROWS
    while rows := cursor.fetchmany():
        yield from rows


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _record(number: int, row: tuple[object, ...]) -> Record | Reject:
    """Cells as text; bytes that are not UTF-8 set the row aside, whether stored as text or as a blob."""
    try:
        return [cell.decode() if isinstance(cell, bytes) else None if cell is None else str(cell) for cell in row]
    except UnicodeDecodeError:
        return Reject(number, "not_text: bytes that are not UTF-8", "")


def read_parquet(path: Path, _fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a Parquet file, every value as text; a nested value as JSON would need a schema, so it is refused."""
    import pyarrow.parquet as pq

    first = 1
    try:
        with pq.ParquetFile(path, memory_map=True) as file:
            names = file.schema_arrow.names
            wanted = [names[n] for n in match_columns(names, declared)]
            _require_flat(file.schema_arrow, wanted)
            for batch in file.iter_batches(ROWS, columns=wanted):
                batch.validate(full=True)
                columns = [_as_text(batch.column(batch.schema.get_field_index(name))) for name in wanted]
                yield Chunk(columns, pa.array(range(first, first + batch.num_rows), pa.int64()))
                first += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, pa.ArrowMemoryError):
            raise
        raise SourceError("the Parquet file is damaged, encrypted or not text", remedy="Ask for it again") from None


def _require_flat(schema: pa.Schema, wanted: list[str]) -> None:
    for name in wanted:
        if pa.types.is_nested(schema.field(name).type):
            raise SourceError(f"column {name} is nested", remedy="Ask for flat columns, or for JSON lines")


def _as_text(column: pa.Array) -> pa.Array:
    """Text of values: midnight is a day, no ``.0`` on whole numbers, bytes only where they are UTF-8."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        local = pc.cast(column, pa.timestamp("us", kind.tz), safe=True)
        text = pc.replace_substring_regex(pc.cast(local, pa.string()), r"\.0+(Z?)$", r"\1")
        return pc.replace_substring_regex(text, r"(\.\d*?)0+(Z?)$", r"\1\2")
    if pa.types.is_floating(kind):
        whole = [
            None if v is None else str(int(v)) if v.is_integer() and abs(v) < 1e15 else repr(v)
            for v in column.to_pylist()
        ]
        return pa.array(whole, pa.string())
    return pc.cast(column, pa.string())


def read_arrow(path: Path, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of an Arrow file of text columns."""
    first = 1
    try:
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            order = match_columns(reader.schema.names, declared)
            for index in range(reader.num_record_batches):
                batch = reader.get_batch(index)
                columns = [batch.column(n) for n in order]
                yield Chunk(columns, pa.array(range(first, first + batch.num_rows), pa.int64()))
                first += batch.num_rows
    except (pa.ArrowInvalid, OSError):
        raise SourceError("the extract is damaged", remedy="Delete it and extract again") from None
