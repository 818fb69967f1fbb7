"""System columns: the keyed hash of a record, and sums that a manifest controls."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.land.chunk import Chunk
from jobs.land.rows import _sum_one_by_one, add_exactly, column_sum, landed_schema, row_hashes, to_batches

KEY = b"key of a home"
CELL = st.one_of(st.none(), st.text(max_size=4), st.text(alphabet="a\x1e\x1f", max_size=3))


def _oracle(row: list[str | None], key: bytes = KEY) -> str:
    """The same in plain words: cells with U+001F between and U+001E for null; with lengths where one holds either."""
    text = "\x1f".join("\x1e" if cell is None else cell for cell in row)
    if any(mark in cell for cell in row if cell is not None for mark in "\x1e\x1f"):
        text = "\x1f" * len(row) + "".join("~" if cell is None else f"{len(cell.encode())}:{cell}" for cell in row)
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()


@rules(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6), st.integers(0, 5))
def test_a_record_has_the_hash_of_its_cells(rows: list[tuple[str | None, ...]], skip: int) -> None:
    columns = [
        pa.chunked_array([pa.array(list(column), pa.string())]).slice(skip) for column in zip(*rows, strict=True)
    ]
    assert row_hashes(columns, KEY).to_pylist() == [_oracle(list(row)) for row in rows[skip:]]


def test_no_two_records_share_a_text() -> None:
    rows = [["a", "b"], ["ab", ""], ["", "ab"], [None, "ab"], ["ab", None], ["a\x1fb", ""], ["1", "\x1f1"], ["~", ""]]
    rows += [["\x1e", ""], [None, ""], ["", None], ["", "\x1e"], ["\x1f", ""], ["", "\x1f"], ["\x1f", "\x1f"], ["", ""]]
    rows += [["\x1f\x1f1:a", ""], ["a", "\x1f\x1f"], [None, None], ["\x1e", None], [None, "\x1e"], ["\x1e", "\x1e"]]
    columns = [pa.array([row[n] for row in rows]) for n in range(2)]
    assert len(set(row_hashes(columns, KEY).to_pylist())) == len(rows)


def test_the_hash_is_keyed() -> None:
    columns = [pa.array(["441900199001011234"])]
    assert row_hashes(columns, KEY) != row_hashes(columns, b"another key")
    assert row_hashes(columns, b"x" * 200) == row_hashes(columns, b"x" * 64), "a key longer than BLAKE2b takes is cut"


def test_batches_carry_delivery_and_number() -> None:
    schema = landed_schema(["a"])
    chunk = Chunk([pa.array(["x", None])], pa.array([3, 7], pa.int64()))
    (batch,) = to_batches(chunk, "load", KEY, schema)
    assert batch.drop_columns(["_row_hash"]).to_pylist() == [
        {"a": "x", "_load_id": "load", "_row_no": 3},
        {"a": None, "_load_id": "load", "_row_no": 7},
    ]
    assert to_batches(Chunk([pa.array([], pa.string())], pa.array([], pa.int64())), "load", KEY, schema) == []


def test_a_long_cell_and_a_null_are_hashed_as_any_other() -> None:
    rows: list[tuple[str | None, ...]] = [("x" * 5000, None), ("x" * 1023, ""), ("东" * 341, "~")]
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    assert row_hashes(columns, KEY).to_pylist() == [_oracle(list(row)) for row in rows]


NUMBER = st.one_of(
    st.none(),
    st.text(alphabet="0123456789+-.,eE _ \t\x0b\xa0", max_size=8),
    st.decimals(allow_nan=True).map(str),
    st.integers(-(10**31), 10**31).map(str),
)


@rules(max_examples=400, deadline=None)
@given(st.lists(NUMBER, max_size=5))
def test_sums_of_arrow_are_those_of_python(cells: list[str | None]) -> None:
    column = pa.array(cells, pa.string())
    assert str(column_sum(column)) == str(_sum_one_by_one(column))


def test_sums_of_sums_keep_every_digit() -> None:
    assert str(add_exactly(Decimal("1234567890123456789012345678.91"), Decimal("0.001"))).endswith("678.911")


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["1.10", " 2 ", "1,000", "-3.1", "", None, "无"], "1000.00"),
        (["0.1"] * 10, "1.0"),
        (["NaN", "Infinity", "1e9999", "-1e-9999", "9" * 31], "9" * 31),
        (["9999999999999999999999999999", "0.0001"], "9999999999999999999999999999.0001"),
        (["99999999999999999999"] * 1000 + ["0.00000000001"], "99999999999999999999000.00000000001"),
        (["12.50", "", "-3", "7."], "16.50"),
    ],
)
def test_sums_are_exact(cells: list[str | None], total: str) -> None:
    assert column_sum(pa.array(cells, pa.string())) == Decimal(total)
