"""Tables that hold almost nothing are found by what they had, by what is declared, and by their cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.audit.emptiness import of_emptiness
from jobs.audit.facts import Facts
from jobs.contracts import Catalog, Resource, load_catalog
from tests.audit.test_arrivals import row
from tests.audit.test_calendar import resource
from tests.land.home import make_home

FIELDS = [{"name": name, "label": name, "element": f"element_{n}"} for n, name in enumerate(("编号", "姓名"))]


def catalog_of(tmp_path: Path, *resources: Resource) -> Catalog:
    make_home(tmp_path)
    loaded = load_catalog(tmp_path)
    access = loaded.access["dep.sys.thing"]
    held = {one.id: one for one in resources}
    return Catalog(**{**vars(loaded), "resources": held, "access": dict.fromkeys(held, access)})


def made(name: str = "thing", mode: str = "full", **more: Any) -> Resource:
    one = resource("daily", load={"mode": mode, "key": ["编号"]}, fields=FIELDS, **more)
    return one.model_copy(update={"id": f"dep.sys.{name}"})


def found(
    tmp_path: Path, current: dict[str, int], counts: list[int], *resources: Resource, state: str = "built"
) -> list[tuple[str, str]]:
    deliveries = {one.id: [row(day, count) for day, count in enumerate(counts, 1)] for one in resources}
    ledger = [{"resource": one.id, "current": current[one.id.rpartition(".")[2]]} for one in resources]
    catalog = catalog_of(tmp_path, *resources)
    steps = {("standardised", one.id): {"state": state} for one in resources} if state else {}
    rows = of_emptiness(catalog, Facts("2026-03-31", deliveries, [], {}, steps, {}), ledger, lambda _: [])
    return [(one["resource"].rpartition(".")[2], one["rule"]) for one in rows]


@pytest.mark.parametrize(
    ("mode", "counts", "current", "rules"),
    [
        ("full", [1000, 600, 300, 100, 49], 49, ["against_before"]),
        ("full", [1000, 600, 300, 100, 60], 60, []),
        ("full", [19, 1], 0, []),
        ("full", [30, 30], 0, ["against_before"]),
        ("incremental", [1000, 3], 3, []),
        ("incremental", [1000, 3], 0, ["against_before"]),
    ],
)
def test_hardly_any_of_what_it_had(
    tmp_path: Path, mode: str, counts: list[int], current: int, rules: list[str]
) -> None:
    assert [rule for _, rule in found(tmp_path, {"thing": current}, counts, made(mode=mode))] == rules


@pytest.mark.parametrize("state", ["blocked", ""])
def test_a_table_that_is_stopped_or_not_made_yet_says_nothing_of_its_source(tmp_path: Path, state: str) -> None:
    assert found(tmp_path, {"thing": 0}, [100], made(), state=state) == []


def test_what_is_declared_to_be_almost_empty_is_not_found_again(tmp_path: Path) -> None:
    assert found(tmp_path, {"thing": 0}, [100], made(almost_empty=True)) == []


def test_hardly_any_of_the_declared_rows_where_others_reach_theirs(tmp_path: Path) -> None:
    declared = [made(name, volume="1000000") for name in "abc"]
    city = {"a": 900_000, "b": 1_000_000, "c": 40_000}
    assert found(tmp_path, city, [40_000], *declared) == [("c", "against_declared")]
    assert found(tmp_path, city | {"c": 60_000}, [60_000], *declared) == []
    assert found(tmp_path, {"a": 900, "b": 1_000, "c": 9}, [9], *declared) == [], "a sample of a city is no empty city"
    yearly = made("c", volume="1000000/年")
    assert found(tmp_path, city, [40_000], *declared[:2], yearly) == []


@pytest.mark.parametrize(
    ("filled", "sampled", "rules"), [(0, 0, ["cells"]), (4, 0, ["cells"]), (6, 0, []), (0, 90, [])]
)
def test_hardly_a_cell_is_filled(tmp_path: Path, filled: int, sampled: int, rules: list[str]) -> None:
    one = made()
    texts = ["x"] * filled + [""] * 50 + [None] * (50 - filled)
    table = {"element_1": pa.array(texts, pa.string()), "_fate": pa.array(["current"] * 100)}
    old = {"element_1": pa.array(["x"] * 100, pa.string()), "_fate": pa.array(["superseded"] * 100)}
    path = tmp_path / "t.parquet"
    pq.write_table(pa.concat_tables([pa.table(table), pa.table(old)]), path)
    noted = {"traits": {"shapes": {"姓名": ["empty", 100, sampled, 0], "编号": ["number", 100, 100, 0]}}}
    steps = {("standardised", one.id): {"state": "built"}}
    facts = Facts("2026-03-31", {one.id: [row(1, 100)]}, [], {}, steps, {"load 1": noted})
    ledger = [{"resource": one.id, "current": 100}]
    rows = [*of_emptiness(catalog_of(tmp_path, one), facts, ledger, lambda _: [str(path)])]
    assert [(r["rule"], r["severity"]) for r in rows] == [(rule, "warning") for rule in rules]
    assert all("（规则：单元格）" in r["what"] and f"{filled} 格" in r["what"] for r in rows)
