"""What arrived of a resource, as its gate sees it: the current rows and those that were set aside and still stand."""

from __future__ import annotations

import pandas as pd
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


def arrived_frame(kept: pa.Table, rejects: pa.Table | None) -> dict[str, pd.DataFrame]:
    """Frames of a standardised resource: current rows, and current ∪ quarantined, flags as columns of their own."""
    current = kept.filter(pc.equal(kept.column("_fate"), "current"))
    kept_frame = _flat(current, False)
    parts = [kept_frame]
    if rejects is not None and rejects.num_rows:
        parts.append(_flat(rejects, True))
    return {"kept": kept_frame, "arrived": pd.concat(parts, ignore_index=True) if len(parts) > 1 else kept_frame}


def _judged_flag(flag: pa.Array, value: pa.ChunkedArray) -> pa.ChunkedArray:
    """An unflagged value has the empty flag: a share of flagged cells is one of all cells that say something."""
    clean = pc.and_(pc.is_null(flag), pc.is_valid(value))
    return pc.if_else(clean, pa.scalar("", pa.string()), flag)


def _flat(table: pa.Table, quarantined: bool) -> pd.DataFrame:
    columns = {name: table.column(name) for name in table.column_names if not name.startswith("_")}
    flags = table.column("_flag").combine_chunks()
    for index, flag in enumerate(flags.type):
        given = flags.field(index) if table.num_rows else pa.array([], pa.string())
        columns[f"{flag.name}__flag"] = _judged_flag(given, table.column(flag.name))
    frame = pa.table(columns).to_pandas(date_as_object=True, timestamp_as_object=False)
    frame["_quarantined"] = quarantined
    return frame
