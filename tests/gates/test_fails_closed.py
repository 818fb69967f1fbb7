"""A gate that could not judge has not let anything through: each way of not judging is a case of its own."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from jobs.context import Context
from jobs.gates import Rule, Verdict, judge_table
from jobs.gates.engine import evaluate
from jobs.gates.gate import decide
from jobs.lake.journal import VERDICTS
from jobs.lake.store import Version
from jobs.settings import Settings

ROWS = pa.table({"uscc": ["a", "b", "c"], "n_staff": pa.array([1, 2, 300], pa.int64())})


def rule(expect: str, severity: str = "critical", **args: object) -> Rule:
    return Rule(f"{expect} {args.get('column', '')}", expect, dict(args), severity, "0201", expect, on="kept")


NOT_NULL = rule("expect_column_values_to_not_be_null", column="uscc")
SMALL = rule("expect_column_values_to_be_between", column="n_staff", max_value=100)


@pytest.fixture
def ctx(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(replace(settings, home=tmp_path_factory.mktemp("gate")), "2026-03-02")


@pytest.fixture
def version(ctx: Context) -> Version:
    return ctx.lake.write_table("fused", "organisation", ROWS)


def judge(ctx: Context, version: Version, rules: list[Rule], rows: pa.Table = ROWS) -> Verdict:
    return judge_table(ctx, [version], rules, lambda: {"arrived": rows, "kept": rows})


def test_what_holds_passes_and_only_then_is_readable(ctx: Context, version: Version) -> None:
    assert ctx.lake.passed("fused", "organisation") is None
    assert judge(ctx, version, [NOT_NULL]).outcome == "passed"
    passed = ctx.lake.passed("fused", "organisation")
    assert passed is not None and passed.number == version.number


def test_what_fails_is_counted_and_blocked(ctx: Context, version: Version) -> None:
    verdict = judge(ctx, version, [NOT_NULL, SMALL])
    assert verdict.blocked
    assert [(r.checked, r.failed) for r in verdict.results] == [(3, 0), (3, 1)]
    assert ctx.lake.passed("fused", "organisation") is None


def test_a_warning_lets_through_and_says_so(ctx: Context, version: Version) -> None:
    assert judge(ctx, version, [NOT_NULL, replace(SMALL, severity="warning")]).outcome == "warned"
    assert ctx.lake.passed("fused", "organisation") is not None


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([rule("expect_column_values_to_not_be_null", column="absent")], id="a column that is missing"),
        pytest.param([rule("expect_column_values_to_be_lucky", column="uscc")], id="a rule nobody knows"),
        pytest.param([rule("expect_column_values_to_be_between", columns="uscc")], id="an argument nobody knows"),
        pytest.param(
            [rule("expect_column_values_to_be_between", column="uscc", max_value=3)], id="an exception inside a rule"
        ),
    ],
)
@pytest.mark.parametrize("others", [[], [NOT_NULL]], ids=["alone", "beside one that holds"])
def test_what_was_not_judged_is_blocked(ctx: Context, version: Version, rules: list[Rule], others: list[Rule]) -> None:
    verdict = judge(ctx, version, others + rules)
    assert verdict.blocked and verdict.reason
    assert ctx.lake.passed("fused", "organisation") is None


def test_no_rule_at_all_blocks(ctx: Context, version: Version) -> None:
    verdict = judge(ctx, version, [])
    assert verdict.blocked and verdict.reason == "未评任何规则"
    assert ctx.lake.passed("fused", "organisation") is None


def test_an_error_blocks_even_where_a_failure_would_only_warn(ctx: Context, version: Version) -> None:
    absent = rule("expect_column_values_to_not_be_null", severity="info", column="absent")
    assert judge(ctx, version, [absent]).blocked


def test_a_result_that_got_lost_blocks() -> None:
    results = evaluate([NOT_NULL, SMALL], ROWS)
    assert decide([NOT_NULL, SMALL], results[:1]).blocked


def test_another_version_than_the_judged_one_is_not_readable(ctx: Context, version: Version) -> None:
    judge(ctx, version, [NOT_NULL])
    later = ctx.lake.write_table("fused", "organisation", ROWS.slice(0, 1))
    assert later.number != version.number
    passed = ctx.lake.passed("fused", "organisation")
    assert passed is not None and passed.number == version.number
    assert ctx.lake.read_arrow("fused", "organisation").num_rows == 3


def test_a_changed_rule_is_judged_again(ctx: Context, version: Version) -> None:
    judge(ctx, version, [NOT_NULL])
    same = replace(version, changed=False)
    assert judge(ctx, same, [NOT_NULL]).outcome == "passed"
    assert judge(ctx, same, [NOT_NULL, SMALL]).blocked


def test_no_message_holds_a_value_of_a_row(ctx: Context, version: Version) -> None:
    secret = pa.table({"uscc": ["441900199001011234", None, "x"], "n_staff": ["441900199001011234", "1", "2"]})
    verdict = judge(ctx, version, [NOT_NULL, SMALL], secret)
    noted = ctx.journal.newest(VERDICTS, "layer", "name", layer="fused", name="organisation")
    assert verdict.blocked
    assert "441900199001011234" not in f"{verdict.reason} {verdict.results} {noted}"
