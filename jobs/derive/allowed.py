"""What theme SQL may call: functions that give the same answer for the same rows, and reach only their arguments.

A rerun must give the same content, so clocks, chance, sessions and the order in which rows happen to arrive are out;
so is everything that leaves the engine (files, network, scripts, Java classes). Names are those under which the engine
will run the query, whatever alias it was written with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

_NAMES = """
    count count_if sum avg min max min_by max_by median percentile bool_and bool_or every some
    row_number rank dense_rank ntile lag lead first_value last_value
    coalesce nullif if nvl nvl2 ifnull greatest least cast try_cast isnull isnotnull
    concat concat_ws substring substr left right length upper lower trim ltrim rtrim btrim replace translate lpad rpad
    instr locate startswith endswith contains split regexp_extract regexp_replace regexp_like
    abs round floor ceil ceiling pmod mod sign power try_divide
    add_months date_add date_sub datediff date_format date_trunc trunc year quarter month day dayofweek weekday last_day
    months_between to_date make_date unix_timestamp
    array struct named_struct map explode posexplode size cardinality element_at array_contains array_distinct
    array_join sort_array array_sort collect_set collect_list filter transform exists aggregate
"""
FUNCTIONS = frozenset(_NAMES.split())
"""Spark names, lower case."""

_OPERATORS = (exp.Connector, exp.Case, exp.If, exp.RegexpLike)
_UNORDERED = ("collect_set", "collect_list")
_ORDERING = ("sort_array", "array_sort", "size", "cardinality")
_BY_ORDER = ("row_number", "rank", "dense_rank", "ntile", "lag", "lead", "first_value", "last_value")
_STATEMENTS = (
    exp.Command,
    exp.Insert,
    exp.Update,
    exp.Delete,
    exp.Create,
    exp.Drop,
    exp.Alter,
    exp.Merge,
    exp.Into,
    exp.QueryTransform,
)
_TABLE_PARTS = ("this", "db", "catalog", "alias", "joins")


def problems(tree: exp.Expression) -> Iterator[str]:
    """Everything in a parsed query that a theme table may not contain, in words."""
    if tree.find(*_STATEMENTS):
        yield "it holds more than a SELECT"
    for function in tree.find_all(exp.Func):
        yield from _function(function)
    for window in tree.find_all(exp.Window):
        called = _called(window.this) if isinstance(window.this, exp.Func) else ""
        if called in _BY_ORDER and not window.args.get("order"):
            yield f"{called}() has no ORDER BY, so its answer depends on how rows arrive"
    for limit in tree.find_all(exp.Limit):
        if limit.parent is None or not limit.parent.args.get("order"):
            yield "LIMIT without ORDER BY takes whichever rows come first"
    for table in tree.find_all(exp.Table):
        extra = sorted(key for key, value in table.args.items() if value and key not in _TABLE_PARTS)
        if extra or (table.args.get("alias") and table.args["alias"].args.get("columns")):
            yield f"table {table.name} carries {', '.join(extra) or 'column names'}; name it and nothing more"


def _function(function: exp.Func) -> Iterator[str]:
    if isinstance(function, _OPERATORS):
        return
    called = _called(function)
    if called not in FUNCTIONS:
        yield f"function {called} is not on the list"
    elif called in _UNORDERED and not _is_ordered(function):
        yield f"{called}() has no fixed order; put it into sort_array(…)"


def _called(function: exp.Func) -> str:
    """Name under which the engine runs it."""
    if isinstance(function, exp.Anonymous):
        return str(function.name).lower()
    text = function.sql(dialect="spark")
    found = re.match(r"[A-Za-z_0-9]+", text)
    return found.group(0).lower() if found else type(function).__name__.lower()


def _is_ordered(function: exp.Func) -> bool:
    return isinstance(function.parent, exp.Func) and _called(function.parent) in _ORDERING
