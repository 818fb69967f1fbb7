"""Every theme table over a small case with a known answer, on the engine of this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.contracts import Catalog
from jobs.derive.sql import theme_queries
from jobs.gates.engine import evaluate
from jobs.gates.gate import decide
from jobs.gates.suite import table_suite
from tests.derive.golden import AS_OF, ROOT, lake_table, offer, read_rows, rows_as_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CASES = sorted(path for path in ROOT.iterdir() if path.is_dir())


def test_every_written_table_has_a_case_with_all_its_inputs(catalog: Catalog) -> None:
    queries = {query.name: set(query.inputs) for query in theme_queries(catalog)}
    cases = {case.name: {lake_table(path) for path in case.glob("*.*.csv")} for case in CASES}
    assert cases == queries


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_table_gives_the_expected_rows(session: SparkSession, catalog: Catalog, case: Path) -> None:
    query = next(query for query in theme_queries(catalog) if query.name == case.name)
    for path in sorted(case.glob("*.*.csv")):
        offer(session, catalog, path)
    frame = session.sql(query.sql.replace("{{as_of}}", AS_OF))
    header, rows = read_rows(case / "expect.csv")
    assert frame.columns == header
    assert rows_as_text(frame) == sorted(tuple(cell or "" for cell in row) for row in rows)
    rules = [
        rule for rule in table_suite(catalog, "6_derived", query.name, list(query.key)) if rule.severity == "critical"
    ]
    verdict = decide(rules, evaluate(rules, frame.toPandas()))
    assert not verdict.blocked, verdict.reason
    kinds = {field.dataType.simpleString().split("(")[0] for field in frame.schema.fields}
    assert kinds <= {"string", "bigint", "decimal", "date", "timestamp", "boolean"}, "no doubles, no small integers"
