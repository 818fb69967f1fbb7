"""Delivery strips: one cell a day, the taller the more urgent, so that a quiet month is a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.svg import path, picture, text

DAYS = 28
_STEP, _CELL = 16, 13


@dataclass(frozen=True)
class Window:
    """The days a strip shows, oldest first."""

    days: tuple[str, ...]

    @property
    def width(self) -> int:
        return _STEP * len(self.days) - (_STEP - _CELL)


def window_of(facts: Facts) -> Window:
    """At most four weeks up to the newest day that anything is known of, and no longer than the history."""
    seen = [str(row["received_at"])[:10] for rows in facts.deliveries.values() for row in rows if row["received_at"]]
    last = date.fromisoformat(max([*seen, facts.as_of]))
    first = date.fromisoformat(min([*seen, facts.as_of]))
    length = min(max((last - first).days + 1, 7), DAYS)
    return Window(tuple((last - timedelta(days=back)).isoformat() for back in range(length - 1, -1, -1)))


@dataclass(frozen=True)
class Strip:
    """What happened in the window, and all that is open."""

    days: dict[str, str]
    on_time: int
    late: int
    refused: int
    missing: int


def strip_of(facts: Facts, resources: Iterable[str], window: Window) -> Strip:
    """Deliveries of some resources by the day they came; the worst of a day shows."""
    rank = {"ok": 0, "late": 1, "refused": 2}
    days: dict[str, str] = {}
    counts = dict.fromkeys(rank, 0)
    chosen = set(resources)
    for resource in sorted(chosen):
        for row in facts.deliveries.get(resource, []):
            day = str(row["received_at"])[:10]
            if day not in window.days:
                continue
            kind = _kind(facts, row)
            counts[kind] += 1
            if rank[kind] >= rank.get(days.get(day, ""), -1):
                days[day] = kind
    missing = sum(row["kind"] == "delivery_missing" and row["resource"] in chosen for row in facts.findings)
    if missing and window.days[-1] not in days:
        days[window.days[-1]] = "missing"
    return Strip(days, counts["ok"], counts["late"], counts["refused"], missing)


def _kind(facts: Facts, row: Row) -> str:
    if row["state"] == "refused":
        return "refused"
    return "late" if row["load_id"] in facts.late else "ok"


def draw_strip(strip: Strip, window: Window) -> Markup:
    """The strip as a drawing; the sentence gives the counts."""
    kinds = dict.fromkeys(strip.days.get(day, "") for day in window.days)
    places = [(strip.days.get(day, ""), i * _STEP) for i, day in enumerate(window.days)]
    parts = [part for kind in kinds for part in _cells(kind, [x for own, x in places if own == kind])]
    counts = f"按时 {strip.on_time} 批，迟交 {strip.late}，拒收 {strip.refused}，缺交 {strip.missing}"
    said = f"近 {len(window.days)} 日：{counts}"
    return picture(window.width, 15, said, parts, "strip")


_SHAPES: dict[str, tuple[tuple[float, str, str], ...]] = {
    "ok": ((0, "10h13v5h-13z", "f-bar"),),
    "late": ((0, "5h13v10h-13z", "f-warn"),),
    "refused": ((0, "0h13v15h-13z", "f-block"), (3, "7.5h7", "dash")),
    "missing": ((0.75, ".75h11.5v13.5h-11.5z", "s-block"),),
    "": ((5.5, "11.5h2v2h-2z", "f-rule2"),),
}
"""Offset, path from there, and class of the shapes of one cell."""


def _cells(kind: str, places: list[int]) -> list[Markup]:
    """All cells of a kind as one path a shape: a strip stays under a kilobyte."""
    return [path("".join(f"M{x + left:g} {d}" for x in places), class_) for left, d, class_ in _SHAPES[kind]]


def draw_axis(window: Window) -> Markup:
    """Dates above a column of strips, once a week."""
    marks = [text(i * _STEP, 11, day[5:], "t-3") for i, day in enumerate(window.days) if i % 7 == 0]
    first, last = window.days[0], window.days[-1]
    return picture(window.width, 14, f"{first[5:]} 至 {last[5:]}", marks, "strip")


LEGEND = (("ok", "按时"), ("late", "迟交"), ("refused", "整批拒收"), ("missing", "应交未交"), ("", "当日无批次"))


def draw_key(kind: str, word: str) -> Markup:
    """One sign of the legend."""
    return picture(13, 15, word, _cells(kind, [0]))
