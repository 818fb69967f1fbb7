"""Row rules as native predicates: an expectation in Great Expectations' words → SQL that is true where a row fails.

Only expectations about one row can be compiled; the others are judged by gates alone. A test holds both readings to
the same counts, so a predicate also copies what is not obvious of the other: a pair with one value missing fails
unless ``ignore_row_if`` says otherwise, ``$`` matches before a last line break, and a value that cannot be compared
fails. Nothing is cast without ``try_cast``: a failing cast would name the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jobs.rules.sql import in_list, literal, matches, name

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


def _present(condition: Callable[[str, Args], str]) -> Callable[[Args], str]:
    """Fails where the column has a value for which ``condition`` is not true."""

    def build(args: Args) -> str:
        column = name(args["column"])
        return f"({column} IS NOT NULL AND NOT coalesce({condition(column, args)}, FALSE))"

    return build


def _in_set(column: str, args: Args) -> str:
    numbers = [value for value in args["value_set"] if _is_number(value)]
    texts = [_as_text(value) for value in args["value_set"] if not _is_number(value)]
    parts = [in_list(_text(column), texts)] if texts else []
    if numbers:
        parts.append(f"{_number(column)} IN ({', '.join(_constant(value) for value in numbers)})")
    return "(" + " OR ".join(f"coalesce({part}, FALSE)" for part in parts or ["FALSE"]) + ")"


def _not_in_set(column: str, args: Args) -> str:
    return f"NOT {_in_set(column, args)}"


def _regex(column: str, args: Args) -> str:
    return matches(_text(column), portable(args["regex"]))


def _not_regex(column: str, args: Args) -> str:
    return f"NOT {_regex(column, args)}"


def _between(column: str, args: Args) -> str:
    limits = [args.get("min_value"), args.get("max_value")]
    if any(isinstance(limit, str | date) for limit in limits):
        return _bounds(
            f"try_cast({column} AS TIMESTAMP)", args, lambda limit: f"try_cast({literal(str(limit))} AS TIMESTAMP)"
        )
    return _bounds(_number(column), args, _constant)


def _lengths(column: str, args: Args) -> str:
    return _bounds(f"length({_text(column)})", args, _constant)


def _length(column: str, args: Args) -> str:
    return f"length({_text(column)}) = {int(args['value'])}"


def _bounds(value: str, args: Args, constant: Callable[[Any], str]) -> str:
    parts = []
    for bound, plain, strict in (("min_value", ">=", ">"), ("max_value", "<=", "<")):
        if args.get(bound) is not None:
            sign = strict if args.get(f"strict_{bound[:3]}") else plain
            parts.append(f"{value} {sign} {constant(args[bound])}")
    return " AND ".join(parts) or "TRUE"


def _pair(compare: str) -> Callable[[Args], str]:
    def build(args: Args) -> str:
        left, right = name(args["column_A"]), name(args["column_B"])
        sign = ">=" if compare == ">" and args.get("or_equal") else compare
        considered = {
            "either_value_is_missing": f"{left} IS NOT NULL AND {right} IS NOT NULL AND ",
            "neither": "",
        }.get(args.get("ignore_row_if") or "", f"NOT ({left} IS NULL AND {right} IS NULL) AND ")
        return f"({considered}NOT coalesce({left} {sign} {right}, FALSE))"

    return build


def portable(regex: str) -> str:
    """A pattern that both engines read as Python does: ``.`` and ``$`` mean different line ends in each dialect."""
    return "".join(_tokens(regex))


def _tokens(regex: str) -> Iterable[str]:
    in_class = escaped = False
    for char in regex:
        if escaped or in_class or char not in ".$":
            yield char
        else:
            yield "[^\n]" if char == "." else "(?:\n?\\z)"
        if not escaped and char in "[]":
            in_class = char == "["
        escaped = char == "\\" and not escaped


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(column: str) -> str:
    return f"CAST({column} AS STRING)"


def _number(column: str) -> str:
    return f"try_cast({column} AS DECIMAL(38,12))"


def _constant(value: Any) -> str:
    return f"CAST('{Decimal(str(value)):f}' AS DECIMAL(38,12))"


_KINDS: dict[str, Callable[[Args], str]] = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_null": _null,
    "expect_column_values_to_be_in_set": _present(_in_set),
    "expect_column_values_to_not_be_in_set": _present(_not_in_set),
    "expect_column_values_to_match_regex": _present(_regex),
    "expect_column_values_to_not_match_regex": _present(_not_regex),
    "expect_column_values_to_be_between": _present(_between),
    "expect_column_value_lengths_to_be_between": _present(_lengths),
    "expect_column_value_lengths_to_equal": _present(_length),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair(">"),
    "expect_column_pair_values_to_be_equal": _pair("="),
}
