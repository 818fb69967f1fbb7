"""Days, moments and months in every usual writing (GB/T 7408.1-2023), in Chinese numerals and of the Republic too.

A writing that can mean two days (3/7/90, 3/7/1990) is not read unless the field declares which comes first, and a lunar
date is not converted; their text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from jobs.rules.rule import PLACEHOLDERS, Policy, Rule, half_width, is_nothing, is_placeholder, no_suspicion, same_text
from jobs.rules.sql import cases, extracted, literal, matches, one_of, replaced, translated

_NUMERALS, _DIGITS = "〇零○◯Oo一二三四五六七八九", "000000123456789"
"""With the rings and letters that are written for 〇 between numerals: 二OO五年."""
_TENS = "[一二三四五六七八九]?十?[一二三四五六七八九]?"
_ZONE = "(?:Z|[+]08(?::?00)?)?"
_TIME = "([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分](?:([0-9]{1,2})(?:[.][0-9]+)?秒?)?)?" + _ZONE
_OPEN_ENDED = ("长期", "永久", "无固定期限")
_ANY_TIME = "(?:[ T].*|0{4}|0{6})?"
_NO_DAY = (
    "(?:0{4}(?:[-/.]?0?0){2}|0001[-/.]?0?1[-/.]?0?1|1899(?:[-/.]?12[-/.]?3[01])"
    "|1900(?:[-/.年]0?1[-/.月]0?1日?|0101)|(?:20|99)99(?:[-/.年]12[-/.月]31日?|1231))" + _ANY_TIME
)
"""Zero days, the first days of several calendars, and the last days that stand for 'for ever'."""
_SEPARATED = f"([0-9]{{4}})[-/.年 ]([0-9]{{1,2}})[-/.月 ]([0-9]{{1,2}})(?:日?|(?:日|日?[ T]+){_TIME})"
_COMPACT = "([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2})?)?"
_SPELT = f"([{_NUMERALS}]{{4}})年({_TENS})月({_TENS})日?"
_MOMENT = f"(?s)^(?:{_NO_DAY}|{_SEPARATED}|{_COMPACT}|{_SPELT}|.*)$"
"""A day: groups 1-6 with its clock, 7-12 in a compact writing, 13-15 in numerals; any other text has no groups."""
_REPUBLIC = f"(?s)^(?:民[国國]([0-9]{{1,3}}|元|{_TENS})年([0-9]{{1,2}}|{_TENS})月([0-9]{{1,2}}|{_TENS})日?|.*)$"
_LUNAR = "[农農阴陰旧][历曆]|[正冬腊臘]月|初[一二三四五六七八九十]|廿|[闰閏][一二三四五六七八九十]+月"
_PAST_ONLY = ("birth_date", "death_date", "cremation_date", "established_on", "marriage_registered_on")


_PART = re.compile("yyyy|MM?|dd?|HH?|mm?|ss?")


def _text(raw: str, policy: Policy) -> str:
    """Half-width; where a field declares that days or months come before years, years are put first."""
    text = half_width(raw)
    for form in policy.formats:
        parts = [part[0] for part in _PART.findall(form)]
        if {"y", "M", "d"} <= set(parts) and parts[0] != "y":
            text = replaced(text, f"^{_shape(form)}$", _year_first(parts))
    return text


def _shape(form: str) -> str:
    """A regular expression of a declared writing, a group a part. Where nothing stands between the parts each has the
    digits of its letters: 1012025 could be two days."""
    between, parts = _PART.split(form), _PART.findall(form)
    widths = [str(len(part)) if part == "yyyy" or not any(between) else "1,2" for part in parts]
    groups = [*(f"([0-9]{{{width}}})" for width in widths), ""]
    return "".join(re.escape(mark) + group for mark, group in zip(between, groups, strict=True))


def _year_first(parts: list[str]) -> str:
    """What replaces a writing whose groups are ``parts``."""
    group = {part: f"${parts.index(part) + 1}" for part in parts}
    clock = ":".join(group[part] for part in "Hms" if part in group)
    return f"{group['y']}-{group['M']}-{group['d']}" + (f" {clock}" if clock else "")


def _written(text: str, pattern: str, form: str) -> str:
    """The groups of a pattern in a form that ends in ``/``, numerals as digits: 十二 12, 二十 20, 二十五 25."""
    form = f"regexp_replace({text}, {literal(pattern)}, '{form}/')"
    for tens, digits in (("-十", "-1十"), ("十-", "0-"), ("十/", "0/")):
        form = f"replace({form}, '{tens}', '{digits}')"
    return form


def _digits(written: str) -> str:
    return translated(written, _NUMERALS + "元十/", _DIGITS + "1")


def _serial(text: str) -> tuple[str, str]:
    """Excel's serial numbers count days from 1899-12-30."""
    number = f"try_cast({text} AS INT)"
    return f"length({text}) = 5 AND {number} BETWEEN 20000 AND 59999", f"date_add(DATE'1899-12-30', {number})"


