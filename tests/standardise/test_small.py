"""A small table put together from shared readings equals the same table cleaned by the engine, row by row."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from jobs.contracts import load_catalog
from jobs.lake.keys import keyed_hashes
from jobs.standardise.clean import clean_cells
from jobs.standardise.contract import parts_of
from jobs.standardise.job import row_key
from jobs.standardise.policy import Standard, standard_of
from jobs.standardise.readings import read_all
from jobs.standardise.small import assembled, placed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine

KEY = b"a key of a test, sixty-four bytes at most"
TEXTS = (None, "", " ", "无", "１２３", "-5", "-0.5万元", "20240229", "2024-02-30", "2024年3月5日", "441900", "锟斤拷")
TEXTS += (
    "441900198001011234",
    "44190019800101123X",
    "91441900MA4UXXXX0X",
    "13800138000",
    "张三",
    "'",
    "a\\b",
    "D",
    "男",
    "1",
)
ORDERS = [("first", 100, 1), ("second", 200, 2)]


@pytest.fixture(scope="module")
def tables(project: Path) -> list[tuple[Standard, pa.Table]]:
    catalog = load_catalog(project)
    names = ("scjgj.reg.enterprise", "rsj.si.insured", "cgj.law.penalty", "gaj.household.person")
    found = []
    for name in names:
        standard = standard_of(catalog, catalog.resources[name], "2026-03-04")
        found.append((standard, placed(_landed(standard, Random(name)), ORDERS)))
    return found


def _landed(standard: Standard, chance: Random) -> pa.Table:
    """Sixty rows of three deliveries, the last of which does not count."""
    columns: dict[str, list[object]] = {cell.source: chance.choices(TEXTS, k=60) for cell in standard.cells}
    if standard.operation:
        columns[standard.operation] = chance.choices([None, "D", " d ", "I", *standard.deleted], k=60)
    system = {"_load_id": ["first"] * 20 + ["second"] * 20 + ["refused"] * 20, "_row_no": list(range(60))}
    types = {"_row_no": pa.int64()}
    everything = columns | system | {"_row_hash": [f"hash {n}" for n in range(60)]}
    return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in everything.items()})


def test_readings_of_many_tables_make_what_the_engine_makes_of_each(
    session: SparkSession, tables: list[tuple[Standard, pa.Table]]
) -> None:
    readings = read_all(session, tables)
    for standard, landed in tables:
        keyed = partial(keyed_hashes, KEY, standard.resource)
        small = assembled(standard, landed, readings[standard.resource], keyed)
        cleaned = clean_cells(session.createDataFrame(landed), standard).withColumn("_key", row_key(KEY, standard))
        assert _rows(small) == _rows(cleaned.toArrow()), standard.resource
        assert set(small.column_names) == set(cleaned.columns)


def test_the_rows_that_prove_it_are_not_all_alike(
    session: SparkSession, tables: list[tuple[Standard, pa.Table]]
) -> None:
    """Rules are broken, flags are set and rows are good: the comparison above has something to compare."""
    readings = read_all(session, tables)
    flags, broken = set(), set()
    for standard, landed in tables:
        rows = assembled(standard, landed, readings[standard.resource], partial(keyed_hashes, KEY, standard.resource))
        flags |= {flag for row in rows.column("_flag").to_pylist() for flag in row.values()}
        broken |= {rule.split("#")[0] for row in rows.column("_rules").to_pylist() for rule in row}
    assert {None, "repaired", "unparsed", "unseen_code", "placeholder", "malformed"} <= flags
    assert {"key_missing", "garbled", "expect_column_values_to_be_between"} <= broken


def test_a_refused_delivery_does_not_count(tables: list[tuple[Standard, pa.Table]]) -> None:
    for _, landed in tables:
        assert set(landed.column("_load_id").to_pylist()) == {"first", "second"}
        assert set(zip(landed.column("_order").to_pylist(), landed.column("_snapshot").to_pylist(), strict=True)) == {
            (100, 1),
            (200, 2),
        }


SOUND, OLD, WRONG = "441900199003071238", "441900900307123", "441900199003071230"
BORN, MALE, BOTH, NEITHER = ("differs", "repaired"), ("repaired", "differs"), ("differs", "differs"), (None, None)
BESIDE = [
    (SOUND, "19900307", "1", ("repaired", "repaired")),
    (SOUND, "19900307", "男", ("repaired", "repaired")),
    (SOUND, "19900308", "1", BORN),
    (SOUND, "19900307", "2", MALE),
    (SOUND, "1990-03-08", "女", BOTH),
    (OLD, "19900308", "2", BOTH),
    (SOUND, None, "", ("repaired", "repaired")),
    (SOUND, "90-03-08", "X", ("repaired", "repaired")),
    (WRONG, "19900308", "2", NEITHER),
    ("无", "19900308", "2", NEITHER),
]
"""Id, day of birth and sex as delivered, and the flags of what the id says of the two: where it says nothing, or
nothing stands beside it, nothing differs."""


def test_an_id_that_contradicts_the_columns_beside_it_says_so(session: SparkSession, project: Path) -> None:
    catalog = load_catalog(project)
    standard = standard_of(catalog, catalog.resources["gaj.household.person"], "2026-03-04")
    alone = replace(standard, cells=tuple(cell for cell in standard.cells if cell.against is None))
    assert len(alone.cells) == len(standard.cells) - 2
    ids, days, sexes, flags = zip(*BESIDE, strict=True)
    landed = _landed(standard, Random(1)).slice(0, len(BESIDE))
    for name, texts in (("GMSFHM", ids), ("CSRQ", days), ("XB", sexes)):
        landed = landed.set_column(landed.column_names.index(name), name, pa.array(texts, pa.string()))
    landed = placed(landed, ORDERS)
    keyed = partial(keyed_hashes, KEY, standard.resource)
    found, without = (
        [
            assembled(one, landed, read_all(session, [(one, landed)])[one.resource], keyed),
            clean_cells(session.createDataFrame(landed), one).toArrow().sort_by("_row_no"),
        ]
        for one in (standard, alone)
    )
    for table, before in zip(found, without, strict=True):
        said = table.column("_flag").to_pylist()
        assert [(flag["birth_date_in_id"], flag["sex_in_id"]) for flag in said] == list(flags)
        for name in [cell.column for cell in alone.cells]:
            assert table.column(name) == before.column(name), "what was read before is read as before"
            assert [flag[name] for flag in said] == [flag[name] for flag in before.column("_flag").to_pylist()]


def test_what_a_reading_is_held_against_is_part_of_the_contract(project: Path) -> None:
    catalog = load_catalog(project)
    standard = standard_of(catalog, catalog.resources["gaj.household.person"], "2026-03-04")
    cells = tuple(replace(cell, against=None) for cell in standard.cells)
    before, now = parts_of(replace(standard, cells=cells)), parts_of(standard)
    assert {name for name in now if now[name] != before[name]} == {"birth_date_in_id", "sex_in_id"}


def _rows(table: pa.Table) -> list[dict[str, object]]:
    found = table.select(sorted(table.column_names)).to_pylist()
    return sorted(found, key=lambda row: row["_row_no"])
