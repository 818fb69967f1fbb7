"""Row rules as native predicates: an expectation in Great Expectations' words → SQL that is true where a row fails.

Only expectations about one row can be compiled; the others are judged by gates alone. A test holds both readings to
the same counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jobs.rules.sql import literal, name

Args = Mapping[str, Any]


def failing(kind: str, args: Args) -> str | None:
    """SQL condition of a failing row, or None if the expectation is not about one row."""
    build = _KINDS.get(kind)
    return build(args) if build else None


def columns_of(args: Args) -> list[str]:
    """Columns an expectation names."""
    named = [args[key] for key in ("column", "column_A", "column_B") if key in args]
    return [*named, *args.get("column_list", [])]


def _not_null(args: Args) -> str:
    return f"{name(args['column'])} IS NULL"


def _null(args: Args) -> str:
    return f"{name(args['column'])} IS NOT NULL"


def _text(args: Args) -> str:
    return f"CAST({name(args['column'])} AS STRING)"


def _values(args: Args) -> str:
    return ", ".join(literal(str(value)) for value in args["value_set"])


def _in_set(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND {_text(args)} NOT IN ({_values(args)}))"


def _not_in_set(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND {_text(args)} IN ({_values(args)}))"


def _regex(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND NOT rlike({_text(args)}, {literal(args['regex'])}))"


def _not_regex(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND rlike({_text(args)}, {literal(args['regex'])}))"


def _between(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND NOT ({_bounds(name(args['column']), args)}))"


def _lengths(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND NOT ({_bounds(f'length({_text(args)})', args)}))"


def _length(args: Args) -> str:
    return f"({name(args['column'])} IS NOT NULL AND length({_text(args)}) <> {int(args['value'])})"


def _bounds(value: str, args: Args) -> str:
    parts = []
    for bound, plain, strict in (("min_value", ">=", ">"), ("max_value", "<=", "<")):
        if args.get(bound) is not None:
            limit = args[bound]
            sign = strict if args.get(f"strict_{bound[:3]}") else plain
            parts.append(f"{value} {sign} {limit if isinstance(limit, int | float) else literal(str(limit))}")
    return " AND ".join(parts) or "TRUE"


def _pair(compare: str) -> Callable[[Args], str]:
    def build(args: Args) -> str:
        left, right = name(args["column_A"]), name(args["column_B"])
        sign = ">=" if compare == ">" and args.get("or_equal") else compare
        return f"({left} IS NOT NULL AND {right} IS NOT NULL AND NOT ({left} {sign} {right}))"

    return build


_KINDS: dict[str, Callable[[Args], str]] = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_null": _null,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_values_to_match_regex": _regex,
    "expect_column_values_to_not_match_regex": _not_regex,
    "expect_column_values_to_be_between": _between,
    "expect_column_value_lengths_to_be_between": _lengths,
    "expect_column_value_lengths_to_equal": _length,
    "expect_column_pair_values_a_to_be_greater_than_b": _pair(">"),
    "expect_column_pair_values_to_be_equal": _pair("="),
}
