"""Working days of the mainland: statutory holidays and make-up days as the State Council publishes them each year.

The days are those of ``chinesecalendar``, which follows the notices. A year that it does not know yet has its weekends
only; the days are published in November of the year before, so the library must be renewed once a year.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

_FRIDAY = 4


def is_workday(day: date) -> bool:
    """Whether offices work on this day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() <= _FRIDAY


def workday_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; for 0 the day itself, or the next working day where it is none."""
    left = count
    while left > 0 or not is_workday(day):
        day += timedelta(days=1)
        left -= is_workday(day)
    return day
