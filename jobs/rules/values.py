"""Dates, numbers, amounts, phones, coordinates and coded values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from jobs.rules.rule import Policy, Rule, is_placeholder, no_suspicion, same_text, tidy
from jobs.rules.sql import (
    BLANKS,
    NARROW,
    WIDE,
    cases,
    extracted,
    in_list,
    literal,
    looked_up,
    matches,
    replaced,
    translated,
    trimmed,
)

_ZONE = "(Z|[+]08(:?00)?)?"
_TIME = "[0-9]{1,2}[:时][0-9]{1,2}([:分]([0-9]{1,2}([.][0-9]+)?秒?)?)?" + _ZONE
_SEPARATED = "^([0-9]{4})[-/.年 ]([0-9]{1,2})[-/.月 ]([0-9]{1,2})(日?|(日|日?[ T]+)" + _TIME + ")$"
_COMPACT = "^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{6})?$"
_CLOCK = "[ T日]([0-9]{1,2})[:时]([0-9]{1,2})[:分]?([0-9]{1,2})?"
_COMPACT_CLOCK = "^[0-9]{8}([0-9]{2})([0-9]{2})([0-9]{2})?$"
_OPEN_ENDED = ("长期", "永久", "无固定期限")
_ANY_TIME = "([ T].*|0{4}|0{6})?$"
_NO_DAY = (
    "^(0{4}([-/.]?0?0){2}|0001[-/.]?0?1[-/.]?0?1|1899([-/.]?12[-/.]?3[01])"
    "|1900([-/.年]0?1[-/.月]0?1日?|0101)|(20|99)99([-/.年]12[-/.月]31日?|1231))" + _ANY_TIME
)
"""Zero days, the first days of several calendars, and the last days that stand for 'for ever'."""
_PAST_ONLY = ("birth_date", "death_date", "cremation_date", "established_on", "marriage_registered_on")

SCALES = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
_CURRENCY = "(人民币|美元|美金|香港元|港元|港币|日元|欧元|新台币|台币|澳门元|英镑|RMB|CNY|USD|HKD)"
_DIGITS = "([0-9]{1,3}([,，][0-9]{3})+|[0-9]+)([.][0-9]+)?"
_NUMBER = f"^[-+]?{_DIGITS}$"
_PLAIN_NUMBER = "^-?(0|[1-9][0-9]*)([.][0-9]+)?$"
_COUNTED = "[件人次户个台间条项套]"


def _half_width(raw: str, _policy: Policy) -> str:
    return trimmed(translated(tidy(raw), WIDE, NARROW))


def _day_text(text: str) -> str:
    """``yyyy-MM-dd`` from any usual writing, null otherwise; Excel's serial numbers count from 1899-12-30."""

    def joined(pattern: str) -> str:
        parts = [extracted(text, pattern, group) for group in (1, 2, 3)]
        return f"concat({parts[0]}, '-', lpad({parts[1]}, 2, '0'), '-', lpad({parts[2]}, 2, '0'))"

    serial = f"CAST(date_add(DATE'1899-12-30', try_cast({text} AS INT)) AS STRING)"
    return cases(
        [
            (f"{matches(text, _NO_DAY)} OR {in_list(text, _OPEN_ENDED)}", "CAST(NULL AS STRING)"),
            (matches(text, _SEPARATED), joined(_SEPARATED)),
            (matches(text, _COMPACT), joined(_COMPACT)),
            (matches(text, "^[2-5][0-9]{4}$"), serial),
        ],
        "CAST(NULL AS STRING)",
    )


def _date_value(text: str, _policy: Policy) -> str:
    return f"try_cast({_day_text(text)} AS DATE)"


def _datetime_value(text: str, _policy: Policy) -> str:
    """The clock of the city (UTC+8) as written; only a time marked ``Z`` is moved to it."""

    def clock(pattern: str) -> str:
        parts = [f"lpad({extracted(text, pattern, group)}, 2, '0')" for group in (1, 2, 3)]
        return f"concat(' ', {parts[0]}, ':', {parts[1]}, ':', {parts[2]})"

    time = cases(
        [(matches(text, _CLOCK), clock(_CLOCK)), (matches(text, _COMPACT_CLOCK), clock(_COMPACT_CLOCK))], "' 00:00:00'"
    )
    local = f"try_cast(concat({_day_text(text)}, {time}) AS TIMESTAMP)"
    return f"CASE WHEN {matches(text, 'Z$')} THEN {local} + INTERVAL 8 HOURS ELSE {local} END"


def _no_day(text: str, policy: Policy) -> str:
    return f"({matches(text, _NO_DAY)} OR {in_list(text, _OPEN_ENDED)} OR {is_placeholder(text, policy)})"


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


def _number(text: str, policy: Policy, units: str) -> str:
    """Digits of a number whose unit, if it is written, is the element's; null for anything else."""
    unit = policy.target_unit or ""
    names = "|".join(part for part in (units, unit, {"平方米": "㎡|平米"}.get(unit, "")) if part)
    bare = trimmed(replaced(text, f"({names}){{1,2}}$", ""))
    return cases([(matches(bare, _NUMBER), replaced(bare, "[,，]", ""))], "CAST(NULL AS STRING)")


def _integer_value(text: str, policy: Policy) -> str:
    return f"try_cast({replaced(_number(text, policy, _COUNTED), '[.]0+$', '')} AS BIGINT)"


