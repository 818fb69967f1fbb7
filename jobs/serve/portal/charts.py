"""Drawings of scores, shares and rows. Each carries its conclusion in words; the same numbers stand in a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from jobs.serve.portal.facts import Row
from jobs.serve.portal.numbers import count, percent, score, short_day
from jobs.serve.portal.svg import box, cut, path, picture, tag, text

Segment = tuple[str, Any, str]
"""(word, quantity, colour class) of a stacked bar."""


def score_history(releases: Sequence[Row]) -> Markup:
    """City score over the last twelve releases; a release without a score leaves a gap."""
    shown = [row for row in releases[-12:] if row["score"] is not None]
    if len(shown) < 2:
        return Markup("")
    values = [float(row["score"]) for row in shown]
    low, high = min(values) - 0.4, max(values) + 0.4
    step = 470 / (len(shown) - 1)
    places = [(15 + i * step, 50 - 28 * (v - low) / (high - low)) for i, v in enumerate(values)]
    parts = [tag("polyline", class_="ln", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in places))]
    marked = {0, len(shown) - 1, values.index(min(values)), values.index(max(values))}
    for i, ((x, y), row) in enumerate(zip(places, shown, strict=True)):
        last, back = i == len(shown) - 1, row["event"] == "rollback"
        parts.append(tag("circle", cx=x, cy=y, r=4.5 if last else 3.4, class_="hollow" if back else "f-brand"))
        parts.append(text(x, 72, str(row["release"]), "mid t-ink t-b" if last else "mid t-3"))
        if i in marked:
            parts.append(text(x, y - 10, score(row["score"]), "mid t-ink t-b" if last else "mid t-3"))
        if back:
            parts.append(text(x, 88, "撤回", "mid t-3"))
    said = "，".join(f"第 {row['release']} 号 {score(row['score'])}" for row in shown)
    return picture(500, 92, f"近 {len(shown)} 次发布全市得分：{said}", parts, "fluid", fixed=False)


def stack(segments: Sequence[Segment], whole: Any, width: float = 260, height: float = 12, unit: str = "行") -> Markup:
    """One bar of at most a few parts; a part that exists is never thinner than 1.5 px, parts are 1.5 px apart."""
    total = float(whole or 0)
    parts, x = [box(0, 0, width, height, "f-track")], 0.0
    for _word, quantity, colour in segments:
        if not quantity or total <= 0:
            continue
        wide = min(max(width * float(quantity) / total, 1.5), max(width - x, 0))
        parts.append(box(x, 0, max(wide - 1.5, 1.5) if x + wide < width - 1 else wide, height, colour))
        x += wide
    said = "，".join(f"{word} {count(quantity)} {unit}" for word, quantity, _ in segments)
    return picture(width, height, said or "无", parts, "sb")


def bar(part: Any, whole: Any, label: str, class_: str = "f-bar2", width: float = 120) -> Markup:
    """One quantity against the largest of its column."""
    wide = width * float(part) / float(whole) if whole else 0.0
    return picture(width, 11, label, [box(0, 0, max(wide, 1.5) if part else 0, 11, class_)], "hb")


def dimension_ranges(rows: Sequence[Row], good: Decimal) -> Markup:
    """The city's score by dimension with the lowest and highest department; scores from ``rows[i]``.

    A row has ``word``, ``score`` and, where any department is measured, ``low`` and ``high`` as (name, score).
    """
    measured = [row for row in rows if row["score"] is not None]
    lowest = min([float(row["low"][1]) for row in measured if row["low"]] or [90.0])
    floor = max(min(lowest // 10 * 10, 90.0), 0.0)
    ticks = [floor, (floor + 100) / 2, 100.0]

    def place(value: Any) -> float:
        return 76 + 370 * (max(float(value), floor) - floor) / (100 - floor)

    bottom = 20 + 34 * len(rows)
    parts = [path(f"M{place(tick):.1f} 8V{bottom}", "ax") for tick in ticks]
    parts += [path(f"M{place(good):.1f} 8V{bottom}", "thr")]
    parts += [text(place(tick), bottom + 16, f"{tick:g}", "mid t-3") for tick in ticks]
    for i, row in enumerate(rows):
        parts += _range(row, 26 + 34 * i, place)
    said = "；".join(f"{row['word']} {score(row['score'])}" for row in rows)
    return picture(540, bottom + 22, f"全市六性得分：{said}", parts, "fluid", fixed=False)


def _range(row: Row, y: float, place: Any) -> list[Markup]:
    parts = [text(0, y + 4, row["word"], "t-ink t13")]
    if row["score"] is None:
        return [*parts, text(76, y + 4, "未测：本期没有可评的规则", "t-3")]
    if row["low"]:
        left, right = place(row["low"][1]), place(row["high"][1])
        parts.append(path(f"M{left:.1f} {y}H{max(right, left + 1):.1f}", "span"))
        parts.append(path(f"M{left:.1f} {y - 5}v10M{right:.1f} {y - 5}v10", "span"))
        if float(row["low"][1]) < 95:
            words = cut(str(row["low"][0]), 9)
            beside = left < 170
            parts.append(
                text(
                    left + 8 if beside else left - 8, y - 7 if beside else y + 4, words, "t-3" if beside else "end t-3"
                )
            )
    parts.append(tag("circle", cx=place(row["score"]), cy=y, r=5, class_="f-brand"))
    return [*parts, text(540, y + 5, score(row["score"]), "end t-ink t-b t14")]


def batches(deliveries: Sequence[Row], near: str) -> Markup:
    """Rows received by delivery, newest last; a refused delivery is a full bar with a dash."""
    shown = list(deliveries[-30:])
    if not shown:
        return Markup("")
    most = max([int(row["received"] or 0) for row in shown] + [1])
    step = min(860 / len(shown), 56)
    parts = [path("M70 12H935", "ax"), path("M70 92H935", "ax0")]
    parts += [text(62, 16, count(most), "end t-3"), text(62, 96, "0", "end t-3")]
    for i, row in enumerate(shown):
        x, wide = 74 + i * step, max(step - 3, 2)
        if row["state"] == "refused":
            parts += [box(x, 12, wide, 80, "f-block"), path(f"M{x + wide * 0.2:.1f} 52h{wide * 0.6:.1f}", "dash")]
        elif row["received"]:
            tall = max(80 * int(row["received"]) / most, 1.5)
            parts.append(box(x, 92 - tall, wide, tall, "f-bar"))
    every = max(1, -(-len(shown) * 44 // 860) if step < 44 else 1)
    for i in range(len(shown) - 1, -1, -every):
        parts.append(text(74 + i * step + step / 2, 112, short_day(shown[i]["period"], near), "mid t-3"))
    refused = sum(row["state"] == "refused" for row in shown)
    said = f"近 {len(shown)} 批：最近一批 {count(shown[-1]['received'])} 行，最多 {count(most)} 行，拒收 {refused} 批"
    return picture(940, 118, said, parts, "fluid", fixed=False)


def fates(row: Row) -> Markup:
    """Where the rows of a resource went: received above, what became of the landed below."""
    received = float(row["received"] or 0)
    parts = [box(0, 0, 700, 16, "f-track"), box(0, 26, 700, 16, "f-track")]
    if not received:
        return picture(700, 42, "尚无到达的行", parts, "fluid", fixed=False)
    landed, x = 700 * int(row["landed"]) / received, 0.0
    parts.append(box(0, 0, landed, 16, "f-bar2"))
    if row["rejected"]:
        parts.append(box(min(landed + 1.5, 698), 0, max(700 - landed - 1.5, 2), 16, "f-block"))
    for name, colour in FATE_COLOURS.items():
        wide = 700 * int(row[name]) / received
        if wide:
            parts.append(box(min(x, 698.5), 26, max(wide - 1.5, 1.5), 16, colour))
        x += wide
    said = f"收到 {count(received)} 行，保留 {count(row['current'])} 行，占 {percent(row['current'], received)}"
    return picture(700, 42, said, parts, "fluid", fixed=False)


FATE_COLOURS = {
    "current": "f-brand",
    "quarantined": "f-block",
    "duplicate": "f-q3",
    "superseded": "f-bar",
    "withdrawn": "f-none",
}
