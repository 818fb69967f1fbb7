"""The content hash says what a table says: nothing of row order, file layout or engine, everything of its cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.lake import digest
from jobs.lake.digest import Digest, aggregate_digest, digest_arrow, with_digests

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DDL = (
    "t STRING, n BIGINT, i INT, d DECIMAL(20,6), b BOOLEAN, on_day DATE, at TIMESTAMP, tags ARRAY<STRING>, "
    "pair STRUCT<y: STRING, x: INT>, many ARRAY<STRUCT<k: STRING, v: BIGINT>>, _load_id STRING, "
    "_flag STRUCT<t: STRING, n: STRING>"
)
SCHEMA = pa.schema(
    [
        ("t", pa.string()),
        ("n", pa.int64()),
        ("i", pa.int32()),
        ("d", pa.decimal128(20, 6)),
        ("b", pa.bool_()),
        ("on_day", pa.date32()),
        ("at", pa.timestamp("us", "UTC")),
        ("tags", pa.list_(pa.string())),
        ("pair", pa.struct([("y", pa.string()), ("x", pa.int32())])),
        ("many", pa.list_(pa.struct([("k", pa.string()), ("v", pa.int64())]))),
        ("_load_id", pa.string()),
        ("_flag", pa.struct([("t", pa.string()), ("n", pa.string())])),
    ]
)
_AT = datetime(2026, 3, 2, 8, 30, 15)
ROWS: list[tuple[Any, ...]] = [
    (
        "东莞𬭬'\"\\",
        1,
        -1,
        Decimal("1.500000"),
        True,
        date(2024, 2, 29),
        _AT,
        ["a", None, ""],
        ("y", 1),
        [("k", 1)],
        "l",
        ("f", None),
    ),
    (
        "",
        0,
        0,
        Decimal("0.000000"),
        False,
        date(1850, 1, 1),
        _AT.replace(microsecond=120_000),
        [],
        (None, None),
        [],
        "l",
        (None, None),
    ),
    (None,) * 12,
    (
        " \n\t\0x",
        -(2**63),
        2**31 - 1,
        Decimal("-99999999999999.999999"),
        True,
        date(9999, 12, 31),
        datetime(1582, 10, 15),
        ["[", "]", "1:a"],
        ("~", -1),
        [(None, None), ("", 0)],
        None,
        ("repaired", "unparsed"),
    ),
]
GOLDEN = Digest(4, "1309069618549423933", "2503690570660209737")


def table_of(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in _named(rows)], SCHEMA)


def _named(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Structs by field, as Arrow takes them."""
    pair, many, flag = (SCHEMA.names.index(name) for name in ("pair", "many", "_flag"))

    def struct(value: Any, *names: str) -> Any:
        return None if value is None else dict(zip(names, value, strict=True))

    named = []
    for row in rows:
        cells = list(row)
        cells[pair], cells[flag] = struct(row[pair], "y", "x"), struct(row[flag], "t", "n")
        cells[many] = None if row[many] is None else [struct(item, "k", "v") for item in row[many]]
        named.append(tuple(cells))
    return named


def test_it_is_the_one_we_know() -> None:
    """A changed digest would make every table of every lake look new."""
    assert digest_arrow(table_of(ROWS)) == GOLDEN


def test_rows_are_hashed_alike_however_many_are_taken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "_AT_ONCE", 1)
    assert digest_arrow(table_of(ROWS)) == GOLDEN


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([4_000_000, -719_162, None], pa.date32()), ["12921-08-18", "0001-01-01", None]),
        (
            pa.array([0, 1_500_000, -1], pa.timestamp("us")),
            [f"1970-01-01 00:00:0{s}" for s in ("0", "1.5")] + ["1969-12-31 23:59:59.999999"],
        ),
        (
            pa.array(["0", "0.0000000001", "-7.25"]).cast(pa.decimal128(38, 10)),
            ["0.0000000000", "0.0000000001", "-7.2500000000"],
        ),
        (pa.array(["0", "0.000001", "1000000"]).cast(pa.decimal128(20, 6)), ["0.000000", "0.000001", "1000000.000000"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([None, None], pa.int64()), [None, None]),
    ],
)
def test_a_value_is_hashed_as_its_text(values: pa.Array, texts: list[str | None]) -> None:
    """Plainly: without an exponent, and without a fraction of a second that is not there."""
    assert digest_arrow(pa.table({"a": values})) == digest_arrow(pa.table({"a": pa.array(texts, pa.string())}))


