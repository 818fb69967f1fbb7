"""Readings: what the texts of many small tables mean, asked of the engine once for all of them.

An engine plans a small table longer than it computes it, and plans every column anew: a name is read by one rule
however many tables have one. Here every distinct text is read once a (rule, policy), in one plan for all tables that
are due, and each table is put together from the answers by position.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from jobs.lake.memory import collected
from jobs.standardise.clean import read_cells
from jobs.standardise.contract import identity
from jobs.standardise.policy import Cell, Standard

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_COLUMNS = 8
"""Columns that share a plan: planning them takes time that grows faster than their number."""
_PLANS = 4
"""Plans at once: most of an engine's planning keeps one core busy."""


@dataclass(frozen=True)
class Reading:
    """Value and flag of every row of one column."""

    value: pa.Array
    flag: pa.Array


@dataclass(frozen=True)
class _Texts:
    """All texts under one rule and policy: the distinct ones, and where each column's rows find theirs."""

    cell: Cell
    distinct: pa.Array
    positions: dict[tuple[str, str], pa.Array]


def read_all(session: SparkSession, tables: Iterable[tuple[Standard, pa.Table]]) -> dict[str, dict[str, Reading]]:
    """Column → reading for each resource, from its landed rows."""
    readings: dict[str, dict[str, Reading]] = defaultdict(dict)
    texts = sorted(_by_rule(tables), key=lambda group: len(group.distinct))  # neighbours are padded to one length
    plans = [texts[start : start + _COLUMNS] for start in range(0, len(texts), _COLUMNS)]
    with ThreadPoolExecutor(_PLANS) as pool:
        for groups, answers in zip(plans, pool.map(partial(_ask, session), plans), strict=True):
            for group, answer in zip(groups, answers, strict=True):
                for (resource, column), positions in group.positions.items():
                    taken = Reading(answer.value.take(positions), answer.flag.take(positions))
                    readings[resource][column] = taken
    return readings


def _by_rule(tables: Iterable[tuple[Standard, pa.Table]]) -> list[_Texts]:
    cells: dict[tuple[str, ...], Cell] = {}
    columns: dict[tuple[str, ...], dict[tuple[str, str], pa.ChunkedArray]] = defaultdict(dict)
    for standard, landed in tables:
        for cell in standard.cells:
            rule = identity(cell)
            cells.setdefault(rule, cell)
            columns[rule][(standard.resource, cell.column)] = landed.column(cell.source)
    return [_distinct(cells[rule], found) for rule, found in columns.items()]


def _distinct(cell: Cell, columns: Mapping[tuple[str, str], pa.ChunkedArray]) -> _Texts:
    chunks = [chunk.cast(pa.string()) for column in columns.values() for chunk in column.chunks]
    encoded = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()
    positions, start = {}, 0
    for name, column in columns.items():
        positions[name] = encoded.indices.slice(start, len(column))
        start += len(column)
    return _Texts(cell, encoded.dictionary, positions)


def _ask(session: SparkSession, groups: list[_Texts]) -> list[Reading]:
    """Value and flag of the distinct texts of each group, read by the engine in one plan."""
    longest = max(len(group.distinct) for group in groups)
    cells = [Cell(f"s{n}", f"c{n}", group.cell.rule, group.cell.policy) for n, group in enumerate(groups)]
    columns = {
        cell.source: pa.concat_arrays([group.distinct, pa.nulls(longest - len(group.distinct), pa.string())])
        for cell, group in zip(cells, groups, strict=True)
    }
    frame = session.createDataFrame(pa.table({"_n": pa.array(range(longest), pa.int32()), **columns}))
    wanted = [name for cell in cells for name in (cell.column, f"{cell.column}__flag")]
    answer = collected(read_cells(frame, cells, "_n").select("_n", *wanted)).sort_by("_n")
    return [
        Reading(*(answer.column(name).combine_chunks() for name in (cell.column, f"{cell.column}__flag")))
        for cell in cells
    ]
