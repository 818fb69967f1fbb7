"""Errors in days and times."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from jobs.simulate.errors.kind import KEEP, NONE, STANDS, SUSPECT, Kind, when


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _earlier(text: str, days: int) -> str:
    return (_day(text) - timedelta(days=days)).isoformat() + text[10:]


def _zulu(text: str) -> str:
    return (datetime.fromisoformat(text) - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%SZ")


DATES = (
    Kind("date_1900", ("date",), lambda t: "1900-01-01", "flagged", "placeholder", NONE),
    Kind("date_text", ("date",), lambda t: "不详年月", "flagged", "unparsed", NONE),
    Kind(
        "date_chinese", ("date",), lambda t: f"{t[:4]}年{int(t[5:7])}月{int(t[8:10])}日", "repaired", "repaired", KEEP
    ),
    Kind("date_dotted", ("date",), lambda t: f"{t[:4]}.{int(t[5:7])}.{int(t[8:10])}", "repaired", "repaired", KEEP),
    Kind("date_impossible", ("date",), lambda t: f"{t[:4]}0230", "flagged", "unparsed", NONE),
    Kind("date_day_first", ("date",), lambda t: f"{t[8:10]}/{t[5:7]}/{t[:4]}", "flagged", "unparsed", NONE),
    Kind(
        "date_serial",
        ("date",),
        when(lambda t: "1956" < t < "2060", lambda t: str((_day(t) - date(1899, 12, 30)).days)),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind("date_future", ("date",), lambda t: "2093-05-06", "flagged", "implausible", SUSPECT, ("birth_date",)),
    Kind("date_open_ended", ("date",), lambda t: "长期", "flagged", "placeholder", NONE, ("valid_to", "business_to")),
    Kind(
        "date_for_ever",
        ("date",),
        lambda t: "9999-12-31",
        "flagged",
        "placeholder",
        NONE,
        ("valid_to",),
        ("fgj", "zsj", "gaj.idcard"),
        0.04,
    ),
    Kind("time_zulu", ("datetime",), _zulu, "repaired", "repaired", KEEP),
    Kind(
        "time_compact",
        ("datetime",),
        lambda t: t.replace("-", "").replace(":", "").replace(" ", ""),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind("time_text", ("datetime",), lambda t: "上周五下午", "flagged", "unparsed", NONE),
)


DISPUTES = (
    Kind(
        "birth_differs",
        ("date",),
        when(lambda t: t[8:10] < "28", lambda t: f"{t[:8]}{int(t[8:10]) + 1:02d}"),
        "disputed",
        "",
        STANDS,
        ("birth_date",),
        ("gaj.household",),
        0.003,
    ),
    Kind(
        "sex_differs",
        ("code",),
        lambda t: {"1": "2", "2": "1"}.get(t),
        "disputed",
        "",
        STANDS,
        ("sex",),
        ("gaj.household", "rsj"),
        0.002,
    ),
    Kind(
        "closed_too_early", ("datetime",), lambda t: _earlier(t, 40), "disputed", "", STANDS, ("closed_at",), rate=0.01
    ),
    Kind(
        "ended_before_begun",
        ("date",),
        lambda t: _earlier(t, 9000),
        "disputed",
        "",
        STANDS,
        ("contract_to", "publicity_to"),
        rate=0.006,
    ),
)
