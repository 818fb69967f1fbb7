"""One rule, two readings: the native predicate and Great Expectations count the same failing rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from jobs.contracts.expect import ROW_RULES
from jobs.gates.engine import evaluate
from jobs.gates.suite import Rule
from jobs.rules.predicate import _KINDS, failing, portable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "abc",
    "a\n",
    "\n",
    "1",
    "12",
    "1.0",
    "0",
    "无",
    "ａ",
    "张三",
    "𬭶",
    "a.b",
    "a$",
    "\\N",
    "it's",
    "é",
    "x\u2028",
    "a\r",
]
NUMBERS = ["0", "0.1", "0.3", "1", "1.5", "2", "-1", "-0.1", "99999999999", "0.000001", "113.75"]
DAYS = [date(1899, 12, 31), date(1990, 3, 7), date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2), date(2093, 5, 6)]


def frame_of(seed: int, rows: int = 400) -> pa.Table:
    """Columns of every type with nulls, and pairs that agree, differ or lack one side."""
    random = Random(seed)

    def some(values: list[Any]) -> list[Any]:
        return [None if random.random() < 0.2 else random.choice(values) for _ in range(rows)]

    numbers, times = (
        [Decimal(n) for n in NUMBERS],
        [datetime.combine(d, datetime.min.time(), UTC) for d in DAYS],
    )
    times += [time + timedelta(hours=8, seconds=1) for time in times]
    return pa.table(
        {
            "text": pa.array(some(TEXTS), pa.string()),
            "other_text": pa.array(some(TEXTS[:4]), pa.string()),
            "number": pa.array(some(numbers), pa.decimal128(20, 6)),
            "other_number": pa.array(some(numbers), pa.decimal128(20, 6)),
            "count": pa.array(some([0, 1, 2, 3, -1, 10**12]), pa.int64()),
            "other_count": pa.array(some([0, 1, 2]), pa.int64()),
            "day": pa.array(some(DAYS), pa.date32()),
            "other_day": pa.array(some(DAYS), pa.date32()),
            "time": pa.array(some(times), pa.timestamp("us", "UTC")),
            "other_time": pa.array(some(times), pa.timestamp("us", "UTC")),
            "mark": pa.array(some([True, False]), pa.bool_()),
            "void": pa.array([None] * rows, pa.string()),
        }
    )


def cases() -> list[tuple[str, dict[str, Any]]]:
    """Every supported kind over the types that it may judge, with its options."""
    found: list[tuple[str, dict[str, Any]]] = []
    for column in ("text", "number", "count", "day", "time", "mark", "void"):
        found += [(f"expect_column_values_to_{kind}", {"column": column}) for kind in ("not_be_null", "be_null")]
    sets = [
        ("text", ["a", "1", "无", "it's"]),
        ("text", []),
        ("number", [0.1, 1, 2]),
        ("count", [0, 1]),
        ("mark", [False]),
    ]
    for column, values in [*sets, ("void", ["a"])]:
        for kind in ("be_in_set", "not_be_in_set"):
            found.append((f"expect_column_values_to_{kind}", {"column": column, "value_set": values}))
    for regex in (
        "^[a-z]$",
        "a",
        "^a.b$",
        "^[^.$]+$",
        "[.]",
        "^.$",
        "^$",
        "^(?:a|A)b?",
        "[$]$",
        "^[a-z]$|^[0-9]$",
        "\\\\N",
    ):
        for kind in ("match_regex", "not_match_regex"):
            found.append((f"expect_column_values_to_{kind}", {"column": "text", "regex": regex}))
    limits = [("number", 0.1, 1.5), ("number", 0.000001, 113.75), ("count", 0, 2), ("count", -1, 10**12)]
    for column, low, high in [*limits, ("day", "2020-01-01", "2020-01-02")]:
        for strict in (False, True):
            bounds = {"min_value": low, "max_value": high, "strict_min": strict, "strict_max": strict}
            found.append(("expect_column_values_to_be_between", {"column": column, **bounds}))
        found.append(("expect_column_values_to_be_between", {"column": column, "min_value": low}))
        found.append(("expect_column_values_to_be_between", {"column": column, "max_value": high}))
    for bounds in ({"min_value": 1, "max_value": 2}, {"min_value": 2}, {"max_value": 1, "strict_max": True}):
        found.append(("expect_column_value_lengths_to_be_between", {"column": "text", **bounds}))
    found += [("expect_column_value_lengths_to_equal", {"column": "text", "value": size}) for size in (0, 1, 2)]
    for column in ("number", "count", "day", "time", "text"):
        pair = {"column_A": column, "column_B": f"other_{column}"}
        for ignored in (None, "both_values_are_missing", "either_value_is_missing"):
            options = {"ignore_row_if": ignored} if ignored else {}
            found.append(("expect_column_pair_values_to_be_equal", {**pair, **options}))
            if column != "text":
                greater = "expect_column_pair_values_a_to_be_greater_than_b"
                found += [(greater, {**pair, **options}), (greater, {**pair, **options, "or_equal": True})]
    return found


def test_every_row_rule_can_be_compiled_and_declared() -> None:
    assert set(_KINDS) == set(ROW_RULES)
    assert {kind for kind, _ in cases()} == set(ROW_RULES)
    for kind, args in cases():
        assert set(args) <= ROW_RULES[kind], kind


def test_great_expectations_knows_every_argument() -> None:
    import great_expectations.expectations as gxe

    for kind, arguments in ROW_RULES.items():
        known = getattr(gxe, "".join(part.capitalize() for part in kind.split("_"))).__fields__
        assert arguments <= set(known), kind


@pytest.mark.engine
@pytest.mark.parametrize("seed", [1, 2])
def test_both_readings_count_the_same_rows(session: SparkSession, seed: int) -> None:
    table = frame_of(seed)
    rules = [Rule(str(number), kind, args, "critical", "0104", kind) for number, (kind, args) in enumerate(cases())]
    judged = evaluate(rules, table)
    counted = session.createDataFrame(table).selectExpr(
        *[f"count(CASE WHEN {failing(rule.expect, rule.args)} THEN 1 END) AS c{rule.id}" for rule in rules]
    )
    counts = counted.collect()[0]
    problems = [
        (rule.expect, rule.args, result.outcome, result.failed, count)
        for rule, result, count in zip(rules, judged, counts, strict=True)
        if result.outcome == "error" or result.failed != count
    ]
    assert problems == []
    assert sum(count > 0 for count in counts) > len(rules) / 2, "the frame must break most rules"


def test_a_pattern_keeps_its_meaning_in_every_dialect() -> None:
    assert portable("^a.b$") == "^a[^\n]b(?:\n?\\z)"
    assert portable("[.$]") == "[.$]"
    assert portable(r"\.\$") == r"\.\$"
    assert portable(r"[\]$]") == r"[\]$]"
