"""New codes of a code table are named with their rows; what does not look like one of its codes never is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.audit.codes import MOST, looks_like, of_codes
from jobs.audit.facts import Facts
from jobs.contracts import CodeTable
from tests.audit.test_calendar import resource
from tests.audit.test_emptiness import catalog_of


def table(*codes: str) -> CodeTable:
    return CodeTable(id="sexes", name="性别", standard="GB/T 2261.1", values=dict.fromkeys(codes, "某"))


@pytest.mark.parametrize(
    ("codes", "value", "is_code"),
    [
        (("1", "2"), "9", True),
        (("1", "2"), "12", False),
        (("01", "02"), "99", True),
        (("A011", "B022"), "C999", True),
        (("A011",), "c999", False),
        (("A",), "Z", True),
        (("CN", "US"), "LI", False),
        (("CHN", "USA"), "KIM", False),
        (("男", "女"), "张", False),
        (("1", "张三"), "李四", False),
        (("440106199001010014",), "441900198506153219", False),
    ],
)
def test_only_what_looks_like_a_code_of_its_table_is_one(codes: tuple[str, ...], value: str, is_code: bool) -> None:
    assert looks_like(table(*codes))(value) is is_code


def found(tmp_path: Path, values: dict[str, int], failed: int = 1, **field: Any) -> list[dict[str, Any]]:
    one = resource("daily", fields=[{"name": "XB", "label": "性别", "element": "sex", "code_table": "sexes"} | field])
    catalog = catalog_of(tmp_path, one)
    catalog.code_tables["sexes"] = table("1", "2", "01")
    said = [value for value, times in values.items() for _ in range(times)]
    columns = {
        "_fate": pa.array(["current"] * len(said) + ["superseded"]),
        "_flag": pa.array([{"sex": "unseen_code"}] * (len(said) + 1)),
        "_raw": pa.array([{"sex": value} for value in [*said, "7"]]),
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    result = {"rule": "unseen_code sex", "element": "sex", "failed": failed}
    facts = Facts("2026-03-31", {}, [], {("standardised", one.id): {"results": [result], "version": 3}}, {}, {})
    asked: list[tuple[str, int]] = []

    def files(name: str, version: int) -> list[str]:
        asked.append((name, version))
        return [str(tmp_path / "t.parquet")]

    rows = [*of_codes(catalog, facts, files)]
    assert asked == ([(one.id, 3)] if failed else []), "only where the verdict counted some is anything read"
    return rows


def test_codes_are_named_with_their_rows_and_a_name_in_their_column_never_is(tmp_path: Path) -> None:
    (row,) = found(tmp_path, {"9": 3, " 8 ": 1, "张三": 2, "LI": 1, "441900198506153219": 1, "13812345678": 1})
    assert row["what"] == "性别（XB）在代码表 性别 之外：9（3 行）、8（1 行）；4 种不像该表代码的值（5 行），不列出"
    assert (row["kind"], row["n_failed"], row["element"], row["indicator"]) == ("unseen_code", 9, "sex", "0105")
    assert not any(value in str(row) for value in ("张三", "LI", "441900198506153219", "13812345678"))


def test_at_most_twenty_are_named_those_of_most_rows_first(tmp_path: Path) -> None:
    (row,) = found(tmp_path, {f"{n:02d}": 1 + n % 2 for n in range(10, 40)})
    assert row["what"].count(" 行）") == MOST and "等 30 种" in row["what"]
    assert "：11（2 行）" in row["what"]


def test_nothing_is_named_where_the_code_is_read_out_of_another_text(tmp_path: Path) -> None:
    (row,) = found(tmp_path, {"9": 3}, rule="sex_in_id")
    assert row["what"].endswith("之外：1 种不像该表代码的值（3 行），不列出")


def test_without_an_unseen_code_there_is_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, {"9": 1}, failed=0) == []
