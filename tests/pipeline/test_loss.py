"""A full load that shrinks beyond what was declared, and whose manifest does not say so, stops before it deletes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from jobs.context import Context
from jobs.contracts import Load
from jobs.gates import Arrival, Verdict, judge_landings, landing_suite
from jobs.lake.journal import DELIVERIES
from jobs.pipeline.ingest import unexplained_loss
from jobs.settings import Settings

FULL = Load(mode="full", key=("ID",))


@pytest.mark.parametrize(
    ("received", "before", "removed", "load", "beyond"),
    [
        pytest.param(100, 100, 0, FULL, 0.0, id="as many as before"),
        pytest.param(50, 100, 0, FULL, 0.0, id="half is what may go where nothing is declared"),
        pytest.param(49, 100, 0, FULL, 1.0, id="one row more may not"),
        pytest.param(0, 100, 0, FULL, 50.0, id="all are gone"),
        pytest.param(10, 100, 40, FULL, 0.0, id="the manifest says that forty were removed"),
        pytest.param(10, 100, 39, FULL, 1.0, id="but not that one more was"),
        pytest.param(89, 100, 0, Load(mode="full", key=("ID",), may_lose=0.1), 1.0, id="a smaller share is declared"),
        pytest.param(0, 100, 0, Load(mode="full", key=("ID",), may_lose=1), 0.0, id="anything may go"),
        pytest.param(0, 19, 0, FULL, 0.0, id="of few rows a drop says nothing"),
        pytest.param(1, 100, 0, Load(mode="incremental", key=("ID",)), 0.0, id="an increment has its own size"),
        pytest.param(900, 100, 0, FULL, 0.0, id="growth is no drop"),
    ],
)
def test_how_far_a_drop_goes_beyond_what_may_go(
    received: int, before: int, removed: int, load: Load, beyond: float
) -> None:
    assert unexplained_loss(received, before, removed, load) == pytest.approx(beyond)


@pytest.mark.parametrize(("beyond", "state"), [(0.0, "landed"), (0.1, "refused")])
def test_the_gate_refuses_the_delivery_and_what_was_stays_readable(
    settings: Settings, tmp_path: Any, beyond: float, state: str
) -> None:
    ctx = Context(replace(settings, home=tmp_path), "2026-03-02")
    before = ctx.lake.write_table("landed", "x.y.z", pa.table({"ID": [str(n) for n in range(100)]}))
    ctx.lake.mark_passed(before, "passed", ctx.as_of)
    after = ctx.lake.write_table("landed", "x.y.z", pa.table({"ID": ["1"]}))
    verdict = _judged(ctx, beyond, after)
    assert verdict.blocked == (state == "refused")
    assert [row["state"] for row in ctx.journal.newest(DELIVERIES, "load_id")] == [state]
    passed = ctx.lake.passed("landed", "x.y.z")
    assert passed is not None and passed.rows == (100 if state == "refused" else 1)
    if verdict.blocked:
        assert "骤减：上一批 100 行，本批 1 行" in verdict.reason


def _judged(ctx: Context, beyond: float, version: Any) -> Verdict:
    facts = {"received": 1, "rejected_pct": 0.0, "cut_off": 0, "loss_beyond_pct": beyond, "before": 100}
    delivery = {"load_id": "one", "resource": "x.y.z", "period": "2026-03-02", "sequence": 1}
    (verdict,) = judge_landings(ctx, [Arrival(delivery, facts, landing_suite([], has_manifest=False), [version])])
    return verdict
