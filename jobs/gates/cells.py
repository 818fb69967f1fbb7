"""Rules that look at one cell of a row, or at two, as one expectation a table: ``expect_cells``.

Great Expectations plans eight metrics for each rule on its own, which takes ten times as long as counting. Here a
metric counts the failing rows of all such rules, and the expectation holds each against its ``mostly``. A test holds
the counts and outcomes to those of Great Expectations' own expectations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from pandas.api.types import is_numeric_dtype

from jobs.gates.suite import Rule

NOT_NULL, IN_SET, NOT_IN_SET, BETWEEN = (
    f"expect_column_values_to_{what}" for what in ("not_be_null", "be_in_set", "not_be_in_set", "be_between")
)
EQUAL, GREATER = (f"expect_column_pair_values_{what}" for what in ("to_be_equal", "a_to_be_greater_than_b"))
_PAIR = {"column_A", "column_B"}
_ARGUMENTS = {
    NOT_NULL: ({"column"}, set()),
    IN_SET: ({"column", "value_set"}, set()),
    NOT_IN_SET: ({"column", "value_set"}, set()),
    BETWEEN: ({"column"}, {"min_value", "max_value"}),
    EQUAL: (_PAIR, {"ignore_row_if"}),
    GREATER: (_PAIR, {"ignore_row_if", "or_equal"}),
}
"""Arguments that a kind of rule needs, and those it may have beside ``mostly``."""
_IGNORED = {"both_values_are_missing": np.logical_and.reduce, "either_value_is_missing": np.logical_or.reduce}
_METRIC = "table.cell_counts"
CELLS = "cells"
"""Name of the expectation among a suite's."""

Mask = npt.NDArray[np.bool_]
Counted = tuple[int, Mask]
"""How many rows say something, and which of all fail."""


def looks_at_cells(rule: Rule) -> bool:
    """Whether the rule can be counted here: it is of a known kind, with plain arguments that are known and no other."""
    needed, optional = _ARGUMENTS.get(rule.expect, (set(), set()))
    args = rule.args
    if not needed or not needed <= set(args) <= needed | optional | {"mostly"}:
        return False
    is_share = _is_number(args.get("mostly", 1.0)) and 0 <= args.get("mostly", 1.0) <= 1
    plain = all(isinstance(value, str | int | float) for value in args.get("value_set", ()))
    named = all(isinstance(args[name], str) for name in needed - {"value_set"})
    ignored = args.get("ignore_row_if", "both_values_are_missing") in _IGNORED
    return named and is_share and plain and ignored and _has_limits(rule)


def _has_limits(rule: Rule) -> bool:
    """Numbers to lie between, the lower one first, where the rule asks for any."""
    limits = [rule.args[name] for name in ("min_value", "max_value") if name in rule.args]
    return rule.expect != BETWEEN or bool(limits) and all(map(_is_number, limits)) and limits == sorted(limits)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def expect_cells(rules: Iterable[Rule], by_row: bool) -> BatchExpectation:
    """One expectation for all ``rules``, each of which :func:`looks_at_cells`; ``by_row`` names the failing rows."""
    asked = [[rule.id, rule.expect, rule.args] for rule in rules]
    return ExpectCells(rules=json.dumps(asked), by_row=by_row, meta={"rule": CELLS})


class CellCounts(TableMetricProvider):  # type: ignore[misc]
    """For each rule ``[rows that say something, failing rows, their positions where asked for]``, or None where it
    cannot be judged."""

    metric_name = _METRIC
    value_keys = ("rules", "by_row")

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls: Any, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any
    ) -> dict[str, tuple[int, int, list[int]] | None]:
        frame, _compute, _access = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
        asked, by_row = json.loads(metric_value_kwargs["rules"]), metric_value_kwargs["by_row"]
        return {rule: _summed(_count(frame, kind, args), by_row) for rule, kind, args in asked}


class ExpectCells(BatchExpectation):  # type: ignore[misc]
    """Expect the cells of many columns to be as their rules say; ``rules`` is JSON of ``[id, kind, arguments]``."""

    rules: str
    by_row: bool
    metric_dependencies = (_METRIC,)
    success_keys = ("rules", "by_row")
    args_keys = ("rules", "by_row")

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:
        outcomes = {
            rule: _outcome(metrics[_METRIC][rule], args.get("mostly", 1.0))
            for rule, _kind, args in json.loads(self.rules)
        }
        success = all(outcome is not None and outcome[2] for outcome in outcomes.values())
        return {"success": success, "result": {"observed_value": outcomes}}


def _outcome(counts: tuple[int, int, list[int]] | None, mostly: float) -> tuple[int, int, bool, list[int]] | None:
    """Counts with whether enough rows are as they should be; of no rows there is nothing to say."""
    if counts is None:
        return None
    checked, failed, rows = counts
    return checked, failed, checked == 0 or (checked - failed) / checked >= mostly, rows


def _summed(counted: Counted | None, by_row: bool) -> tuple[int, int, list[int]] | None:
    """What is kept of one rule's count: a row's mark a rule would be as much again as the table."""
    if counted is None:
        return None
    checked, fails = counted
    return checked, int(fails.sum()), np.flatnonzero(fails).tolist() if by_row else []


def _count(frame: pd.DataFrame, kind: str, args: dict[str, Any]) -> Counted | None:
    if kind in (EQUAL, GREATER):
        return _count_pairs(frame, kind, args)
    if args["column"] not in frame.columns:
        return None
    column = frame[args["column"]]
    missing = column.isna().to_numpy()
    if kind == NOT_NULL:
        return len(column), missing
    good = _between(column[~missing], args) if kind == BETWEEN else column[~missing].isin(args["value_set"]).to_numpy()
    if good is None:
        return None
    fails = ~missing
    fails[fails] = good if kind == NOT_IN_SET else ~good
    return int(len(missing) - missing.sum()), fails


def _between(present: pd.Series, args: dict[str, Any]) -> Mask | None:
    """Which values lie within the limits; None where they are no numbers."""
    if not (all(map(_is_number, present)) if present.dtype == object else is_numeric_dtype(present.dtype)):
        return None if len(present) else np.ones(0, bool)
    values = present.to_numpy()
    good: Mask = (values >= args.get("min_value", -np.inf)) & (values <= args.get("max_value", np.inf))
    return good.astype(bool)


def _count_pairs(frame: pd.DataFrame, kind: str, args: dict[str, Any]) -> Counted | None:
    names = [args["column_A"], args["column_B"]]
    if not set(names) <= set(frame.columns):
        return None
    one, other = (frame[name] for name in names)
    ignores = _IGNORED[args.get("ignore_row_if", "both_values_are_missing")]
    fails = ~ignores([one.isna().to_numpy(), other.isna().to_numpy()])
    one, other = one[fails], other[fails]
    try:
        good = one == other if kind == EQUAL else one >= other if args.get("or_equal") else one > other
    except TypeError:
        return None
    checked = int(fails.sum())
    fails[fails] = ~good.to_numpy(bool)
    return checked, fails
