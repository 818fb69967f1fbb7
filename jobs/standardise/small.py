"""Small tables in memory: the engine has read their texts, what is left is to put rows together."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlglot

from jobs.lake.memory import in_memory
from jobs.standardise.clean import DIFFERS, SYSTEM, breaches, deleted_sql
from jobs.standardise.policy import Standard
from jobs.standardise.readings import Reading
from jobs.standardise.versions import FATES, SLIM, fates_sql

Keyed = Callable[[list[list[str | None]]], list[str]]
"""Names of records from the texts of their keys, a list a key column."""


def placed(landed: pa.Table, orders: list[tuple[str, int, int]]) -> pa.Table:
    """The rows of deliveries that count, with the delivery's order and rank."""
    load_ids = pa.array([load_id for load_id, _, _ in orders], pa.string())
    position = pc.index_in(landed.column("_load_id").cast(pa.string()), value_set=load_ids)
    found = landed.filter(pc.is_valid(position))
    position = position.drop_null()
    for name, values in (("_order", [order for _, order, _ in orders]), ("_snapshot", [rank for *_, rank in orders])):
        kind = pa.int64() if name == "_order" else pa.int32()
        found = found.append_column(name, pa.array(values, kind).take(position))
    return found


def assembled(standard: Standard, landed: pa.Table, readings: dict[str, Reading], keyed: Keyed) -> pa.Table:
    """What :func:`jobs.standardise.clean.clean_cells` gives, and ``_key``, from the readings of placed rows."""
    names = [cell.column for cell in standard.cells]
    readings = _compared(standard, readings)
    raws = [landed.column(cell.source).cast(pa.string()).combine_chunks() for cell in standard.cells]
    flags = [readings[name].flag for name in names]
    kept = [
        pc.if_else(pc.is_valid(flag), raw, pa.scalar(None, pa.string())) for flag, raw in zip(flags, raws, strict=True)
    ]
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: readings[name].value for name in names}
    columns["_flag"] = pa.StructArray.from_arrays(flags, names)
    columns["_raw"] = pa.StructArray.from_arrays(kept, names)
    columns |= {name: landed.column(name) for name in SYSTEM}
    return pa.table(columns | _row_facts(standard, landed, readings, dict(zip(names, raws, strict=True)), keyed))


def _compared(standard: Standard, readings: dict[str, Reading]) -> dict[str, Reading]:
    """Readings with ``differs`` where one contradicts the column it is held against."""
    found = dict(readings)
    for cell in standard.cells:
        if cell.against:
            own = readings[cell.column]
            differs = pc.fill_null(pc.not_equal(own.value, readings[cell.against].value), False)
            found[cell.column] = Reading(own.value, pc.if_else(differs, DIFFERS, own.flag))
    return found


def _row_facts(
    standard: Standard, landed: pa.Table, readings: dict[str, Reading], raws: dict[str, pa.Array], keyed: Keyed
) -> dict[str, pa.Array]:
    """``_deleted``, ``_rules`` and ``_key`` of each row."""
    cells = {name: reading.value for name, reading in readings.items()}
    cells |= {f"{name}__flag": reading.flag for name, reading in readings.items()}
    cells |= {f"{name}__raw": raw for name, raw in raws.items()}
    rules = breaches(standard)
    keys = [f"CAST(`{column}` AS STRING)" for column in standard.key]
    conditions = _asked(pa.table(cells), [*[f"coalesce({condition}, FALSE)" for _, condition in rules], *keys])
    broken = np.array([conditions.column(n).to_numpy() for n in range(len(rules))], dtype=bool)
    gone = _asked(landed, [deleted_sql(standard)]).column(0) if standard.operation else None
    parts = [conditions.column(len(rules) + n).to_pylist() for n in range(len(keys))]
    return {
        "_deleted": pa.repeat(False, landed.num_rows) if gone is None else gone.combine_chunks(),
        "_rules": _lists(broken, [rule for rule, _ in rules]),
        "_key": pa.array(keyed(parts), pa.string()),
    }


def _asked(rows: pa.Table, expressions: list[str]) -> pa.Table:
    """The rules' SQL over a table in memory, one column an expression."""
    items = [f"{_in_duckdb(expression)} AS c{n}" for n, expression in enumerate(expressions)]
    with in_memory(rows=rows) as connection:
        return connection.execute(f"SELECT {', '.join(items)} FROM rows").to_arrow_table()  # noqa: S608 - own rules


