"""Corrected and withdrawn deliveries: in the end all is as if they had been right, or had never been, whatever came
first."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.context import Context
from jobs.lake.delivery import Delivery
from jobs.lake.journal import DELIVERIES, WITHDRAWALS
from jobs.pipeline.withdraw import settle_withdrawals
from jobs.settings import Settings
from jobs.standardise.job import orders_of
from tests.standardise.model import Row, Sent, rows_of, standing
from tests.standardise.test_versions import Told, told_by_model, told_by_sql

RESOURCE = "dep.sys.thing"
cells = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["x", "y"]), st.booleans(), st.sampled_from([True, True, False])
)
deliveries = st.lists(
    st.builds(
        Sent,
        day=st.integers(1, 3),
        sequence=st.integers(1, 3),
        corrects=st.sampled_from([False, False, True]),
        withdrawn=st.sampled_from([False, False, True]),
        rows=st.lists(cells, max_size=4).map(lambda found: tuple((k, f"{t}{d}", d, g) for k, t, d, g in found)),
    ),
    max_size=6,
    unique_by=lambda one: (one.day, one.sequence),
)


def delivery(one: Sent) -> Delivery:
    manifest = {"corrects": f"2026-03-{one.day:02d}"} if one.corrects else {}
    return Delivery(RESOURCE, f"2026-03-{one.day:02d}", one.sequence, "", "", "", "", manifest)


def arrive(ctx: Context, sent: list[Sent], order: Random) -> None:
    """Deliveries and withdrawals come in any order; what is extracted lands unless it was taken back by then."""
    events = [(one, False) for one in sent] + [(one, True) for one in sent if one.withdrawn]
    for one, is_withdrawal in order.sample(events, len(events)):
        own = delivery(one)
        place: dict[str, Any] = {"resource": RESOURCE, "period": own.period, "sequence": own.sequence, "blob": ""}
        if is_withdrawal:
            ctx.journal.note(WITHDRAWALS, **place)
        else:
            facts = place | {"load_id": own.load_id, "manifest": own.manifest}
            ctx.journal.note(DELIVERIES, **facts, state="extracted")
            settle_withdrawals(ctx)
            (row,) = ctx.journal.newest(DELIVERIES, "load_id", load_id=own.load_id)
            if row["state"] == "extracted":
                ctx.journal.note(DELIVERIES, **facts, state="landed")
    settle_withdrawals(ctx)


def told_in_the_end(ctx: Context, sent: list[Sent], mode: str) -> Told:
    """The state by the journal and the query, over rows that lie in the order of their days."""
    ranks = {load_id: rank for load_id, _, rank in orders_of(ctx, RESOURCE)}
    counted = [
        Row(key, ranks[delivery(one).load_id], number, text, deleted, good)
        for one in sent
        if delivery(one).load_id in ranks
        for number, (key, text, deleted, good) in enumerate(one.rows, 1)
    ]
    return told_by_sql(counted, mode, len(ranks))


@pytest.mark.parametrize("mode", ["full", "incremental"])
@given(sent=deliveries, seed=st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_the_state_is_as_if_it_had_been_right(
    mode: str, tmp_path_factory: pytest.TempPathFactory, sent: list[Sent], seed: int
) -> None:
    ctx = context(tmp_path_factory.getbasetemp())
    arrive(ctx, sent, Random(seed))
    stands = standing(sent)
    assert told_in_the_end(ctx, sent, mode) == told_by_model(rows_of(stands), mode, len(stands))


def context(home: Path) -> Context:
    """A home whose journal lives in memory, new each time."""
    return Context(Settings(home=home, engine="sail", journal_url="sqlite://"), "2026-03-31")


def test_a_withdrawal_may_name_the_bytes_it_speaks_of(tmp_path: Path) -> None:
    ctx = context(tmp_path)
    place: dict[str, Any] = {"resource": RESOURCE, "period": "2026-03-01", "sequence": 1}
    for blob in ("wrong", "right"):
        ctx.journal.note(DELIVERIES, **place, load_id=blob, blob=blob, state="landed", received=5)
    ctx.journal.note(WITHDRAWALS, **place, blob="wrong")
    assert settle_withdrawals(ctx) == 1
    assert settle_withdrawals(ctx) == 0, "once is enough"
    found = {row["load_id"]: row for row in ctx.journal.newest(DELIVERIES, "load_id")}
    assert {key: row["state"] for key, row in found.items()} == {"wrong": "withdrawn", "right": "landed"}
    assert found["wrong"]["received"] == 5, "what was counted stays known"
