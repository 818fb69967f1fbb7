"""The rules in ``expectations/``: they name what exists, say why in Chinese, and Great Expectations can judge them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from jobs.contracts import Catalog, Expectation, Resource
from jobs.derive.sql import theme_queries
from jobs.gates.arrived import arrived_rows
from jobs.gates.engine import evaluate
from jobs.gates.suite import standardised_suite, table_suite
from jobs.rules import rule_for
from jobs.rules.predicate import columns_of

LAYERS = ("3_standardised", "5_fused", "6_derived")
_ROWS = {
    "STRING": (pa.string(), ["441900003001001", "甲", None]),
    "DATE": (pa.date32(), [date(2026, 3, 1), date(1990, 1, 1), None]),
    "TIMESTAMP": (
        pa.timestamp("us", "UTC"),
        [datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC), None],
    ),
    "BIGINT": (pa.int64(), [3, -1, None]),
    "DECIMAL(20,6)": (pa.decimal128(20, 6), [Decimal("3.5"), Decimal("-1"), None]),
}
"""Three values of each type: a usual one, an unusual one, none."""


def declared(catalog: Catalog) -> list[tuple[str, str, Expectation]]:
    """(folder, table, rule) of every rule."""
    return [(folder, table, rule) for (folder, table), rules in catalog.expectations.items() for rule in rules]


def test_there_are_rules_for_what_matters(catalog: Catalog) -> None:
    per_layer = Counter(folder for folder, _ in catalog.expectations)
    assert set(per_layer) == set(LAYERS)
    assert per_layer["5_fused"] == len(catalog.entities)
    assert {table for folder, table in catalog.expectations if folder == "6_derived"} == {
        q.name for q in theme_queries(catalog)
    }
    assert {table for folder, table in catalog.expectations if folder == "3_standardised"} <= set(catalog.live)
    assert len(declared(catalog)) >= 200


def test_every_rule_says_its_name_why_and_indicator(catalog: Catalog) -> None:
    indicators = catalog.code_tables["quality_indicators"].values
    for folder, table, rule in declared(catalog):
        where = f"{folder}/{table}: {rule.expect}"
        assert rule.indicator in indicators, where
        assert any("\u4e00" <= char <= "\u9fff" for char in rule.name) and rule.why, where
    names = Counter((folder, table, rule.name) for folder, table, rule in declared(catalog))
    assert not [name for name, times in names.items() if times > 1], "two rules of a table have one name"


def test_base_and_theme_rules_name_columns_that_exist(catalog: Catalog) -> None:
    for folder, table, rule in declared(catalog):
        if folder == "5_fused":
            known = set(catalog.entities[table].authority)
        elif folder == "6_derived":
            theme, _, name = table.partition("__")
            known = {column.name for t in catalog.themes[theme].tables if t.name == name for column in t.columns}
        else:
            continue
        assert set(columns_of(rule.args)) <= known, f"{folder}/{table}: {rule.name}"


def test_no_rule_repeats_what_the_contract_says(catalog: Catalog) -> None:
    for (folder, table), rules in catalog.expectations.items():
        if folder != "3_standardised":
            continue
        resource = catalog.resources[table]
        required = {field.column for field in resource.fields if field.required}
        for rule in rules:
            column = rule.args.get("column")
            assert not (rule.expect == "expect_column_values_to_not_be_null" and column in required), (
                f"{table}: {rule.name}"
            )
            assert not (rule.expect.endswith("_to_be_unique") and [column] == list(resource.key_columns)), (
                f"{table}: {rule.name}"
            )


def test_every_standardised_rule_can_be_judged(catalog: Catalog) -> None:
    for folder, table in catalog.expectations:
        if folder == "3_standardised":
            resource = catalog.resources[table]
            rules = [rule for rule in standardised_suite(catalog, resource) if "#" in rule.id]
            results = evaluate(rules, arrived_rows(frame_of(catalog, resource), None)["arrived"])
            assert not [f"{table}: {r.rule.name}" for r in results if r.outcome == "error"]


def test_every_base_rule_can_be_judged(catalog: Catalog) -> None:
    for entity in catalog.entities.values():
        elements = [catalog.elements[element] for element in entity.authority]
        columns = {e.id: column_of(rule_for(e, e.code_table is not None).type) for e in elements}
        rules = [rule for rule in table_suite(catalog, "5_fused", entity.entity, []) if "#" in rule.id]
        results = evaluate(rules, pa.table(columns))
        assert not [f"{entity.entity}: {r.rule.name}" for r in results if r.outcome == "error"]


def column_of(kind: str) -> pa.Array:
    """The three values of an SQL type."""
    arrow, values = _ROWS[kind.upper()]
    return pa.array(values, arrow)


def frame_of(catalog: Catalog, resource: Resource) -> pa.Table:
    """A standardised table of three current rows."""
    types = {
        f.column: rule_for(catalog.element_of(f), catalog.code_table_of(f) is not None).type for f in resource.fields
    }
    columns = {name: column_of(kind) for name, kind in types.items()}
    flags = pa.array([dict.fromkeys(types, None)] * 3, pa.struct([(name, pa.string()) for name in types]))
    return pa.table(columns | {"_flag": flags, "_fate": pa.array(["current"] * 3)})