@cache
def _in_duckdb(expression: str) -> str:
    """Spark's SQL in DuckDB's words; the rules of a catalog are a few thousand, and asked for at every run."""
    return str(sqlglot.transpile(expression, read="spark", write="duckdb")[0])


def _lists(broken: np.ndarray, rules: list[str]) -> pa.ListArray:
    """For each row the rules whose line in ``broken`` (rules × rows) is true."""
    offsets = np.concatenate([[0], np.cumsum(broken.sum(axis=0))]).astype(np.int32)
    _, which = np.nonzero(broken.T)
    return pa.ListArray.from_arrays(offsets, pa.array(rules, pa.string()).take(pa.array(which, pa.int32())))


def fates_of(tables: list[tuple[Standard, pa.Table, int]]) -> list[pa.Table]:
    """Index of the row and fate of each version, a table for each of ``tables`` (cleaned rows, number of deliveries).

    They are found together: no two resources share a key, and to plan the query takes longer than to run it.
    """
    by_mode: dict[str, list[int]] = {}
    for place, (standard, _, _) in enumerate(tables):
        by_mode.setdefault(standard.mode, []).append(place)
    found: dict[int, pa.Table] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        of_mode = partial(_fates_of_mode, tables)
        for places, fates in zip(by_mode.values(), pool.map(of_mode, by_mode, by_mode.values()), strict=True):
            found |= dict(zip(places, fates, strict=True))
    return [found[place] for place in range(len(tables))]


def _fates_of_mode(tables: list[tuple[Standard, pa.Table, int]], mode: str, places: list[int]) -> list[pa.Table]:
    slim = [_slim(*tables[place][1:]) for place in places]
    ends = np.cumsum([0, *[part.num_rows for part in slim]])
    rows = _coded(pa.concat_tables(slim)).append_column("_index", pa.array(np.arange(ends[-1]), pa.int64()))
    with in_memory(slim=rows) as connection:
        query = f"SELECT * FROM ({fates_sql('slim', mode, '_last', '_index')}) ORDER BY _index"
        fates = connection.execute(query).to_arrow_table()
    cuts = np.searchsorted(fates.column("_index").to_numpy(), ends)
    parts = [fates.slice(first, last - first) for first, last in pairwise(cuts)]
    return [
        part.set_column(0, "_index", pc.subtract(part.column("_index"), int(start)))
        for part, start in zip(parts, ends, strict=False)
    ]


def _slim(rows: pa.Table, snapshots: int) -> pa.Table:
    slim = rows.select([name for name in SLIM if name != "_good"]).append_column("_good", _good(rows))
    return slim.append_column("_last", pa.repeat(snapshots, rows.num_rows))


def _coded(slim: pa.Table) -> pa.Table:
    """Keys and hashes as numbers: they are only compared, and sorted ten times over."""
    for name in ("_key", "_row_hash"):
        codes = slim.column(name).combine_chunks().dictionary_encode().indices
        slim = slim.set_column(slim.schema.get_field_index(name), name, codes)
    return slim


def _good(rows: pa.Table) -> pa.ChunkedArray:
    return pc.equal(pc.list_value_length(rows.column("_rules")), 0)


def versioned(rows: pa.Table, fates: pa.Table) -> tuple[pa.Table, pa.Table]:
    """(kept versions, quarantined rows) of cleaned rows."""
    kept = rows.drop_columns(["_rules", "_order", "_snapshot", "_deleted"]).take(fates.column("_index"))
    for name in FATES:
        kept = kept.append_column(name, fates.column(name))
    return kept, _quarantined(rows.filter(pc.invert(_good(rows))))


def _quarantined(thrown: pa.Table) -> pa.Table:
    thrown = thrown.drop_columns(["_snapshot"]).rename_columns({"_order": "_from_seq", "_deleted": "_is_deleted"})
    count = thrown.num_rows
    thrown = thrown.append_column("_to_seq", pa.nulls(count, pa.int64()))
    thrown = thrown.append_column("_fate", pa.array(["quarantined"] * count, pa.string()))
    for name in ("_n_duplicates", "_n_replaced"):
        thrown = thrown.append_column(name, pa.array([0] * count, pa.int32()))
    return thrown
