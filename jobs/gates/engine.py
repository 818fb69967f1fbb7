"""Great Expectations as an engine: a suite and a frame in, one result a rule out.

Judged by its pandas engine (0.05 s a suite): of a table the judged columns are held in memory, once as Arrow and once
as a frame. Nothing but counts leaves: no unexpected value is kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jobs.gates.suite import Rule
from jobs.rules.predicate import columns_of

if TYPE_CHECKING:
    import pandas as pd

logging.getLogger("great_expectations").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Result:
    """How one rule came out. ``outcome``: passed, failed, or error when it could not be judged."""

    rule: Rule
    outcome: str
    checked: int
    failed: int
    problem: str = ""
    rows: frozenset[int] = frozenset()
    """Positions of the failing rows, where they were asked for."""


@cache
def _context() -> Any:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine import pandas_execution_engine

    # A frame below this size is hashed cell by cell, twice, for a mark that nobody reads: a third of all the time.
    pandas_execution_engine.HASH_THRESHOLD = 0
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def evaluate(rules: list[Rule], rows: pa.Table | pd.DataFrame, by_row: bool = False) -> list[Result]:
    """Judge every rule over ``rows``; a rule that cannot be judged is an error, never a pass.

    ``by_row`` also names the failing rows, for frames that hold one row a delivery.
    """
    import great_expectations as gx

    from jobs.gates.cells import CELLS, expect_cells, looks_at_cells

    if not rules:
        return []
    cells = {rule.id: rule for rule in rules if looks_at_cells(rule)}
    known = [expectation for rule in rules if rule.id not in cells and (expectation := _expectation(rule)) is not None]
    if cells:
        known.append(expect_cells(cells.values(), by_row))
    frame = rows.to_pandas(date_as_object=True) if isinstance(rows, pa.Table) else rows
    batch = _frames().get_batch({"dataframe": _comparable(frame)})
    suite = gx.ExpectationSuite(name="suite", expectations=known)
    outcome = batch.validate(suite, result_format="COMPLETE" if by_row else "BASIC")
    answers = {item.expectation_config.meta["rule"]: item for item in outcome.results}
    counted = answers.get(CELLS)
    return [
        _counted(rule, counted) if rule.id in cells else _result(rule, answers.get(rule.id), len(frame))
        for rule in rules
    ]


def judged_columns(rules: list[Rule], rows: pa.Table) -> pa.Table:
    """The columns that the rules name, for no other needs to be carried to whoever judges; one at least, since rows
    without columns cannot be counted."""
    named = {column for rule in rules for column in columns_of(rule.args)}
    judged = [column for column in rows.column_names if column in named]
    return rows.select(judged or rows.column_names[:1])


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Decimals as floats: limits are declared as floats, and no Decimal equals the float of its own digits."""

    def is_decimal(column: str) -> bool:
        if frame[column].dtype != object:
            return False
        values = (value for value in frame[column].array if value is not None and not isinstance(value, float))
        return isinstance(next(values, None), Decimal)

    decimals = {column: float for column in frame.columns if is_decimal(column)}
    return frame.astype(decimals) if decimals else frame


@cache
def _frames() -> Any:
    """The batch definition that every frame is judged as; making one costs as much as judging three rules."""
    asset = _context().data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _expectation(rule: Rule) -> Any:
    """The expectation object, or None if Great Expectations knows no such rule or argument."""
    from pydantic.v1 import ValidationError as OldValidationError

    kind = _kind("".join(part.capitalize() for part in rule.expect.split("_")))
    if kind is None:
        return None
    try:
        return kind(**rule.args, severity=rule.severity, meta={"rule": rule.id})
    except (OldValidationError, TypeError, ValueError):
        return None


@cache
def _kind(name: str) -> Any:
    """An expectation's class that writes its configuration down once: it is asked for ninety times a rule."""
    import great_expectations.expectations as gxe
    from pydantic.v1 import PrivateAttr

    plain = getattr(gxe, name, None)
    if plain is None:
        return None

    def configuration(self: Any) -> Any:
        if self._written is None:
            self._written = plain.configuration.fget(self)
        return self._written

    members = {"_written": PrivateAttr(default=None), "configuration": property(configuration)}
    return type(plain)(name, (plain,), members | {"__module__": plain.__module__})


def _result(rule: Rule, answer: Any, rows: int) -> Result:
    if answer is None:
        return Result(rule, "error", 0, 0, "the rule was not evaluated")
    problem = _exception(answer.exception_info)
    if problem:
        return Result(rule, "error", 0, 0, problem)
    facts = answer.result or {}
    missing = int(facts.get("missing_count") or 0)
    checked = int(facts.get("element_count") or rows)
    if rule.expect not in ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null"):
        checked -= missing
    failed = int(facts.get("unexpected_count") or (0 if answer.success else 1))
    failing = frozenset(int(row) for row in facts.get("unexpected_index_list") or ())
    return Result(rule, "passed" if answer.success else "failed", checked, failed, rows=failing)


def _counted(rule: Rule, answer: Any) -> Result:
    """The result of a rule that was counted with others."""
    whole = _result(rule, answer, 0)
    if whole.outcome == "error":
        return whole
    counts = answer.result["observed_value"].get(rule.id)
    if counts is None:
        return Result(rule, "error", 0, 0, "a column is missing or of a wrong type")
    checked, failed, holds, rows = counts
    return Result(rule, "passed" if holds else "failed", checked, failed, rows=frozenset(rows))


def result_of_row(result: Result, row: int) -> Result:
    """How one row fared under a rule that was judged over many."""
    if result.outcome == "error":
        return result
    failed = row in result.rows
    return replace(result, outcome="failed" if failed else "passed", checked=1, failed=int(failed), rows=frozenset())


def _exception(info: Any) -> str:
    """Kind of the exception, without its text: it may hold values."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [entry for entry in entries if isinstance(entry, dict) and entry.get("raised_exception")]
    return "Great Expectations raised an exception (a missing column or a wrong type)" if raised else ""
