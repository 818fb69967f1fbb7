"""Cells: text → value and flag, in narrow steps so that no expression is written twice in the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jobs.rules.rule import flag_sql
from jobs.rules.sql import cases, literal, name
from jobs.standardise.policy import GARBLED, Cell, Standard

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DIFFERS = "differs"
"""Flag of a reading that contradicts the column it is held against."""
SYSTEM = ("_load_id", "_row_no", "_row_hash", "_order", "_snapshot")


def read_cells(frame: DataFrame, cells: Sequence[Cell], *carried: str) -> DataFrame:
    """For each cell its typed value, ``<column>__flag`` and ``<column>__raw``; ``carried`` are expressions to keep,
    each with a name."""
    kept = [expression.rpartition(" AS ")[2] for expression in carried]
    texts = frame.selectExpr(
        *carried,
        *[f"{name(cell.source)} AS {name(_raw(cell))}" for cell in cells],
        *[f"{cell.rule.text(name(cell.source), cell.policy)} AS {name(_text(cell))}" for cell in cells],
    )
    parsed = texts.selectExpr(
        "*", *[f"{cell.rule.parsed(name(_text(cell)), cell.policy)} AS {name(cell.column)}" for cell in cells]
    )
    return parsed.selectExpr(
        *kept,
        *[f"CAST({name(cell.column)} AS {cell.rule.type}) AS {name(cell.column)}" for cell in cells],
        *[f"{_flag(cell)} AS {name(cell.column + '__flag')}" for cell in cells],
        *[name(_raw(cell)) for cell in cells],
    )


def clean_cells(landed: DataFrame, standard: Standard) -> DataFrame:
    """Typed columns, structs ``_flag`` and ``_raw`` (text only where a flag stands), ``_rules`` (ids of the critical
    rules a row breaks), ``_deleted`` and the system columns."""
    cells = standard.cells
    read = read_cells(landed, cells, *SYSTEM, f"{deleted_sql(standard)} AS _deleted")
    items = ", ".join(f"CASE WHEN {condition} THEN {literal(rule)} END" for rule, condition in breaches(standard))
    return read.selectExpr(
        *[name(cell.column) for cell in cells],
        f"named_struct({', '.join(f'{literal(c.column)}, {_flag_name(c)}' for c in cells)}) AS _flag",
        f"named_struct({', '.join(f'{literal(c.column)}, {_kept_raw(c)}' for c in cells)}) AS _raw",
        *SYSTEM,
        "_deleted",
        f"filter(array({items}), r -> r IS NOT NULL) AS _rules",
    )


def deleted_sql(standard: Standard) -> str:
    """Whether a landed row says that its key is gone."""
    if not standard.operation:
        return "FALSE"
    values = ", ".join(literal(value.upper()) for value in standard.deleted)
    return f"coalesce(upper(trim({name(standard.operation)})) IN ({values}), FALSE)"


def breaches(standard: Standard) -> list[tuple[str, str]]:
    """(id, condition) of each critical rule that a row of :func:`read_cells` may break."""
    missing = " OR ".join(f"{name(column)} IS NULL" for column in standard.key)
    texts = [name(_raw(cell)) for cell in standard.cells]
    garbled = f"rlike(concat_ws(' ', {', '.join(texts)}), {literal('|'.join(GARBLED))})"
    return [("key_missing", missing), ("garbled", garbled), *[(rule.id, rule.condition) for rule in standard.row_rules]]


def _raw(cell: Cell) -> str:
    return f"{cell.column}__raw"


def _text(cell: Cell) -> str:
    return f"{cell.column}__text"


def _flag_name(cell: Cell) -> str:
    return name(f"{cell.column}__flag")


def _kept_raw(cell: Cell) -> str:
    return f"CASE WHEN {_flag_name(cell)} IS NOT NULL THEN {name(_raw(cell))} END"


def _flag(cell: Cell) -> str:
    flag = flag_sql(cell.rule, name(_raw(cell)), name(_text(cell)), name(cell.column), cell.policy)
    if cell.against is None:
        return flag
    value, other = (f"CAST({name(column)} AS {cell.rule.type})" for column in (cell.column, cell.against))
    return cases([(f"{value} <> {other}", literal(DIFFERS))], flag)