def _decimal_value(text: str, policy: Policy) -> str:
    return f"try_cast({_number(text, policy, '%')} AS DECIMAL(20,6))"


def _amount_value(text: str, policy: Policy) -> str:
    """Number × scale of the unit in the cell, else of the unit declared for the column, in the element's unit."""
    target = SCALES.get(policy.target_unit or "元", 1)
    declared = SCALES.get(policy.unit or policy.target_unit or "元", 1)
    digits = replaced(extracted(text, f"^[¥￥]?([-+]?{_DIGITS})", 1), "[,，]", "")
    written = [("亿", 100_000_000), ("万", 10_000), ("千", 1_000), ("[元币金镑]", 1)]
    scale = cases([(matches(text, unit), _factor(size, target)) for unit, size in written], _factor(declared, target))
    unit = f"[ ]*([(]?[ ]*[亿万千]?元?[(]?{_CURRENCY}?[)]?元?[ ]*[)]?)?整?$"
    value = f"try_cast(try_cast({digits} AS DECIMAL(19,6)) * {scale} AS DECIMAL(20,6))"
    return cases([(matches(text, f"^[¥￥]?[-+]?{_DIGITS}{unit}"), value)], "CAST(NULL AS DECIMAL(20,6))")


def _factor(size: int, target: int) -> str:
    """Scale as an exact decimal; with 19 digits of number the product stays within 38."""
    return f"CAST('{Decimal(size) / Decimal(target):f}' AS DECIMAL(18,8))"


def _same_number(raw: str, parsed: str, _policy: Policy) -> str:
    """Trailing zeros do not count as a repair; a lost digit or another scale does."""
    return f"({matches(raw, _PLAIN_NUMBER)} AND try_cast({raw} AS DECIMAL(38,12)) = {parsed})"


def _dashes(raw: str, policy: Policy) -> str:
    return translated(_half_width(raw, policy), "—–‐―", "----")


def _mobile_text(raw: str, policy: Policy) -> str:
    """Digits without blanks, dashes and the country's 86."""
    return replaced(replaced(_dashes(raw, policy), f"[(){BLANKS}-]+", ""), "^([+]?86|0086)(1[0-9]{10})$", "$2")


def _no_phone(text: str, policy: Policy) -> str:
    filler = matches(text, "^(1?0+|1?1+|13800000000|13800138000|1?2345678900?|1?9+)$")
    return f"({filler} OR {text} = '' OR {is_placeholder(text, policy)})"


def _phone_value(text: str, policy: Policy) -> str:
    return cases([(_no_phone(text, policy), "CAST(NULL AS STRING)")], text)


def _mobile_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    return [(f"NOT {matches(parsed, '^1[3-9][0-9]{9}$')}", "malformed")]


def _outside(low: str, high: str) -> Callable[[str, str, Policy], list[tuple[str, str]]]:
    """Coordinates outside the box around the city."""

    def check(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
        return [(f"{parsed} < {low} OR {parsed} > {high}", "implausible")]

    return check


def _code_value(text: str, policy: Policy) -> str:
    """The code itself, the code for a spelling met in deliveries, or for the name in the table; else null.

    A name that two codes share says nothing. Where the table is only an extract, other codes stay as delivered.
    """
    shared = Counter(policy.codes.values())
    names = {} if len(policy.codes) > 300 else {name: code for code, name in policy.codes.items() if shared[name] == 1}
    spellings = {key: code for key, code in (names | dict(policy.wild)).items() if key not in policy.codes}
    known = [(in_list(text, policy.codes), text)] if policy.codes else []
    other = looked_up(text, spellings)
    return cases(known, other if policy.codes else f"coalesce({other}, {_unless_word(text, policy)})")


def _unless_word(text: str, policy: Policy) -> str:
    return cases([(is_placeholder(text, policy), "CAST(NULL AS STRING)")], text)


DATE = Rule("date", "date", _half_width, _date_value, _no_day, _future, _same_day("yyyy-MM-dd"))
DATETIME = Rule(
    "datetime", "timestamp", _half_width, _datetime_value, _no_day, _future, _same_day("yyyy-MM-dd HH:mm:ss")
)
MONTH = Rule("month", "string", _half_width, _month_value, is_placeholder, no_suspicion, same_text)
INTEGER = Rule("integer", "bigint", _half_width, _integer_value, is_placeholder, no_suspicion, _same_number)
DECIMAL = Rule("decimal", "decimal(20,6)", _half_width, _decimal_value, is_placeholder, no_suspicion, _same_number)
AMOUNT = Rule("amount", "decimal(20,6)", _half_width, _amount_value, is_placeholder, no_suspicion, _same_number)
MOBILE = Rule("mobile", "string", _mobile_text, _phone_value, _no_phone, _mobile_suspicion, same_text)
PHONE = Rule("phone", "string", _dashes, _phone_value, _no_phone, no_suspicion, same_text)
LONGITUDE = Rule(
    "longitude", "decimal(20,6)", _half_width, _decimal_value, is_placeholder, _outside("113.4", "114.4"), _same_number
)
LATITUDE = Rule(
    "latitude", "decimal(20,6)", _half_width, _decimal_value, is_placeholder, _outside("22.5", "23.3"), _same_number
)
CODE = Rule("code", "string", lambda raw, _p: tidy(raw), _code_value, is_placeholder, no_suspicion, same_text)
