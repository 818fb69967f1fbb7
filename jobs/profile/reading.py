"""The city's own rules asked of sample values: how many a rule reads, and reads without suspicion.

The rules are the SQL text of :mod:`jobs.rules`, written for Spark. For a sample no engine is started: sqlglot rewrites
the text for DuckDB, and a test holds both readings to the same vectors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from jobs.rules import RULES, SUSPECT, Policy
from jobs.rules.rule import flag_sql
from jobs.rules.sql import in_list

ASKED = (
    "resident_id",
    "uscc",
    "org_code",
    "business_reg_no",
    "licence_identifier",
    "taxpayer_id",
    "date",
    "datetime",
    "month",
    "integer",
    "decimal",
    "amount",
    "mobile",
    "longitude",
    "latitude",
    "person_name",
    "address",
)
"""Rules that say something of a value: the others take any text."""
TOWN = "town_in_address"
_MAX_VALUE = 300
_GROUP, _MANY = re.compile(r"[$](\d+)"), re.compile(r"[$]\d\d")
_MACROS = (
    "btrim(value, chars) AS trim(value, chars)",
    "find_in_set(value, listed) AS CASE WHEN value IS NOT NULL THEN "
    "coalesce(list_position(string_split(listed, ','), value), 0) END",
    "str_to_map(listed, pair, part) AS map("
    "list_transform(string_split(listed, pair), lambda entry: split_part(entry, part, 1)), "
    "list_transform(string_split(listed, pair), lambda entry: split_part(entry, part, 2)))",
)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Values = Mapping[str, int]
"""Distinct values of a column and how often each stands in the sample."""


def in_duckdb(sql: str) -> str:
    """Spark's SQL text as DuckDB reads it."""
    tree = sqlglot.parse_one(sql, read="spark")
    for moment in tree.find_all(exp.DataType):
        if moment.is_type("timestamptz"):  # the rules read the city's clock as written
            moment.replace(exp.DataType.build("timestamp"))
    for change in list(tree.find_all(exp.RegexpReplace)):
        by = change.args["replacement"]
        if _MANY.search(by.name):  # DuckDB knows nine groups
            change.replace(exp.Anonymous(this="replaced_by_groups", expressions=[change.this, change.expression, by]))
        else:
            by.replace(exp.Literal.string(_GROUP.sub(r"\\\1", by.name)))
    for fold in list(tree.find_all(exp.Reduce)):
        fold.replace(_numeric_fold(fold))
    return str(tree.sql(dialect="duckdb"))


def _numeric_fold(fold: exp.Reduce) -> exp.Expression:
    """A fold of characters into a number: DuckDB wants list and start to be of one type, so both become text."""
    step, start = fold.args["merge"], fold.args["initial"]
    number = step.expressions[0].name
    for column in [node for node in step.this.find_all(exp.Identifier) if node.name == number]:
        column.replace(exp.cast(exp.to_identifier(number), "int"))
    step.set("this", exp.cast(step.this.copy(), "text"))
    folded = exp.Reduce(this=fold.this.copy(), initial=exp.cast(start.copy(), "text"), merge=step.copy())
    return exp.cast(folded, "int")


@lru_cache(maxsize=64)
def _read_sql(rule_name: str, towns: tuple[tuple[str, str], ...]) -> str:
    """``value, parsed, flag`` of the table ``cells`` as DuckDB reads it."""
    rule, policy = RULES[rule_name], Policy(codes=dict(towns))
    flag = flag_sql(rule, "value", "text", "parsed", policy)
    text = f"SELECT col, n, value, {rule.text('value', policy)} AS text FROM cells"
    value = rule.parsed("text", policy)
    value = f"CAST({value} AS DATE)" if rule.type == "date" else value
    parsed = f"SELECT *, {value} AS parsed FROM ({text})"
    return in_duckdb(f"SELECT *, {flag} AS flag FROM ({parsed})")


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that knows the functions of the rules' text which DuckDB names otherwise."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    for macro in _MACROS:
        connection.execute(f"CREATE MACRO {macro}")
    connection.create_function("conv", _conv, ["VARCHAR", "INTEGER", "INTEGER"], "VARCHAR")
    connection.create_function("replaced_by_groups", _replaced, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR")
    return connection


def _conv(text: str, base: int, _decimal: int) -> str:
    """Spark's ``conv`` into decimals: the digits that a text begins with, read in a base."""
    known = _DIGITS[:base]
    digits = text.upper()
    end = next((place for place, digit in enumerate(digits) if digit not in known), len(digits))
    return str(int(digits[:end], base)) if end else "0"


def _replaced(text: str, pattern: str, by: str) -> str:
    """Java's ``replaceAll`` with any number of groups; a group without a match is empty."""
    return re.sub(pattern, _GROUP.sub(r"\\g<\1>", by), text)


def read_values(rule: str, values: Iterable[str | None], towns: Mapping[str, str]) -> list[tuple[object, str | None]]:
    """(value, flag) of each text, in order."""
    texts = list(values)
    with connect() as connection:
        _fill(connection, [(n, text, 1) for n, text in enumerate(texts)])
        rows = connection.execute(f"SELECT col, parsed, flag FROM ({_read_sql(rule, _key(towns))})").fetchall()  # noqa: S608
    return [(parsed, flag) for _, parsed, flag in sorted(rows, key=lambda row: row[0])]


def shares(columns: Sequence[Values], towns: Mapping[str, str]) -> list[dict[str, float]]:
    """For each column and rule: the share of its values that the rule reads without suspicion, from 0 to 1."""
    cells = [(n, v, count) for n, values in enumerate(columns) for v, count in values.items() if len(v) <= _MAX_VALUE]
    totals = [sum(values.values()) for values in columns]
    found: list[dict[str, float]] = [{} for _ in columns]
    if not cells:
        return found
    sound = f"parsed IS NOT NULL AND NOT coalesce({in_list('flag', SUSPECT)}, FALSE)"
    with connect() as connection:
        _fill(connection, cells)
        for rule in (*ASKED, *([TOWN] if towns else [])):
            read = _read_sql(rule, _key(towns) if rule == TOWN else ())
            rows = connection.execute(
                f"SELECT col, sum(n) FILTER (WHERE {sound}) FROM ({read}) GROUP BY col"  # noqa: S608
            ).fetchall()
            for column, count in rows:
                found[column][rule] = float(count or 0) / totals[column]
    return found


def _fill(connection: duckdb.DuckDBPyConnection, cells: Sequence[tuple[int, str | None, int]]) -> None:
    number, value, count = (list(part) for part in zip(*cells, strict=True))
    table = pa.table({"col": pa.array(number, pa.int32()), "value": pa.array(value, pa.string()), "n": count})
    connection.register("delivered", table)
    connection.execute("CREATE TABLE cells AS SELECT * FROM delivered")


def _key(towns: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(towns.items()))


def counted(values: Iterable[str | None], most: int) -> Values:
    """Distinct values that are not empty, the first ``most`` of them."""
    counts: Counter[str] = Counter(value for value in values if value and value.strip())
    return dict(list(counts.items())[:most])
