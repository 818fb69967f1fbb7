"""Versions: which landed rows made a version of a key, and what became of the others.

Deliveries are ordered by (period, sequence), never by arrival. In a full load a key that is absent from a snapshot
has ended; in an incremental load only a later row or a deletion ends a version. A quarantined row counts as a sign
of life of its key, but never replaces a version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.rules.sql import name
from jobs.standardise.policy import Standard

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def version_rows(session: SparkSession, cleaned: DataFrame, standard: Standard, last_snapshot: int) -> DataFrame:
    """One row per (key, version) with its system columns, and one per quarantined row (``_rules`` not null).

    ``_n_duplicates`` and ``_n_replaced`` count the landed rows that a version stands for beside its own.
    """
    key = ", ".join(name(column) for column in standard.key)
    gap = "_snapshot - _before > 1" if standard.mode == "full" else "FALSE"
    view = "landed_" + standard.resource.replace(".", "_")
    cleaned.createOrReplaceTempView(view)
    return session.sql(f"""
    WITH arrived AS (
      SELECT *, size(_rules) = 0 AS _good,
        row_number() OVER (PARTITION BY {key}, _snapshot ORDER BY CASE WHEN size(_rules) = 0 THEN 0 ELSE 1 END,
                           _row_no DESC) AS _pick,
        first_value(_row_hash) OVER (PARTITION BY {key}, _snapshot ORDER BY
                           CASE WHEN size(_rules) = 0 THEN 0 ELSE 1 END, _row_no DESC) AS _kept_hash
      FROM {view}
    ), counted AS (
      SELECT *,
        sum(CASE WHEN _good AND _pick > 1 AND _row_hash = _kept_hash THEN 1 ELSE 0 END)
          OVER (PARTITION BY {key}, _snapshot) AS _same,
        sum(CASE WHEN _good AND _pick > 1 AND _row_hash <> _kept_hash THEN 1 ELSE 0 END)
          OVER (PARTITION BY {key}, _snapshot) AS _other
      FROM arrived
    ), seen AS (
      SELECT *, lag(_snapshot) OVER (PARTITION BY {key} ORDER BY _snapshot) AS _before,
        lead(_snapshot) OVER (PARTITION BY {key} ORDER BY _snapshot) AS _after
      FROM counted WHERE _pick = 1
    ), spells AS (
      SELECT *, sum(CASE WHEN {gap} THEN 1 ELSE 0 END) OVER (PARTITION BY {key} ORDER BY _snapshot) AS _spell,
        max(_snapshot) OVER (PARTITION BY {key}) AS _last_seen
      FROM seen
    ), spelled AS (
      SELECT *, max(_snapshot) OVER (PARTITION BY {key}, _spell) AS _spell_end FROM spells
    ), good AS (
      SELECT *, CASE WHEN lag(_row_hash) OVER (PARTITION BY {key}, _spell ORDER BY _snapshot) = _row_hash
                     THEN 0 ELSE 1 END AS _fresh
      FROM spelled WHERE _good
    ), numbered AS (
      SELECT *, sum(_fresh) OVER (PARTITION BY {key} ORDER BY _snapshot) AS _version FROM good
    ), weighed AS (
      SELECT *, CAST(sum(_same + CASE WHEN _fresh = 1 THEN 0 ELSE 1 END) OVER (PARTITION BY {key}, _version) AS INT)
                AS _n_duplicates,
        CAST(sum(_other) OVER (PARTITION BY {key}, _version) AS INT) AS _n_replaced
      FROM numbered
    ), versions AS (
      SELECT *, lead(_order) OVER (PARTITION BY {key} ORDER BY _snapshot) AS _next_order,
        lead(_spell) OVER (PARTITION BY {key} ORDER BY _snapshot) AS _next_spell
      FROM weighed WHERE _fresh = 1
    )
    SELECT {_columns(standard)}, _load_id, _row_no, _row_hash, _order AS _from_seq,
      {_end(standard, last_snapshot)} AS _to_seq, _deleted AS _is_deleted,
      {_fate(standard, last_snapshot)} AS _fate, _n_duplicates, _n_replaced, CAST(NULL AS ARRAY<STRING>) AS _rules
    FROM versions
    UNION ALL
    SELECT {_columns(standard)}, _load_id, _row_no, _row_hash, _order, CAST(NULL AS BIGINT), _deleted,
      'quarantined', 0, 0, _rules
    FROM arrived WHERE NOT _good
    """)


def _columns(standard: Standard) -> str:
    flags = ", ".join(f"'{cell.column}', {name(cell.column + '__flag')}" for cell in standard.cells)
    raws = ", ".join(
        f"'{cell.column}', CASE WHEN {name(cell.column + '__flag')} IS NOT NULL THEN {name(cell.column + '__raw')} END"
        for cell in standard.cells
    )
    values = ", ".join(name(cell.column) for cell in standard.cells)
    return f"{values}, named_struct({flags}) AS _flag, named_struct({raws}) AS _raw"


def _end(standard: Standard, last_snapshot: int) -> str:
    """Order of the delivery that ended a version; the snapshot after the last appearance has no order of its own
    here, so an absence ends a version at the order it was last seen in."""
    if standard.mode == "full":
        gone = f"_spell_end < {last_snapshot}"
        ended = f"CASE WHEN {gone} THEN _order END"
        return f"CASE WHEN _next_order IS NOT NULL AND _next_spell = _spell THEN _next_order ELSE {ended} END"
    return "CASE WHEN _next_order IS NOT NULL THEN _next_order WHEN _deleted THEN _order END"


def _fate(standard: Standard, last_snapshot: int) -> str:
    if standard.mode == "full":
        return (
            "CASE WHEN _next_order IS NOT NULL AND _next_spell = _spell THEN 'superseded' "
            f"WHEN _spell_end < {last_snapshot} THEN 'withdrawn' ELSE 'current' END"
        )
    after = "lead(_deleted) OVER (PARTITION BY " + ", ".join(name(c) for c in standard.key) + " ORDER BY _snapshot)"
    return (
        f"CASE WHEN _deleted THEN 'withdrawn' WHEN _next_order IS NOT NULL AND {after} THEN 'withdrawn' "
        "WHEN _next_order IS NOT NULL THEN 'superseded' ELSE 'current' END"
    )
