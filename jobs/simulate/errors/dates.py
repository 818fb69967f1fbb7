"""Errors in days and times."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from jobs.simulate.errors.kind import disputed, doubted, repaired, unreadable, when


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _earlier(text: str, days: int) -> str:
    return (_day(text) - timedelta(days=days)).isoformat() + text[10:]


def _zulu(text: str) -> str:
    return (datetime.fromisoformat(text) - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%SZ")


DATES = (
    unreadable("date_1900", ("date",), lambda t: "1900-01-01", "placeholder"),
    unreadable("date_text", ("date",), lambda t: "不详年月", "unparsed"),
    repaired("date_chinese", ("date",), lambda t: f"{t[:4]}年{int(t[5:7])}月{int(t[8:10])}日"),
    repaired("date_dotted", ("date",), lambda t: f"{t[:4]}.{int(t[5:7])}.{int(t[8:10])}"),
    unreadable("date_impossible", ("date",), lambda t: f"{t[:4]}0230", "unparsed"),
    unreadable("date_day_first", ("date",), lambda t: f"{t[8:10]}/{t[5:7]}/{t[:4]}", "unparsed"),
    repaired(
        "date_serial",
        ("date",),
        when(lambda t: "1956" < t < "2060", lambda t: str((_day(t) - date(1899, 12, 30)).days)),
    ),
    doubted("date_future", ("date",), lambda t: "2093-05-06", "implausible", elements=("birth_date",)),
    unreadable("date_open_ended", ("date",), lambda t: "长期", "placeholder", elements=("valid_to", "business_to")),
    unreadable(
        "date_for_ever",
        ("date",),
        lambda t: "9999-12-31",
        "placeholder",
        elements=("valid_to",),
        resources=("fgj", "zsj", "gaj.idcard"),
        rate=0.04,
    ),
    repaired("time_zulu", ("datetime",), _zulu),
    repaired("time_compact", ("datetime",), lambda t: t.replace("-", "").replace(":", "").replace(" ", "")),
    unreadable("time_text", ("datetime",), lambda t: "上周五下午", "unparsed"),
)


DISPUTES = (
    disputed(
        "birth_differs",
        ("date",),
        when(lambda t: t[8:10] < "28", lambda t: f"{t[:8]}{int(t[8:10]) + 1:02d}"),
        elements=("birth_date",),
        resources=("gaj.household",),
        rate=0.003,
    ),
    disputed(
        "sex_differs",
        ("code",),
        lambda t: {"1": "2", "2": "1"}.get(t),
        elements=("sex",),
        resources=("gaj.household", "rsj"),
        rate=0.002,
    ),
    disputed("closed_too_early", ("datetime",), lambda t: _earlier(t, 40), elements=("closed_at",), rate=0.01),
    disputed(
        "ended_before_begun",
        ("date",),
        lambda t: _earlier(t, 9000),
        elements=("contract_to", "publicity_to"),
        rate=0.006,
    ),
)
