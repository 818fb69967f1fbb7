"""Rules that only look at single cells, as one expectation a table: ``expect_cells``.

Great Expectations plans eight metrics for each rule on its own, which takes ten times as long as counting. Here a
metric counts the failing cells of all such rules, and the expectation holds each against its ``mostly``. A test holds
the counts and outcomes to those of Great Expectations' own expectations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from jobs.gates.suite import Rule

NOT_NULL, IN_SET, NOT_IN_SET = (
    f"expect_column_values_to_{what}" for what in ("not_be_null", "be_in_set", "not_be_in_set")
)
_ARGUMENTS = {
    NOT_NULL: {"column", "mostly"},
    IN_SET: {"column", "mostly", "value_set"},
    NOT_IN_SET: {"column", "mostly", "value_set"},
}
_METRIC = "table.cell_counts"
CELLS = "cells"
"""Name of the expectation among a suite's."""


def looks_at_cells(rule: Rule) -> bool:
    """Whether the rule can be counted here: one of three kinds, with plain arguments that are known and no other."""
    known, args = _ARGUMENTS.get(rule.expect, set()), rule.args
    if not known or not known - {"mostly"} <= set(args) <= known:
        return False
    is_share = isinstance(args.get("mostly", 1.0), int | float) and 0 <= args.get("mostly", 1.0) <= 1
    plain = all(isinstance(value, str | int | float) for value in args.get("value_set", ()))
    return isinstance(args["column"], str) and is_share and plain


def expect_cells(rules: Iterable[Rule]) -> BatchExpectation:
    """One expectation for all ``rules``, each of which :func:`looks_at_cells`."""
    asked = [[rule.id, rule.expect, rule.args] for rule in rules]
    return ExpectCells(rules=json.dumps(asked), meta={"rule": CELLS})


class CellCounts(TableMetricProvider):  # type: ignore[misc]
    """For each rule ``[cells that say something, failing cells]``, or None where it cannot be counted."""

    metric_name = _METRIC
    value_keys = ("rules",)

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls: Any, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any
    ) -> dict[str, list[int] | None]:
        frame, _compute, _access = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
        asked = json.loads(metric_value_kwargs["rules"])
        return {rule: _count(frame, kind, args) for rule, kind, args in asked}


class ExpectCells(BatchExpectation):  # type: ignore[misc]
    """Expect the cells of many columns to be as their rules say; ``rules`` is JSON of ``[id, kind, arguments]``."""

    rules: str
    metric_dependencies = (_METRIC,)
    success_keys = ("rules",)
    args_keys = ("rules",)

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:
        outcomes = {
            rule: _outcome(metrics[_METRIC][rule], args.get("mostly", 1.0))
            for rule, _kind, args in json.loads(self.rules)
        }
        success = all(outcome is not None and outcome[2] for outcome in outcomes.values())
        return {"success": success, "result": {"observed_value": outcomes}}


def _outcome(counts: list[int] | None, mostly: float) -> tuple[int, int, bool] | None:
    """Counts with whether enough cells are as they should be; of no cells there is nothing to say."""
    if counts is None:
        return None
    checked, failed = counts
    return checked, failed, checked == 0 or (checked - failed) / checked >= mostly


def _count(frame: pd.DataFrame, kind: str, args: dict[str, Any]) -> list[int] | None:
    if args["column"] not in frame.columns:
        return None
    column = frame[args["column"]]
    if kind == NOT_NULL:
        return [len(column), int(column.isna().sum())]
    present = column.dropna()
    found = int(present.isin(args["value_set"]).sum())
    return [len(present), found if kind == NOT_IN_SET else len(present) - found]
