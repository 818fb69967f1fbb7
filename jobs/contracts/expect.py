"""Rules of ``expectations/``: the table and columns they name, and the words of the kinds that rows are judged by.

Row rules are read twice, by Great Expectations and by a native predicate, so what they may say is narrower than what
either would take: patterns that all dialects read alike, and limits of the column's own type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from jobs.contracts.known import Finding, Known, unknown
from jobs.contracts.themes import Expectation

if TYPE_CHECKING:
    from jobs.contracts.catalog import Catalog

_ONE = frozenset({"column", "mostly"})
_LIMITS = frozenset({"min_value", "max_value", "strict_min", "strict_max"})
_PAIR = frozenset({"column_A", "column_B", "ignore_row_if", "mostly"})
ROW_RULES: Mapping[str, frozenset[str]] = {
    "expect_column_values_to_not_be_null": _ONE,
    "expect_column_values_to_be_null": _ONE,
    "expect_column_values_to_be_in_set": _ONE | {"value_set"},
    "expect_column_values_to_not_be_in_set": _ONE | {"value_set"},
    "expect_column_values_to_match_regex": _ONE | {"regex"},
    "expect_column_values_to_not_match_regex": _ONE | {"regex"},
    "expect_column_values_to_be_between": _ONE | _LIMITS,
    "expect_column_value_lengths_to_be_between": _ONE | _LIMITS,
    "expect_column_value_lengths_to_equal": _ONE | {"value"},
    "expect_column_pair_values_a_to_be_greater_than_b": _PAIR | {"or_equal"},
    "expect_column_pair_values_to_be_equal": _PAIR,
}
"""Kinds that judge one row, and the arguments that both readings understand."""
_NEEDED = ("column", "column_A", "column_B", "value_set", "regex", "value")
_FOREIGN = re.compile(r"\\[A-Za-z0-9]|\(\?(?!:)|\[\^?\]|\[[^\]\\]*(?:\[|&&|--|~~|\|\|)")
"""Classes such as ``\\d``, options, look-around, back references, and classes that hold brackets or set operators."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = ("integer", "decimal")
_TIMES = ("date", "datetime")


def check_expectations(catalog: Catalog, known: Known) -> Iterator[Finding]:
    """Rules that name an unknown table or column, or that could not be judged."""
    for (folder, table), rules in catalog.expectations.items():
        problem = _table_problem(catalog, known, folder, table)
        types = None if problem else _types(catalog, folder, table)
        for position, rule in enumerate(rules):
            key = f"{folder}/{table}#{position}"
            if problem and position == 0:
                yield "Expectation", key, (), problem
            for at, fault in _rule(rule, types):
                yield "Expectation", key, at, fault


def _table_problem(catalog: Catalog, known: Known, folder: str, table: str) -> str:
    """Why no table of that name stands in that layer; empty if one can."""
    owner, _, thing = table.partition("__")
    if folder in ("2_landed", "3_standardised"):
        return known.complain("resource", owner)
    if folder in ("4_resolved", "5_fused"):
        return known.complain("entity", owner)
    if folder != "6_derived":
        return ""
    tables = [one.name for one in catalog.themes[owner].tables] if owner in catalog.themes else [thing]
    return known.complain("theme", owner) or ("" if thing in tables else unknown(f"table of {owner}", thing, tables))


def _types(catalog: Catalog, folder: str, table: str) -> dict[str, str] | None:
    """Column → type of its element, with the flag columns; None where the contract does not know the columns."""
    owner, _, thing = table.partition("__")
    if folder == "3_standardised" and table in catalog.resources:
        fields = catalog.resources[table].fields
        types = {field.column: _type(catalog, field.element) for field in fields}
        return types | {f"{field.column}__flag": "string" for field in fields}
    if folder == "5_fused" and table in catalog.entities:
        return {"canonical_id": "string"} | {name: _type(catalog, name) for name in catalog.entities[table].authority}
    if folder == "6_derived" and owner in catalog.themes:
        declared = next((one for one in catalog.themes[owner].tables if one.name == thing), None)
        return dict.fromkeys([*declared.key, *(column.name for column in declared.columns)], "") if declared else None
    return None


def _type(catalog: Catalog, element: str) -> str:
    return catalog.elements[element].type if element in catalog.elements else ""


def _rule(rule: Expectation, types: dict[str, str] | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """(location, problem) of one rule."""
    args = rule.args
    named = [str(args[key]) for key in ("column", "column_A", "column_B") if key in args]
    several = args.get("column_list")
    named += [str(name) for name in several] if isinstance(several, list) else []
    for name in named:
        if types is not None and name not in types:
            yield ("with",), unknown("column", name, types)
    allowed = ROW_RULES.get(rule.expect)
    if allowed is None:
        return
    for name in sorted(set(args) - allowed):
        problem = f"argument {name!r} is not one that {rule.expect} is read with; expected {', '.join(sorted(allowed))}"
        yield ("with", name), problem
    for name in _NEEDED if set(args) <= allowed else ():
        if name in allowed and name not in args:
            yield ("with",), f"argument {name!r} is missing; expected {', '.join(sorted(allowed))}"
    if "regex" in args and (problem := _regex_problem(args["regex"])):
        yield ("with", "regex"), problem
    column_type = (types or {}).get(str(args.get("column")), "")
    if column_type and (problem := _type_problem(rule.expect, args, column_type)):
        yield ("with",), problem


def _regex_problem(regex: object) -> str:
    if not isinstance(regex, str):
        return "regex: expected a text"
    if found := _FOREIGN.search(regex):
        return f"regex: {found.group()!r} is read differently by each engine; use classes such as [0-9] and [A-Za-z]"
    try:
        re.compile(regex)
    except re.error as error:
        return f"regex: {error}"
    return ""


def _type_problem(kind: str, args: Mapping[str, object], column_type: str) -> str:
    """A limit, value or pattern that cannot be compared with a column of that type."""
    if "regex" in kind or "length" in kind:
        return f"{kind} judges texts, the column is {column_type}" if column_type in (*_NUMBERS, *_TIMES) else ""
    listed = args.get("value_set")
    if isinstance(listed, list) and "in_set" in kind:
        expected: type | tuple[type, ...] = (int, float) if column_type in _NUMBERS else str
        if column_type in _TIMES or not all(isinstance(value, expected) for value in listed):
            return (
                f"value_set does not fit a column of type {column_type}; expected texts for texts, numbers for numbers"
            )
    limits = [args[key] for key in ("min_value", "max_value") if args.get(key) is not None]
    if kind == "expect_column_values_to_be_between":
        numeric = column_type in _NUMBERS and all(isinstance(limit, int | float) for limit in limits)
        days = column_type == "date" and all(_DAY.fullmatch(str(limit)) for limit in limits)
        if not (numeric or days):
            shown = "numbers for numbers, days as 'yyyy-MM-dd' for dates"
            return f"limits do not fit a column of type {column_type}; expected {shown}"
    return ""
