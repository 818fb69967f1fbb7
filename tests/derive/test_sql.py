"""Theme SQL: one SELECT over declared tables, listed functions only, dependencies read from it."""

from __future__ import annotations

import pytest

from jobs.contracts import Catalog
from jobs.derive.sql import theme_queries
from jobs.errors import CatalogError
from tests.derive.conftest import WithSql


def refused(catalog: Catalog) -> CatalogError:
    """The error that reading the themes' SQL must raise."""
    with pytest.raises(CatalogError) as caught:
        theme_queries(catalog)
    return caught.value


@pytest.mark.parametrize(
    "call",
    [
        "reflect('java.lang.System', 'exit')",
        "java_method('java.lang.System', 'exit')",
        "try_reflect('java.lang.System', 'exit')",
        "input_file_name()",
        "current_timestamp()",
        "current_timestamp",
        "current_date",
        "now()",
        "unix_timestamp()",
        "localtimestamp()",
        "rand()",
        "randn(3)",
        "uuid()",
        "shuffle(array(1, 2))",
        "monotonically_increasing_id()",
        "spark_partition_id()",
        "current_user()",
        "session_user",
        "version()",
        "first(uscc)",
        "any_value(uscc)",
        "collect_list(uscc)",
        "concat_ws('', collect_set(uscc))",
        "row_number() OVER (PARTITION BY uscc)",
        "from_json(uscc, 'a INT')",
        "http_request(uscc)",
    ],
)
def test_a_function_off_the_list_is_refused_with_its_file(with_sql: WithSql, call: str) -> None:
    for text in (
        f"SELECT {call} AS a FROM base.organisation",
        f"WITH x AS (SELECT {call} AS a FROM base.organisation) SELECT a FROM x",
    ):
        error = refused(with_sql(one=(text, "a")))
        assert error.where == {"file": "catalog/themes/trial/one.sql"}
        assert "not allowed" in error.problem


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE base.person",
        "INSERT INTO base.person SELECT 1",
        "CREATE TABLE a AS SELECT 1 AS a",
        "SELECT 1 AS a; SELECT 2 AS a",
        "SET spark.sql.ansi.enabled = false",
        "SELECT uscc AS a INTO b FROM base.organisation",
        "SELECT TRANSFORM(uscc) USING 'cat' AS (a) FROM base.organisation",
        "SELECT a FROM read_files('/etc')",
        "SELECT a FROM range(10)",
        "SELECT a FROM parquet.`/etc/passwd`",
        "SELECT a FROM somewhere.base.organisation",
        "SELECT a FROM base.nobody",
        "SELECT a FROM base.organisation__history",
        "SELECT a FROM std.cl__disabled__card",
        "SELECT a FROM theme.trial__two",
        "SELECT a FROM organisation",
        "SELECT uscc AS a FROM base.organisation TABLESAMPLE (10 PERCENT)",
        "SELECT uscc AS a FROM base.organisation VERSION AS OF 3",
        "SELECT uscc AS a FROM base.organisation LIMIT 3",
        "SELECT 'open AS a",
        "SELECT FROM WHERE",
        "",
    ],
)
def test_what_is_not_one_select_over_declared_tables_is_refused_with_its_file(with_sql: WithSql, text: str) -> None:
    assert refused(with_sql(one=(text, "a"))).where == {"file": "catalog/themes/trial/one.sql"}


def test_what_a_table_gives_is_what_theme_yml_declares(with_sql: WithSql) -> None:
    error = refused(with_sql(one=("SELECT uscc AS a, org_name AS b FROM base.organisation", "b a")))
    assert "(a, b)" in error.problem and "(b, a)" in error.problem
    assert "*" in refused(with_sql(one=("SELECT * FROM base.organisation", "a"))).problem


def test_sql_without_a_declared_table_is_refused(with_sql: WithSql) -> None:
    catalog = with_sql(one=("SELECT uscc AS a FROM base.organisation", "a"))
    catalog.theme_sql[("trial", "two")] = "SELECT 1 AS a"
    assert refused(catalog).where == {"file": "catalog/themes/trial/two.sql"}


def test_dependencies_are_read_from_the_sql_and_give_the_order(with_sql: WithSql) -> None:
    late = (
        "WITH x AS (SELECT o.uscc FROM base.organisation AS o JOIN std.rsj__si__insured AS i ON i.uscc = o.uscc) "
        "SELECT x.uscc AS a FROM x JOIN theme.trial__b_early AS e ON e.a = x.uscc "
        "WHERE x.uscc IN (SELECT canonical_id FROM base.person__conflicts)"
    )
    queries = theme_queries(with_sql(a_late=(late, "a"), b_early=("SELECT uscc AS a FROM base.organisation", "a")))
    assert [query.name for query in queries] == ["trial__b_early", "trial__a_late"]
    assert queries[1].inputs == (
        ("derived", "trial__b_early"),
        ("fused", "organisation"),
        ("fused", "person__conflicts"),
        ("standardised", "rsj.si.insured"),
    )
    assert queries[1].key == ("a",)
    assert "base." not in queries[1].sql and "standardised_rsj__si__insured" in queries[1].sql


def test_tables_that_read_each_other_are_refused_by_name(with_sql: WithSql) -> None:
    error = refused(with_sql(one=("SELECT a FROM theme.trial__two", "a"), two=("SELECT a FROM theme.trial__one", "a")))
    assert "trial__one" in error.problem and "trial__two" in error.problem


def test_the_projects_own_themes_pass(catalog: Catalog) -> None:
    queries = theme_queries(catalog)
    assert len(queries) == len(catalog.theme_sql) >= 19
    assert len({query.theme for query in queries}) >= 9


def test_every_column_of_a_written_table_has_a_chinese_label(catalog: Catalog) -> None:
    for query in theme_queries(catalog):
        table = next(t for t in catalog.themes[query.theme].tables if t.name == query.table)
        bare = [c.name for c in table.columns if not any("\u4e00" <= char <= "\u9fff" for char in c.label)]
        assert not bare, f"{query.name}: no label for {bare}"


def test_what_a_theme_reads_is_among_its_declared_inputs(catalog: Catalog) -> None:
    for query in theme_queries(catalog):
        declared = set(catalog.themes[query.theme].inputs)
        read = {
            f"fused:{name.partition('__')[0]}" if layer == "fused" else name
            for layer, name in query.inputs
            if layer != "derived"
        }
        assert read <= declared, f"{query.name} reads {sorted(read - declared)}, which theme.yml does not list"
