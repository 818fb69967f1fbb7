"""Versions: which landed rows made a version of a key, and what became of the others.

Deliveries are ordered by (period, sequence), never by arrival. In a full load a key that is absent from a snapshot
has ended; in an incremental load only a later row or a deletion ends a version. A quarantined row counts as a sign
of life of its key, but never replaces a version.

The bookkeeping reads seven narrow columns and is plain SQL that Spark, Sail and DuckDB read alike, so that a small
table need not pay an engine's planning for it.
"""

from __future__ import annotations

SLIM = ("_key", "_row_no", "_row_hash", "_order", "_snapshot", "_deleted", "_good")
FATES = ("_from_seq", "_to_seq", "_is_deleted", "_fate", "_n_duplicates", "_n_replaced")


def fates_sql(rows: str, mode: str, last_snapshot: int | str, *ids: str) -> str:
    """One row per (key, version) from a view with the columns :data:`SLIM` and ``ids``, which name a row; the result
    has ``ids`` and :data:`FATES`. Keys of several resources may be mixed: ``last_snapshot`` is then a column.

    ``_snapshot`` is the rank of a delivery among the landed ones, ``_good`` whether no critical rule is broken.
    ``_n_duplicates`` and ``_n_replaced`` count the landed rows that a version stands for beside its own.
    """
    gap = "_snapshot - _before > 1" if mode == "full" else "FALSE"
    best = "CASE WHEN _good THEN 0 ELSE 1 END, _row_no DESC"
    return f"""
    WITH arrived AS (
      SELECT *, row_number() OVER (PARTITION BY _key, _snapshot ORDER BY {best}) AS _pick,
        first_value(_row_hash) OVER (PARTITION BY _key, _snapshot ORDER BY {best}) AS _kept_hash
      FROM {rows}
    ), counted AS (
      SELECT *,
        sum(CASE WHEN _good AND _pick > 1 AND _row_hash = _kept_hash THEN 1 ELSE 0 END)
          OVER (PARTITION BY _key, _snapshot) AS _same,
        sum(CASE WHEN _good AND _pick > 1 AND _row_hash <> _kept_hash THEN 1 ELSE 0 END)
          OVER (PARTITION BY _key, _snapshot) AS _other
      FROM arrived
    ), seen AS (
      SELECT *, lag(_snapshot) OVER (PARTITION BY _key ORDER BY _snapshot) AS _before
      FROM counted WHERE _pick = 1
    ), spells AS (
      SELECT *, sum(CASE WHEN {gap} THEN 1 ELSE 0 END) OVER (PARTITION BY _key ORDER BY _snapshot) AS _spell
      FROM seen
    ), spelled AS (
      SELECT *, max(_snapshot) OVER (PARTITION BY _key, _spell) AS _spell_end FROM spells
    ), good AS (
      SELECT *, CASE WHEN lag(_row_hash) OVER (PARTITION BY _key, _spell ORDER BY _snapshot) = _row_hash
                     THEN 0 ELSE 1 END AS _fresh
      FROM spelled WHERE _good
    ), numbered AS (
      SELECT *, sum(_fresh) OVER (PARTITION BY _key ORDER BY _snapshot) AS _version FROM good
    ), weighed AS (
      SELECT *, sum(_same + 1 - _fresh) OVER (PARTITION BY _key, _version) AS _duplicates,
        sum(_other) OVER (PARTITION BY _key, _version) AS _replaced
      FROM numbered
    ), versions AS (
      SELECT *, lead(_order) OVER (PARTITION BY _key ORDER BY _snapshot) AS _next_order,
        lead(_spell) OVER (PARTITION BY _key ORDER BY _snapshot) AS _next_spell
      FROM weighed WHERE _fresh = 1
    )
    SELECT {", ".join(ids)}, _order AS _from_seq, {_end(mode, last_snapshot)} AS _to_seq, _deleted AS _is_deleted,
      {_fate(mode, last_snapshot)} AS _fate, CAST(_duplicates AS INT) AS _n_duplicates,
      CAST(_replaced AS INT) AS _n_replaced
    FROM versions
    """


def _end(mode: str, last_snapshot: int | str) -> str:
    """Order of the delivery that ended a version. An absence has no order of its own: it ends a version at the order
    it began with."""
    if mode == "full":
        gone = f"CASE WHEN _spell_end < {last_snapshot} THEN _order END"
        return f"CASE WHEN _next_order IS NOT NULL AND _next_spell = _spell THEN _next_order ELSE {gone} END"
    return "CASE WHEN _next_order IS NOT NULL THEN _next_order WHEN _deleted THEN _order END"


def _fate(mode: str, last_snapshot: int | str) -> str:
    if mode == "full":
        return (
            "CASE WHEN _next_order IS NOT NULL AND _next_spell = _spell THEN 'superseded' "
            f"WHEN _spell_end < {last_snapshot} THEN 'withdrawn' ELSE 'current' END"
        )
    return "CASE WHEN _next_order IS NOT NULL THEN 'superseded' WHEN _deleted THEN 'withdrawn' ELSE 'current' END"
