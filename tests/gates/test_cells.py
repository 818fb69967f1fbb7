"""What is counted for a whole table at once is what Great Expectations' own expectations say, one by one."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.gates import Rule, cells
from jobs.gates.engine import evaluate

TEXTS = st.sampled_from(["a", "b", "", "甲", None])
MIXED = {
    "text": TEXTS,
    "flag": st.sampled_from([True, False, None]),
    "number": st.sampled_from([0, 1, 2.5, None]),
    "other": st.sampled_from([0, 1, 2.5, None]),
}
KINDS = [cells.NOT_NULL, cells.IN_SET, cells.NOT_IN_SET, cells.BETWEEN, cells.EQUAL, cells.GREATER]
VALUES = st.lists(st.sampled_from(["a", "", "甲", 0, 1, 2.5, True, False]), max_size=4)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Up to eight rows of three columns, values of several types among them, missing ones as None or NaN."""
    size = draw(st.integers(0, 8))
    columns = {name: draw(st.lists(cell, min_size=size, max_size=size)) for name, cell in MIXED.items()}
    return pd.DataFrame(columns, dtype=draw(st.sampled_from([object, None])))


LIMITS = st.sampled_from([{"min_value": 1}, {"max_value": 1.5}, {"min_value": 0, "max_value": 1}])
IGNORED = st.sampled_from(
    [{}, {"ignore_row_if": "both_values_are_missing"}, {"ignore_row_if": "either_value_is_missing"}]
)


@st.composite
def arguments(draw: st.DrawFn, kind: str) -> dict[str, object]:
    """What a rule of the kind is told, over columns that are there, or not."""
    names = st.sampled_from([*MIXED, "absent"])
    if kind in (cells.EQUAL, cells.GREATER):
        more = draw(st.sampled_from([{}, {"or_equal": True}])) if kind == cells.GREATER else {}
        return {"column_A": draw(names), "column_B": draw(names)} | draw(IGNORED) | more
    told = {cells.NOT_NULL: st.just({}), cells.BETWEEN: LIMITS}
    return {"column": draw(names)} | draw(told.get(kind, st.fixed_dictionaries({"value_set": VALUES})))


@st.composite
def suites(draw: st.DrawFn) -> list[Rule]:
    """Rules of all kinds that are counted."""
    rules = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS))
        args = draw(arguments(kind))
        if draw(st.booleans()):
            args["mostly"] = draw(st.sampled_from([0, 0.25, 0.5, 2 / 3, 1]))
        rules.append(Rule(f"rule {number}", kind, args, "warning", "0301", ""))
    return rules


def said(rules: list[Rule], frame: pd.DataFrame, by_row: bool) -> list[tuple[str, int, int, frozenset[int]]]:
    found = evaluate(rules, frame, by_row)
    return [(result.outcome, result.checked, result.failed, result.rows) for result in found]


@settings(max_examples=100, deadline=None)
@given(frames(), suites(), st.booleans())
def test_counts_and_outcomes_are_those_of_single_expectations(
    frame: pd.DataFrame, rules: list[Rule], by_row: bool
) -> None:
    together = said(rules, frame, by_row)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "looks_at_cells", lambda rule: False)
        one_by_one = said(rules, frame, by_row)
    assert together == one_by_one


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        (cells.IN_SET, {"column": "text", "value_set": ["a"], "row_condition": "number > 1"}),
        (cells.IN_SET, {"column": "text", "value_set": ["a"], "mostly": 2}),
        (cells.IN_SET, {"column": "text"}),
        (cells.IN_SET, {"column": ["text"], "value_set": ["a"]}),
        (cells.IN_SET, {"column": "text", "value_set": [pd.Timestamp("2026-03-02")]}),
        (cells.BETWEEN, {"column": "number"}),
        (cells.BETWEEN, {"column": "number", "min_value": 2, "max_value": 1}),
        (cells.BETWEEN, {"column": "text", "min_value": "2026-03-02"}),
        (cells.EQUAL, {"column_A": "number", "column_B": "other", "ignore_row_if": "never"}),
    ],
    ids=[
        "a condition",
        "an impossible share",
        "no values",
        "no single column",
        "values that are not plain",
        "no limits",
        "limits that nothing meets",
        "limits that are no numbers",
        "missing values compared",
    ],
)
def test_what_is_not_understood_is_left_to_great_expectations(kind: str, args: dict[str, object]) -> None:
    assert not cells.looks_at_cells(Rule("rule", kind, args, "warning", "0301", ""))
