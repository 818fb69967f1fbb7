"""What departments took back: deliveries that count no more, whenever the withdrawal came."""

from __future__ import annotations

from jobs.context import Context
from jobs.lake.journal import DELIVERIES, WITHDRAWALS

REASON = "部门已撤回"


def settle_withdrawals(ctx: Context) -> int:
    """Mark every delivery that a withdrawal names, also one that came after it; returns how many are new.

    A withdrawal stands for good: what shall count again is delivered again, with the next sequence.
    """
    taken_back = {
        (row["resource"], row["period"], row["sequence"], row["blob"] or "")
        for row in ctx.journal.newest(WITHDRAWALS, "resource", "period", "sequence", "blob")
    }
    if not taken_back:
        return 0
    found = []
    for row in ctx.journal.newest(DELIVERIES, "load_id"):
        place = (row["resource"], row["period"], row["sequence"])
        named = (*place, "") in taken_back or (*place, row["blob"]) in taken_back
        if named and row["state"] != "withdrawn":
            kept = {name: value for name, value in row.items() if name not in ("seq", "noted_at")}
            found.append(kept | {"state": "withdrawn", "reason": REASON})
    ctx.journal.note_all(DELIVERIES, found)
    return len(found)
