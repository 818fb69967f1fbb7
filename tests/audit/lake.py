"""Small lakes by hand: what the journal testifies and where the rows of one resource stand, from folders of CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa

from jobs.context import Context
from jobs.lake.journal import DELIVERIES, REPEATS, STEPS, VERDICTS
from tests.land.home import RESOURCE, make_home

ROOT = Path(__file__).resolve().parent.parent / "golden" / "audit"
AS_OF = "2026-03-02"
Rows = list[dict[str, str]]
_NUMBERS = ("sequence", "received", "landed", "rejected")


def read_rows(path: Path) -> Rows:
    """Rows by the header's names; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def make_lake(case: Path, home: Path) -> Context:
    """The lake of a case: ``deliveries repeats rows results steps``, each file as the README beside them says."""
    ctx = make_home(home)
    assert ctx.as_of == AS_OF
    for row in read_rows(case / "deliveries.csv"):
        numbers = {name: int(row[name] or 0) for name in _NUMBERS}
        load = f"{row['period']}/{row['sequence']}"
        ctx.journal.note(DELIVERIES, **(row | numbers | {"load_id": load, "resource": RESOURCE, "manifest": {}}))
    for row in read_rows(case / "repeats.csv"):
        ctx.journal.note(REPEATS, resource=RESOURCE, **row)
    _stand(ctx, read_rows(case / "rows.csv"))
    _judge(ctx, read_rows(case / "results.csv"))
    for row in read_rows(case / "steps.csv"):
        ctx.journal.note(STEPS, layer="standardised", name=RESOURCE, fingerprint="", as_of=AS_OF, **row)
    return ctx


def _stand(ctx: Context, rows: Rows) -> None:
    """The standardised table and its rejects, one row a row, as many as counted."""
    for name, quarantined in ((RESOURCE, False), (f"{RESOURCE}__rejects", True)):
        own = [row for row in rows if (row["_fate"] == "quarantined") is quarantined]
        counted = [row for row in own for _ in range(int(row["count"]))]
        table = pa.table(
            {
                "_fate": pa.array([row["_fate"] for row in counted], pa.string()),
                "_n_duplicates": pa.array([int(row["_n_duplicates"]) for row in counted], pa.int32()),
                "_n_replaced": pa.array([int(row["_n_replaced"]) for row in counted], pa.int32()),
                "_row_no": pa.array(range(len(counted)), pa.int64()),
            }
        )
        if rows:
            ctx.lake.mark_passed(ctx.lake.write_table("standardised", name, table), "passed", AS_OF)


def _judge(ctx: Context, rows: Rows) -> None:
    if not rows:
        return
    results = [
        row | {"checked": int(row["checked"]), "failed": int(row["failed"]), "limit_pct": float(row["limit_pct"])}
        for row in rows
    ]
    worst = "blocked" if any(r["outcome"] == "failed" and r["severity"] == "critical" for r in results) else "passed"
    ctx.journal.note(
        VERDICTS, layer="standardised", name=RESOURCE, version=0, suite="", outcome=worst, results=results, as_of=AS_OF
    )
