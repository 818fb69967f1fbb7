"""Versions do not depend on how rows lie or when deliveries came: only on period and sequence, as the model says."""

from __future__ import annotations

from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.lake.memory import in_memory
from jobs.standardise.versions import fates_sql
from tests.standardise.model import Row, Version, replay

Told = dict[tuple[str, int], tuple[int, int | None, str, int, int]]

rows = st.lists(
    st.builds(
        Row,
        key=st.sampled_from(["a", "b", "c"]),
        rank=st.integers(1, 5),
        row_no=st.integers(1, 900),
        text=st.sampled_from(["x", "y", "z"]),
        deleted=st.booleans(),
        good=st.sampled_from([True, True, True, False]),
    ),
    max_size=25,
    unique_by=lambda row: (row.rank, row.row_no),
).map(lambda found: [row._replace(text=f"{row.text}{'-' if row.deleted else '+'}") for row in found])


def told_by_model(found: list[Row], mode: str, last: int) -> Told:
    def facts(version: Version) -> tuple[int, int | None, str, int, int]:
        return version.row.order, version.ended, version.fate, version.duplicates, version.replaced

    return {name: facts(version) for name, version in replay(found, mode, last).items()}


def told_by_sql(found: list[Row], mode: str, last: int) -> Told:
    table = pa.table(
        {
            "_key": pa.array([row.key for row in found], pa.string()),
            "_row_no": pa.array([row.row_no for row in found], pa.int64()),
            "_row_hash": pa.array([row.text for row in found], pa.string()),
            "_order": pa.array([row.order for row in found], pa.int64()),
            "_snapshot": pa.array([row.rank for row in found], pa.int32()),
            "_deleted": pa.array([row.deleted for row in found], pa.bool_()),
            "_good": pa.array([row.good for row in found], pa.bool_()),
            "_place": pa.array([row.rank * 1000 + row.row_no for row in found], pa.int64()),
        }
    )
    with in_memory(slim=table) as connection:
        answer = connection.execute(fates_sql("slim", mode, last, "_key", "_place")).to_arrow_table().to_pylist()
    return {
        (row["_key"], row["_place"]): (
            row["_from_seq"],
            row["_to_seq"],
            row["_fate"],
            row["_n_duplicates"],
            row["_n_replaced"],
        )
        for row in answer
    }


@pytest.mark.parametrize("mode", ["full", "incremental", "cdc"])
@given(found=rows, seed=st.integers(0, 2**16))
@settings(max_examples=150, deadline=None)
def test_versions_are_what_the_model_says_however_the_rows_lie(mode: str, found: list[Row], seed: int) -> None:
    shuffled = Random(seed).sample(found, len(found))
    assert told_by_sql(shuffled, mode, 5) == told_by_model(found, mode, 5)


@pytest.mark.parametrize("mode", ["full", "incremental"])
@given(found=rows)
@settings(max_examples=60, deadline=None)
def test_every_landed_row_is_accounted_for(mode: str, found: list[Row]) -> None:
    """Landed = quarantined + versions + the rows that versions stand for."""
    versions = told_by_sql(found, mode, 5).values()
    assert len(found) == sum(not row.good for row in found) + sum(1 + same + other for *_, same, other in versions)


def test_a_b_a_ends_at_a() -> None:
    found = [Row("k", 1, 1, "a", False, True), Row("k", 2, 1, "b", False, True), Row("k", 3, 1, "a", False, True)]
    told = told_by_sql(found, "incremental", 3)
    assert told == {
        ("k", 1001): (100, 200, "superseded", 0, 0),
        ("k", 2001): (200, 300, "superseded", 0, 0),
        ("k", 3001): (300, None, "current", 0, 0),
    }


def test_a_quarantined_row_keeps_its_key_alive_in_a_full_load() -> None:
    found = [Row("k", 1, 1, "a", False, True), Row("k", 2, 1, "?", False, False)]
    assert told_by_sql(found, "full", 2) == {("k", 1001): (100, None, "current", 0, 0)}
    assert told_by_sql(found[:1], "full", 2) == {("k", 1001): (100, 100, "withdrawn", 0, 0)}
