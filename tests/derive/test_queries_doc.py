"""The example queries of docs/queries.md: DuckDB's SQL over declared tables. They are run over a served release by
``tests/pipeline/test_queries.py``."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import exp

from jobs.contracts import Catalog
from jobs.settings import PROJECT

PAGE = (PROJECT / "docs" / "queries.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (\d+)\. (.+?)$(.+?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
QUERIES = {
    f"{number}. {question}": re.findall(r"```sql\n(.+?)```", body, re.DOTALL) for number, question, body in SECTIONS
}
AUDIT_AND_META = ("audit.scorecard", "audit.disputes", "meta.code_values", "meta.elements", "meta.resources")


def test_there_are_ten_each_with_a_question_and_how_to_read_it() -> None:
    assert [number for number, _, _ in SECTIONS] == [str(n) for n in range(1, 11)]
    for _, question, body in SECTIONS:
        assert question.endswith("？") and body.count("```sql") == 1 and "\n读法：" in body


@pytest.mark.parametrize("question", QUERIES)
def test_a_query_is_one_select_over_tables_and_columns_that_are_served(catalog: Catalog, question: str) -> None:
    (statement,) = sqlglot.parse(QUERIES[question][0], read="duckdb")
    assert isinstance(statement, exp.Select)
    for table in statement.find_all(exp.Table):
        name = f"{table.db}.{table.name}"
        if table.db != "theme":
            assert name in AUDIT_AND_META
            continue
        theme, _, own = table.name.partition("__")
        declared = next(t for t in catalog.themes[theme].tables if t.name == own)
        aliases = {projection.alias for projection in statement.selects if projection.alias}
        mine = {column.name for column in statement.find_all(exp.Column) if column.table in ("", table.alias)}
        assert mine <= {column.name for column in declared.columns} | aliases
