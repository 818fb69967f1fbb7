"""What a gate counts of the rows that were set aside: those that still stand, not those that were put right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.context import Context
from jobs.gates import Rule
from jobs.gates.arrived import standing
from jobs.gates.engine import evaluate, judged_columns
from jobs.pipeline import run_pipeline
from jobs.pipeline.run import DONE, PARTLY
from jobs.settings import Settings
from tests.land.home import RESOURCE, make_home

WRONG, RIGHT = "编号,姓名,地址\na,甲,东\nb,锟斤拷,西\n", "编号,姓名,地址\na,甲,东\nb,乙,西\n"


def rows(*those: tuple[str, int, str]) -> pa.Table:
    """(key, place of the delivery, fate) of each row."""
    names = ("_key", "_from_seq", "_fate")
    return pa.table({name: pa.array([row[n] for row in those]) for n, name in enumerate(names)})


SET_ASIDE = rows(("a", 10, "quarantined"), ("b", 20, "quarantined"), ("c", 10, "quarantined"))
KEPT = rows(("a", 20, "current"), ("b", 10, "current"), ("c", 20, "superseded"))


@pytest.mark.parametrize(
    ("newest", "stand"),
    [
        pytest.param(20, ["b"], id="in a full load those of the newest delivery"),
        pytest.param(30, [], id="none of a newest that is all good"),
        pytest.param(None, ["b", "c"], id="in an increment those whose key has no later current row"),
    ],
)
def test_what_nothing_has_taken_the_place_of_stands(newest: int | None, stand: list[str]) -> None:
    assert standing(SET_ASIDE, KEPT, newest).column("_key").to_pylist() == stand


def test_a_rule_about_the_whole_table_counts_rows_though_it_names_no_column() -> None:
    rule = Rule("rows", "expect_table_row_count_to_be_between", {"min_value": 4}, "critical", "0202", "rows")
    assert judged_columns([rule], KEPT).num_rows == 3
    (result,) = evaluate([rule], judged_columns([rule], KEPT))
    assert result.outcome == "failed"


@pytest.mark.engine
@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_a_small_table_that_was_blocked_passes_with_the_corrected_delivery(
    settings: Settings, tmp_path: Path, mode: str
) -> None:
    make_home(tmp_path)
    file = tmp_path / "catalog" / "sources" / "dep" / "sys.yml"
    document = json.loads(file.read_text(encoding="utf-8"))
    (resource,) = document["resources"]
    resource["load"]["mode"] = mode
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    own = replace(settings, home=tmp_path)
    assert _run(own, 1, WRONG) == (PARTLY, None)
    assert _run(own, 2, RIGHT) == (DONE, 2)


def _run(own: Settings, sequence: int, text: str) -> tuple[int, int | None]:
    """Exit code of the run that takes a delivery, and the rows that passed since."""
    ctx = Context(own, "2026-03-02")
    folder = own.home / "data" / "inbox" / "dep" / "sys"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"thing_20260302_{sequence}.csv").write_text(text, encoding="utf-8")
    code = run_pipeline(ctx, "extract", "standardise").exit_code
    passed = ctx.lake.passed("standardised", RESOURCE)
    return code, passed.rows if passed else None
