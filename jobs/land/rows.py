"""System columns of a landed row and the sums that a manifest controls."""

from __future__ import annotations

import binascii
import hashlib
import itertools
from decimal import Context, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.land.chunk import Chunk

SYSTEM = (("_load_id", pa.string()), ("_row_no", pa.int64()), ("_row_hash", pa.string()))
_HEX = 32
_EXACT = Context(prec=100)
_MAX_EXPONENT = 30
_PLACES, _MAX_DIGITS = 10, 27
_SHORT_DIGITS = 20
"""Of numbers that are no longer, the sum of a hundred million has room in 38 digits with ten places."""
_UNIT, _NULL = "\x1f", "\x1e"


def landed_schema(columns: list[str]) -> pa.Schema:
    """Source columns as text, then the system columns."""
    return pa.schema([(name, pa.string()) for name in columns] + list(SYSTEM))


def to_batches(chunk: Chunk, load_id: str, key: bytes, schema: pa.Schema) -> list[pa.RecordBatch]:
    """The chunk with its system columns."""
    columns = [*chunk.columns, pa.repeat(load_id, chunk.rows), chunk.row_nos, row_hashes(chunk.columns, key)]
    batches: list[pa.RecordBatch] = pa.Table.from_arrays(columns, schema=schema).combine_chunks().to_batches()
    return batches


def row_hashes(columns: list[pa.Array | pa.ChunkedArray], key: bytes) -> pa.Array:
    """Keyed BLAKE2b of each record: its cells with U+001F between, U+001E for null; 32 hex digits.

    A record that holds one of these characters in a cell is written out with lengths instead, behind more U+001F than
    another record can have: no two records share a text. Arrow joins them, Python hashes a slice for each.
    """
    filled = [pc.fill_null(column, _NULL) if column.null_count else column for column in columns]
    joined = pc.binary_join_element_wise(*filled, _UNIT)
    texts = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    if not len(texts):
        return pa.array([], pa.string())
    _, offsets, data = texts.buffers()
    edges = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].tolist()
    whole, keyed = data.to_pybytes(), hashlib.blake2b(key=key[:64], digest_size=_HEX // 2).copy
    digests = []
    for start, end in itertools.pairwise(edges):
        state = keyed()
        state.update(whole[start:end])
        digests.append(state.digest())
    for row in _marked(whole, texts, columns):
        state = keyed()
        state.update(_with_lengths([column[row].as_py() for column in columns]))
        digests[row] = state.digest()
    places = np.arange(0, _HEX * len(digests) + 1, _HEX, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(digests), pa.py_buffer(places), pa.py_buffer(binascii.hexlify(b"".join(digests)))
    )


def _marked(whole: bytes, texts: pa.Array, columns: list[pa.Array | pa.ChunkedArray]) -> list[int]:
    """Records in which a cell holds a character that stands for something here."""
    between, nulls = len(columns) - 1, sum(column.null_count for column in columns)
    codes = np.frombuffer(whole, np.uint8)
    found = [np.count_nonzero(codes == ord(mark)) for mark in (_UNIT, _NULL)]
    if found == [between * len(texts), nulls]:
        return []
    empty = sum((np.asarray(column.is_null()).astype(np.int64) for column in columns), np.zeros(len(texts), np.int64))
    units, marks = (np.asarray(pc.count_substring(texts, mark)) for mark in (_UNIT, _NULL))
    return [int(row) for row in np.flatnonzero((units != between) | (marks != empty))]


def _with_lengths(cells: list[str | None]) -> bytes:
    parts = (b"~" if cell is None else b"%d:%b" % (len(cell.encode()), cell.encode()) for cell in cells)
    return _UNIT.encode() * len(cells) + b"".join(parts)


def column_sum(column: pa.Array | pa.ChunkedArray) -> Decimal:
    """Exact sum of the cells that read as plain numbers."""
    simple = _simple_sum(column)
    return _thorough_sum(column) if simple is None else simple


def _simple_sum(column: pa.Array | pa.ChunkedArray) -> Decimal | None:
    """The same of a column that holds nothing but digits, points and signs, and none of them long; else None."""
    cells = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not len(cells):
        return Decimal(0)
    _, offsets, data = cells.buffers()
    first, last = np.frombuffer(offsets, np.int32)[[cells.offset, cells.offset + len(cells)]].tolist()
    if data is None or data.slice(first, last - first).to_pybytes().translate(None, b"0123456789.-"):
        return None
    lengths = pc.binary_length(cells)
    if (pc.max(lengths).as_py() or 0) > _SHORT_DIGITS:
        return None
    try:
        numbers = pc.cast(cells.filter(pc.greater(lengths, 0)), pa.decimal128(38, _PLACES))
    except pa.ArrowInvalid:
        return None
    return _plain(pc.sum(numbers).as_py() or Decimal(0))


def _thorough_sum(column: pa.Array | pa.ChunkedArray) -> Decimal:
    cells = pc.replace_substring(pc.ascii_trim_whitespace(column), ",", "")
    lengths = pc.binary_length(cells)
    filled = cells.filter(pc.greater(lengths, 0))
    if (pc.max(lengths).as_py() or 0) > _MAX_DIGITS or any(_has(filled, power) for power in "eE"):
        return _sum_one_by_one(column)  # of such, Arrow drops digits without a word
    try:  # a wider type so that no sum runs over
        numbers = pc.cast(pc.cast(filled, pa.decimal128(38, _PLACES)), pa.decimal256(76, _PLACES))
    except pa.ArrowInvalid:
        return _sum_one_by_one(column)
    return _plain(pc.sum(numbers).as_py() or Decimal(0))


def _has(cells: pa.Array | pa.ChunkedArray, letter: str) -> bool:
    return bool(pc.any(pc.match_substring(cells, letter)).as_py())


def add_exactly(one: Decimal, other: Decimal) -> Decimal:
    """The sum of two sums, however many digits that takes."""
    return _EXACT.add(one, other)


def _plain(number: Decimal) -> Decimal:
    """Without zeros behind the last digit that counts, and never in powers of ten."""
    short = number.normalize(_EXACT)
    return short.quantize(Decimal(1), context=_EXACT) if short == short.to_integral_value() else short


def _sum_one_by_one(column: pa.Array | pa.ChunkedArray) -> Decimal:
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
    return _plain(total)
