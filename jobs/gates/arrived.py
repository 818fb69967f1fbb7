"""What arrived of a resource, as its gate sees it: the current rows and those that were set aside and still stand."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_PLACE = "_from_seq"
"""Place of a row's delivery in the order of its resource."""


def standing(rejects: pa.Table, kept: pa.Table, newest: int | None) -> pa.Table:
    """Quarantined rows that nothing has taken the place of: who sends a corrected row is done with the wrong one.

    In a full load, whose ``newest`` delivery is given, those of that delivery; else those without a current row of
    their key that came later. A key that could not be read has none.
    """
    if newest is not None:
        return rejects.filter(pc.equal(rejects.column(_PLACE), newest))
    current = kept.filter(pc.equal(kept.column("_fate"), "current"))
    found = pc.index_in(rejects.column("_key"), value_set=current.column("_key").combine_chunks())
    later = pc.greater(current.column(_PLACE).take(found), rejects.column(_PLACE))
    return rejects.filter(pc.invert(pc.fill_null(later, False)))


def arrived_rows(kept: pa.Table, rejects: pa.Table | None) -> dict[str, pa.Table]:
    """Rows of a standardised resource: the current ones, and current ∪ quarantined, flags as columns of their own."""
    current = _flat(kept.filter(pc.equal(kept.column("_fate"), "current")), False)
    if rejects is None or not rejects.num_rows:
        return {"kept": current, "arrived": current}
    return {"kept": current, "arrived": pa.concat_tables([current, _flat(rejects, True)])}


def _judged_flag(flag: pa.Array, value: pa.ChunkedArray) -> pa.ChunkedArray:
    """An unflagged value has the empty flag: a share of flagged cells is one of all cells that say something."""
    clean = pc.and_(pc.is_null(flag), pc.is_valid(value))
    return pc.if_else(clean, pa.scalar("", pa.string()), flag)


def _flat(table: pa.Table, quarantined: bool) -> pa.Table:
    columns = {name: table.column(name) for name in table.column_names if not name.startswith("_")}
    flags = table.column("_flag").combine_chunks()
    for index, flag in enumerate(flags.type):
        given = flags.field(index) if table.num_rows else pa.array([], pa.string())
        columns[f"{flag.name}__flag"] = _judged_flag(given, table.column(flag.name))
    return pa.table(columns | {"_quarantined": pa.repeat(quarantined, table.num_rows)})
