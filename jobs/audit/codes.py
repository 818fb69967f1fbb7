"""Values outside a code table, by name: codes are vocabulary. A value that does not look like one is only counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb

from jobs.audit.facts import Facts, Row
from jobs.audit.finding import finding
from jobs.contracts import Catalog, CodeTable, Resource

MOST = 20
"""Codes of one column that are named."""
_LONGEST = 12
_RULE = "unseen_code "
_QUERY = """
SELECT CASE WHEN length(said) <= $longest AND regexp_full_match(said, '[0-9A-Za-z]+') THEN said END AS code,
    count(*) AS n_rows, count(DISTINCT said) AS n_values
FROM (
    SELECT trim(_raw."{0}") AS said FROM read_parquet($files, union_by_name = true)
    WHERE _fate IN ('current', 'quarantined') AND _flag."{0}" = 'unseen_code'
) GROUP BY 1"""


@dataclass(frozen=True)
class Unseen:
    """Values of one column that its code table lacks: codes and the rows that have them, most first; how many other
    values there are, and their rows."""

    codes: tuple[tuple[str, int], ...]
    n_others: int
    n_other_rows: int

    @property
    def n_rows(self) -> int:
        return sum(rows for _, rows in self.codes) + self.n_other_rows


def of_codes(catalog: Catalog, facts: Facts, files: Callable[[str, int], list[str]]) -> Iterator[Row]:
    """A finding for each column with values outside its code table; ``files`` are those of the rows that came with a
    version of a standardised table, by its name and number."""
    connection = duckdb.connect()
    for resource in catalog.live.values():
        verdict = facts.verdicts.get(("standardised", resource.id))
        columns = (
            [r["element"] for r in verdict["results"] if r["rule"].startswith(_RULE) and r["failed"]] if verdict else []
        )
        held = files(resource.id, verdict["version"]) if verdict and columns else []
        for column in columns:
            if found := _finding(connection, catalog, resource, column, held):
                yield found


def _finding(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, resource: Resource, column: str, files: list[str]
) -> Row | None:
    field = next((field for field in resource.fields if field.column == column), None)
    table = catalog.code_table_of(field) if field else None
    if field is None or table is None or not files:
        return None
    rows = connection.execute(_QUERY.format(column), {"files": files, "longest": _LONGEST}).fetchall()
    unseen = unseen_of(table if field.rule is None else None, rows)
    named = "、".join(f"{code}（{count} 行）" for code, count in unseen.codes[:MOST])
    more = f" 等 {len(unseen.codes)} 种" if len(unseen.codes) > MOST else ""
    others = f"{unseen.n_others} 种不像该表代码的值（{unseen.n_other_rows} 行），不列出" if unseen.n_others else ""
    what = f"{field.label}（{field.name}）在代码表 {table.name} 之外：{'；'.join(filter(None, (named + more, others)))}"
    remedy = f"核对取值；确为新代码的，由数据工程师登入代码表 {table.id}"
    more_facts = {"element": column, "n_failed": unseen.n_rows, "indicator": "0105"}
    return finding("unseen_code", "info", "standardised", resource.id, resource, what, remedy, **more_facts)


def unseen_of(table: CodeTable | None, rows: list[tuple[str | None, int, int]]) -> Unseen:
    """What is said of values and the number of rows and values of each; nothing is named without a ``table``."""
    looks = looks_like(table) if table else (lambda _code: False)
    codes = [(code, count) for code, count, _ in rows if code is not None and looks(code)]
    others = [(count, values) for code, count, values in rows if code is None or not looks(code)]
    ordered = sorted(codes, key=lambda pair: (-pair[1], pair[0]))
    return Unseen(tuple(ordered), sum(values for _, values in others), sum(count for count, _ in others))


def looks_like(table: CodeTable) -> Callable[[str], bool]:
    """Whether a value has digits and letters at the places where some code of the table has them.

    Letters alone may be a name: only a single one counts as a code.
    """
    shapes = {_shape(code) for code in table.values if code.isascii() and len(code) <= _LONGEST}

    def looks(value: str) -> bool:
        return _shape(value) in shapes and (len(value) == 1 or any(map(str.isdigit, value)))

    return looks


def _shape(code: str) -> str:
    return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", re.sub("[0-9]", "9", code)))
