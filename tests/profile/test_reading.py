"""DuckDB reads the rules' SQL text as the engines do: the same vectors, the same values and flags."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from jobs.contracts import Catalog
from jobs.profile.facts import Codes
from jobs.profile.reading import ASKED, TOWN, in_duckdb, read_values, shares
from jobs.rules import RULES
from tests.rules import test_vectors

VECTORS = Path(test_vectors.__file__).with_name("vectors")
DECLARED = ("unit", "target_unit", "element", "formats", "as_of")
ELSEWISE = {("datetime", "2020-01-01 24:00:00"): "DuckDB takes 24:00 for the next day, Spark for no time"}


def vectors(rule: str) -> list[dict[str, str]]:
    """Rows of the vectors that need nothing declared."""
    path = VECTORS / f"{rule}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [row for row in rows if not any(row.get(name) for name in DECLARED)]


@pytest.mark.parametrize("rule", ASKED)
def test_a_rule_reads_its_vectors(rule: str) -> None:
    rows = [row for row in vectors(rule) if (rule, row["text"]) not in ELSEWISE]
    if not rows:
        assert rule in ("amount", "decimal", "integer"), "every vector of this rule needs something declared"
        return
    read = read_values(rule, [row["text"] for row in rows], {})
    found = [("" if value is None else str(value), flag or "") for value, flag in read]
    assert found == [(row["value"], row["flag"]) for row in rows]


def test_what_is_read_otherwise_still_is() -> None:
    """An exemption that nobody needs any more is a hole."""
    for rule, text in ELSEWISE:
        row = next(row for row in vectors(rule) if row["text"] == text)
        [(value, _flag)] = read_values(rule, [text], {})
        assert str(value or "") != row["value"]


def test_every_rule_that_is_asked_exists() -> None:
    assert {*ASKED, TOWN} <= set(RULES)


def test_shares_are_of_filled_values_and_suspects_do_not_count(catalog: Catalog) -> None:
    valid, wrong_digit = "11010519491231002X", "110105194912310021"
    ids, towns = {valid: 3, wrong_digit: 1}, {"东莞市南城街道鸿福路1号": 1, "广州市越秀区1号": 1}
    found = shares([ids, towns, {}], Codes(catalog).towns)
    assert found[0]["resident_id"] == 0.75
    assert found[1][TOWN] == 0.5
    assert found[2] == {}


def test_groups_and_times_are_rewritten() -> None:
    assert "$1" not in in_duckdb("SELECT regexp_replace(a, '(x)', '$1y')")
    assert "TIMESTAMPTZ" not in in_duckdb("SELECT try_cast(a AS TIMESTAMP)")
