"""Lateness by working days: what falls due on a holiday is in time on the next day on which offices work."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jobs.audit.calendar import is_workday, workday_after
from jobs.audit.facts import due_day, next_due
from jobs.contracts import Load, Resource
from jobs.lake.delivery import Delivery


def resource(cycle: str, **more: Any) -> Resource:
    return Resource.model_validate(
        {
            "id": "dep.sys.thing",
            "code": "306001/1",
            "name": "事项",
            "subject": "thing",
            "cycle": cycle,
            "load": Load(mode="full", key=("编号",)),
            "format": {"kind": "csv"},
            "share": {"type": "unconditional"},
            "level": "G1",
            "fields": [{"name": "编号", "label": "编号", "element": "record_id"}],
        }
        | more
    )


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-27", True),
        ("2026-02-28", True),  # a Saturday that makes up for the Spring Festival
        ("2026-03-01", False),
        ("2026-02-17", False),  # the first day of the lunar year, a Tuesday
        ("2026-10-10", True),
        ("2031-03-03", True),  # no notice yet: a Monday
        ("2031-03-02", False),
    ],
)
def test_working_days_are_those_of_the_notices(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        ("2026-02-27", 0, "2026-02-27"),
        ("2026-02-15", 0, "2026-02-24"),  # the festival lasts until the 23rd
        ("2026-02-27", 1, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-02"),
        ("2026-09-30", 5, "2026-10-13"),
    ],
)
def test_days_are_counted_over_holidays(day: str, count: int, after: str) -> None:
    assert workday_after(date.fromisoformat(day), count).isoformat() == after


@pytest.mark.parametrize(
    ("cycle", "period", "due", "following"),
    [
        ("realtime", "2026-02-17", "2026-02-17", "2026-02-18"),
        ("daily", "2026-02-13", "2026-02-13", "2026-02-14"),  # the 14th makes up for a day of the festival
        ("daily", "2026-02-17", "2026-02-24", "2026-02-24"),
        ("weekly", "2026-02-27", "2026-03-02", "2026-03-10"),
        ("monthly", "2026-09-30", "2026-10-13", "2026-11-06"),
    ],
)
def test_a_delivery_is_due_by_cycle_and_calendar(cycle: str, period: str, due: str, following: str) -> None:
    chosen = resource(cycle)
    assert due_day(chosen, Delivery(chosen.id, period, 1, "", "", "", "")) == due
    assert next_due(chosen, period) == following
