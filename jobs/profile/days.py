"""Columns of days whose writing puts the day or the month before the year."""

from __future__ import annotations

import re

from jobs.profile.reading import Values

_YEAR_LAST = re.compile(r"^\s*(\d{1,2})([./-])(\d{1,2})\2((?:18|19|20)\d{2})\b(.*)$", re.DOTALL)
_CLOCKS = (
    (re.compile(r"^$"), ""),
    (re.compile(r"^ \d{1,2}:\d{2}$"), " HH:mm"),
    (re.compile(r"^ \d{1,2}(:\d{2}){2}$"), " HH:mm:ss"),
)
_MOST = 0.9
_MONTHS = 12


def writing_of(values: Values) -> str:
    """How days are written, such as ``dd.MM.yyyy``; empty unless nearly all are written so and some of them can only be
    meant so: nothing tells 3/7/1990 from 7 March."""
    found = [match for match in map(_YEAR_LAST.match, values) if match]
    if not values or len(found) < _MOST * len(values):
        return ""
    first, third = ([int(match[group]) for match in found] for group in (1, 3))
    marks = {match[2] for match in found}
    clock = next((form for shape, form in _CLOCKS if all(shape.match(match[5]) for match in found)), None)
    if (max(first) > _MONTHS) == (max(third) > _MONTHS) or len(marks) > 1 or clock is None:
        return ""
    is_padded = all(len(match[group]) == 2 for match in found for group in (1, 3))
    day, month = ("dd", "MM") if is_padded else ("d", "M")
    leading, following = (day, month) if max(first) > _MONTHS else (month, day)
    (mark,) = marks
    return f"{leading}{mark}{following}{mark}yyyy{clock}"


def year_first(values: Values, writing: str) -> Values:
    """The same days as all rules read them."""
    by = r"\4-\3-\1\5" if writing.startswith("d") else r"\4-\1-\3\5"
    return {_YEAR_LAST.sub(by, value): count for value, count in values.items()}
