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
}
VALUES = st.lists(st.sampled_from(["a", "", "甲", 0, 1, 2.5, True, False]), max_size=4)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Up to eight rows of three columns, values of several types among them, missing ones as None or NaN."""
    size = draw(st.integers(0, 8))
    columns = {name: draw(st.lists(cell, min_size=size, max_size=size)) for name, cell in MIXED.items()}
    return pd.DataFrame(columns, dtype=draw(st.sampled_from([object, None])))


@st.composite
def suites(draw: st.DrawFn) -> list[Rule]:
    """Rules of the three kinds over columns that are there, or not."""
    rules = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from([cells.NOT_NULL, cells.IN_SET, cells.NOT_IN_SET]))
        args = {"column": draw(st.sampled_from([*MIXED, "absent"]))}
        if kind != cells.NOT_NULL:
            args["value_set"] = draw(VALUES)
        if draw(st.booleans()):
            args["mostly"] = draw(st.sampled_from([0, 0.25, 0.5, 2 / 3, 1]))
        rules.append(Rule(f"rule {number}", kind, args, "warning", "0301", ""))
    return rules


def said(rules: list[Rule], frame: pd.DataFrame) -> list[tuple[str, int, int]]:
    return [(result.outcome, result.checked, result.failed) for result in evaluate(rules, frame)]


@settings(max_examples=60, deadline=None)
@given(frames(), suites())
def test_counts_and_outcomes_are_those_of_single_expectations(frame: pd.DataFrame, rules: list[Rule]) -> None:
    together = said(rules, frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "looks_at_cells", lambda rule: False)
        one_by_one = said(rules, frame)
    assert together == one_by_one


@pytest.mark.parametrize(
    "args",
    [
        {"column": "text", "value_set": ["a"], "row_condition": "number > 1"},
        {"column": "text", "value_set": ["a"], "mostly": 2},
        {"column": "text"},
        {"column": ["text"], "value_set": ["a"]},
        {"column": "text", "value_set": [pd.Timestamp("2026-03-02")]},
    ],
    ids=["a condition", "an impossible share", "no values", "no single column", "values that are not plain"],
)
def test_what_is_not_understood_is_left_to_great_expectations(args: dict[str, object]) -> None:
    assert not cells.looks_at_cells(Rule("rule", cells.IN_SET, args, "warning", "0301", ""))