def test_days_beyond_those_that_can_be_written_are_hashed_as_well() -> None:
    """Python has years to 9999, Arrow writes them to 32767."""
    digests = {
        digest_arrow(pa.table({"a": pa.array([days], pa.date32())})) for days in (4_000_000, 40_000_000, 40_000_001)
    }
    assert len(digests) == 3


def test_order_and_layout_do_not_matter() -> None:
    table = table_of(ROWS)
    assert digest_arrow(table_of(ROWS[::-1])) == GOLDEN
    assert digest_arrow(pa.concat_tables([table.slice(3), table.slice(0, 3)])) == GOLDEN
    assert digest_arrow(table.select(table.column_names[::-1])) == GOLDEN


def test_an_empty_table_has_one() -> None:
    assert digest_arrow(table_of([])) == Digest(0, "0", "0")


CELL = st.one_of(st.none(), st.text(alphabet="a1:~[]", max_size=3))
TWO = st.tuples(st.lists(st.tuples(CELL, CELL), max_size=4), st.lists(st.tuples(CELL, CELL), max_size=4))


@rules(max_examples=60, deadline=None)
@given(TWO)
def test_two_tables_agree_exactly_when_their_rows_do(two: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]) -> None:
    left, right = (
        digest_arrow(
            pa.table(
                {"a": pa.array([r[0] for r in rows], pa.string()), "b": pa.array([r[1] for r in rows], pa.string())}
            )
        )
        for rows in two
    )
    same = sorted(map(repr, two[0])) == sorted(map(repr, two[1]))
    assert (left == right) is same


def _changed(column: str, value: Any) -> list[tuple[Any, ...]]:
    place = SCHEMA.names.index(column)
    return [(*ROWS[0][:place], value, *ROWS[0][place + 1 :]), *ROWS[1:]]


CHANGES = [
    ("t", "东莞𬭬'\"\\ "), ("t", ""), ("t", None), ("n", 2), ("i", None), ("d", Decimal("1.500001")), ("b", False),
    ("on_day", date(2024, 2, 28)), ("at", _AT.replace(microsecond=1)), ("tags", ["a", None]), ("tags", ["a", "", None]),
    ("tags", ["a", None, "", None]), ("tags", None), ("pair", ("y", 2)), ("pair", (None, 1)), ("many", [("k", None)]),
    ("many", []),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), CHANGES)
def test_any_changed_cell_changes_the_content(column: str, value: Any) -> None:
    changed = digest_arrow(table_of(_changed(column, value)))
    assert (changed.rows, changed.provenance) == (GOLDEN.rows, GOLDEN.provenance)
    assert changed.content != GOLDEN.content


@pytest.mark.parametrize(
    ("column", "value"), [("_load_id", "m"), ("_load_id", None), ("_flag", ("f", "g")), ("_flag", (None, "f"))]
)
def test_where_it_came_from_changes_the_provenance_alone(column: str, value: Any) -> None:
    changed = digest_arrow(table_of(_changed(column, value)))
    assert changed.content == GOLDEN.content
    assert changed.provenance != GOLDEN.provenance


@pytest.mark.parametrize("kind", [pa.float64(), pa.map_(pa.string(), pa.string())])
def test_types_that_engines_write_differently_are_refused(kind: pa.DataType) -> None:
    with pytest.raises(TypeError, match="a lake table has no"):
        digest_arrow(pa.table({"x": pa.array([None], kind)}))


@pytest.mark.engine
@pytest.mark.parametrize(
    "shaped",
    [lambda df: df, lambda df: df.repartition(3), lambda df: df.orderBy("n").select(*reversed(df.columns))],
    ids=["as it is", "in three parts", "in another order"],
)
def test_every_engine_computes_the_same(session: SparkSession, shaped: Callable[[DataFrame], DataFrame]) -> None:
    frame = shaped(session.createDataFrame(table_of(ROWS)))
    assert aggregate_digest(with_digests(frame)) == GOLDEN


@pytest.mark.engine
def test_every_engine_sees_every_changed_cell(session: SparkSession) -> None:
    for column, value in CHANGES:
        table = table_of(_changed(column, value))
        assert aggregate_digest(with_digests(session.createDataFrame(table))) == digest_arrow(table), column
    empty = session.createDataFrame([], DDL)
    assert aggregate_digest(with_digests(empty)) == Digest(0, "0", "0")
    with pytest.raises(TypeError, match="double"):
        with_digests(session.sql("SELECT CAST(1 AS DOUBLE) AS x"))
