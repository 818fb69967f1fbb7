"""System columns of a landed row and the sums that a manifest controls."""

from __future__ import annotations

import hashlib
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from jobs.land.chunk import Chunk

SYSTEM = (("_load_id", pa.string()), ("_row_no", pa.int64()), ("_row_hash", pa.string()))
REJECTS = pa.schema(
    [("_load_id", pa.string()), ("_row_no", pa.int64()), ("_reason", pa.string()), ("_text", pa.string())]
)


def landed_schema(columns: list[str]) -> pa.Schema:
    """Source columns as text, then the system columns."""
    return pa.schema([(name, pa.string()) for name in columns] + list(SYSTEM))


def to_batches(chunk: Chunk, load_id: str, key: bytes, schema: pa.Schema) -> list[pa.RecordBatch]:
    """The chunk with its system columns."""
    load = pa.array([load_id] * chunk.rows, pa.string())
    columns = [*chunk.columns, load, chunk.row_nos, row_hashes(chunk.columns, key)]
    return pa.Table.from_arrays(columns, schema=schema).combine_chunks().to_batches()


def row_hashes(columns: list[pa.Array | pa.ChunkedArray], key: bytes) -> pa.Array:
    """Keyed BLAKE2b of each record: length-prefixed cells, nulls marked; 32 hex digits."""
    parts = []
    for column in columns:
        length = pc.cast(pc.binary_length(column), pa.string())
        parts += [pc.fill_null(length, "~"), pc.fill_null(column, "")]
    joined = pc.binary_join_element_wise(*parts, "\x1f")
    seed = hashlib.blake2b(key=key[:64], digest_size=16)
    hashes = []
    for text in joined.to_pylist():
        digest = seed.copy()
        digest.update(text.encode("utf-8"))
        hashes.append(digest.hexdigest())
    return pa.array(hashes, pa.string())


def column_sum(column: pa.Array | pa.ChunkedArray) -> Decimal:
    """Exact sum of the cells that read as plain numbers."""
    total = Decimal(0)
    for text in column.to_pylist():
        if text:
            try:
                value = Decimal(text.strip().replace(",", ""))
            except InvalidOperation:
                continue
            total += value if value.is_finite() else 0
    return total