def _republic(text: str) -> tuple[str, str]:
    """民国 counts years from 1912; its first is 元年."""
    written = _digits(_written(text, _REPUBLIC, "-$1-$2-$3"))
    year = "1911 + try_cast(split_part(d, '-', 2) AS INT)"
    day = f"concat({year}, '-', split_part(d, '-', 3), '-', split_part(d, '-', 4))"
    return f"{text} LIKE '民%'", f"try_cast(element_at(transform(array({written}), d -> {day}), 1) AS DATE)"


def _date_value(text: str, _policy: Policy) -> str:
    day = _digits(_written(text, _MOMENT, "$1$7$13-$2$8$14-$3$9$15"))
    return cases([_serial(text), _republic(text)], f"try_cast({day} AS DATE)")


def _datetime_value(text: str, _policy: Policy) -> str:
    """The clock of the city (UTC+8) as written; only a time marked ``Z`` is moved to it. Seconds may be left out."""
    written = _written(text, _MOMENT, "$1$7$13-$2$8$14-$3$9$15/ $4$10:$5$11:$6$12")
    clock = _digits(f"replace(replace({written}, ' ::/', ' 0:0:0'), ':/', ':0')")
    zone = f"CASE WHEN {text} LIKE '%Z' THEN INTERVAL 8 HOURS ELSE INTERVAL 0 HOURS END"
    days = [(condition, f"CAST({day} AS TIMESTAMP)") for condition, day in (_serial(text), _republic(text))]
    return cases(days, f"try_cast({clock} AS TIMESTAMP) + {zone}")


def _no_day(text: str, _policy: Policy) -> str:
    return f"({matches(text, f'^{_NO_DAY}$')} OR {one_of(text, (*PLACEHOLDERS, *_OPEN_ENDED))})"


def _lunar(text: str, _policy: Policy) -> list[tuple[str, str]]:
    return [(matches(text, _LUNAR), "lunar")]


def _future(_text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """A past event after the cut-off, or before 1850, cannot be."""
    if policy.element not in _PAST_ONLY:
        return []
    day = f"CAST({parsed} AS DATE)"
    return [(f"{day} > DATE{literal(policy.as_of)} OR {day} < DATE'1850-01-01'", "implausible")]


def _same_day(default: str) -> Callable[[str, str, Policy], str]:
    """The delivery is the value in one of the declared writings."""

    def same(raw: str, parsed: str, policy: Policy) -> str:
        writings = [f"date_format({parsed}, {literal(form)})" for form in policy.formats or (default,)]
        return f"{raw} IN ({', '.join(writings)})"

    return same


def _month_value(text: str, _policy: Policy) -> str:
    shape = "^([12][0-9]{3})[-/.年]?(0?[1-9]|1[0-2])月?$"
    value = f"concat({extracted(text, shape, 1)}, lpad({extracted(text, shape, 2)}, 2, '0'))"
    return cases([(matches(text, shape), value)], "CAST(NULL AS STRING)")


DATE = Rule("date", "date", _text, _date_value, _no_day, _future, _same_day("yyyy-MM-dd"), is_nothing, _lunar)
DATETIME = Rule(
    "datetime",
    "timestamp",
    _text,
    _datetime_value,
    _no_day,
    _future,
    _same_day("yyyy-MM-dd HH:mm:ss"),
    is_nothing,
    _lunar,
)
MONTH = Rule(
    "month",
    "string",
    lambda raw, _p: half_width(raw),
    _month_value,
    is_placeholder,
    no_suspicion,
    same_text,
    is_nothing,
)
