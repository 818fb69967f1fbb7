"""Reading texts through a rule as standardise does: raw → text → parsed → flag, on the engine of the session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from jobs.rules import RULES, Policy
from jobs.standardise.clean import clean_cells
from jobs.standardise.policy import Cell, Standard

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NOTHING = Policy()


class Read(NamedTuple):
    """What became of one text: its value as text, and the flag a reader sees."""

    value: str | None
    flag: str | None


def read_cells(session: SparkSession, rule: str, texts: Iterable[str | None], policy: Policy = NOTHING) -> list[Read]:
    """Value and flag of every text, in order."""
    return read_columns(session, {"value": (rule, policy)}, [(text,) for text in texts])["value"]


def read_columns(
    session: SparkSession, columns: dict[str, tuple[str, Policy]], rows: Sequence[Sequence[str | None]]
) -> dict[str, list[Read]]:
    """The same for several columns at once, each with its rule: one query, however many columns."""
    cells = tuple(Cell(f"raw {name}", name, RULES[rule], policy) for name, (rule, policy) in columns.items())
    standard = Standard("rules", "full", (cells[0].column,), None, (), cells, ())
    count = len(rows)
    system = {"_load_id": ["load"] * count, "_row_no": range(count), "_row_hash": [""] * count}
    system |= {"_order": [1] * count, "_snapshot": [1] * count}
    texts = {cell.source: pa.array([row[n] for row in rows], pa.string()) for n, cell in enumerate(cells)}
    cleaned = clean_cells(session.createDataFrame(pa.table({**system, **texts})), standard)
    picked = [part for name in columns for part in (f"CAST(`{name}` AS STRING)", f"_flag.`{name}`")]
    found = sorted(cleaned.selectExpr("_row_no", *picked).collect(), key=lambda row: row[0])
    return {name: [Read(row[1 + 2 * place], row[2 + 2 * place]) for row in found] for place, name in enumerate(columns)}
