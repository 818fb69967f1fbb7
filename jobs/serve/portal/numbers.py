"""Numbers, days and foreign text as the pages write them; anything missing is said, never shown as 0."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

UNMEASURED = "未测"
NOTHING = "—"
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Control, zero-width and direction-changing characters spelt out, so that no name can rearrange a page."""
    return text if text.isprintable() else _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def count(value: Any) -> str:
    """``10,038``; a missing count is a dash."""
    return NOTHING if value is None else f"{int(value):,}"


def large(value: Any) -> str:
    """``8.81 万`` from ten thousand on, ``3.60 亿`` from a hundred million on; below that in full."""
    if value is None:
        return NOTHING
    number = Decimal(int(value))
    for unit, word in ((Decimal(10**8), "亿"), (Decimal(10**4), "万")):
        if abs(number) >= unit:
            return f"{_short((number / unit).quantize(Decimal('0.01'), ROUND_HALF_UP))} {word}"
    return f"{int(value):,}"


def _short(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: Any) -> str:
    """``+14``, ``−9``, ``0``."""
    number = int(value)
    return "0" if not number else f"{'+' if number > 0 else '−'}{abs(number):,}"


def score(value: Any) -> str:
    """One decimal; a score short of 100 never reads 100.0."""
    return UNMEASURED if value is None else _below(Decimal(str(value)), Decimal("0.1"))


def percent(part: Any, whole: Any) -> str:
    """Share with two decimals; a share that is not 0 never reads 0.00%, one short of all never 100.00%."""
    if not whole:
        return NOTHING
    share = Decimal(100) * Decimal(str(part)) / Decimal(str(whole))
    if 0 < share < Decimal("0.005"):
        return "<0.01%"
    return f"{_below(share, Decimal('0.01'))}%"


def limit(value: Any) -> str:
    """An allowed share in percent, as exact as it was declared."""
    number = Decimal(str(value or 0)).normalize()
    return "0" if not number else f"{max(number, Decimal(0)):.2f}%"


def _below(number: Decimal, step: Decimal) -> str:
    rounded = number.quantize(step, ROUND_HALF_UP)
    if number < 100 <= rounded:
        rounded = number.quantize(step, ROUND_DOWN)
    return f"{rounded:f}"


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def long_day(text: Any) -> str:
    """``2026 年 11 月 23 日``."""
    day = _day(text)
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if day else NOTHING


def month_day(text: Any) -> str:
    """``11 月 23 日``."""
    day = _day(text)
    return f"{day.month} 月 {day.day} 日" if day else NOTHING


def short_day(text: Any, near: str) -> str:
    """``11-23`` within the year of ``near``, ``2025-11-23`` outside it."""
    day, other = _day(text), _day(near)
    if day is None:
        return NOTHING
    return f"{day:%m-%d}" if other and day.year == other.year else day.isoformat()


def days_between(first: Any, last: Any) -> int:
    """Calendar days from ``first`` to ``last``; 0 where either is unknown or the order is reversed."""
    one, other = _day(first), _day(last)
    return max((other - one).days, 0) if one and other else 0


def age(first: Any, last: Any) -> str:
    """How long something has been open, in calendar days."""
    days = days_between(first, last)
    return f"已 {days} 日" if days else "当日"
