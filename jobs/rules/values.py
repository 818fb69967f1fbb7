"""Dates, numbers, amounts, phones, coordinates and coded values."""

from __future__ import annotations

from collections.abc import Callable

from jobs.rules.rule import Policy, Rule, as_is, is_placeholder, no_placeholder, no_suspicion, tidy
from jobs.rules.sql import NARROW, WIDE, cases, extracted, in_list, literal, looked_up, matches, replaced, translated

_SEPARATED = "^([0-9]{4})[-/.年 ]([0-9]{1,2})[-/.月 ]([0-9]{1,2})"
_COMPACT = "^([0-9]{4})([0-9]{2})([0-9]{2})"
_CLOCK = "[ T日]+([0-9]{1,2})[:：时]([0-9]{2})[:：分]?([0-9]{2})?"
_COMPACT_CLOCK = "^[0-9]{8}([0-9]{2})([0-9]{2})([0-9]{2})?$"
_OPEN_ENDED = ("长期", "永久", "无固定期限", "20991231", "99991231", "2099-12-31", "9999-12-31", "2099/12/31", "9999/12/31")
_NO_DAY = "^(0{4}[-/.]?0{2}[-/.]?0{2}|1899[-/.]?12[-/.]?3[01]|0001[-/.]?01[-/.]?01|1900[-/.]?0?1[-/.]?0?1)"
_PAST_ONLY = ("birth_date", "death_date", "cremation_date", "established_on", "marriage_registered_on")

_SCALES = {"元": "1", "万元": "10000", "亿元": "100000000", "千元": "1000", "亩": "1", "平方米": "1"}
_CURRENCIES = (("美元|美金|USD", "USD"), ("港元|港币|港|HKD", "HKD"), ("日元|日币|JPY", "JPY"), ("欧元|EUR", "EUR"),
               ("台币|TWD", "TWD"), ("英镑|GBP", "GBP"), ("人民币|RMB|CNY", "CNY"))


def _half_width(raw: str, _policy: Policy) -> str:
    return f"trim({translated(tidy(raw), WIDE, NARROW)})"


def _day_text(text: str) -> str:
    """``yyyy-MM-dd`` from any usual writing, garbage otherwise; Excel's serial numbers count from 1899-12-30."""
    def joined(pattern: str) -> str:
        parts = [extracted(text, pattern, group) for group in (1, 2, 3)]
        return f"concat({parts[0]}, '-', lpad({parts[1]}, 2, '0'), '-', lpad({parts[2]}, 2, '0'))"

    serial = f"CAST(date_add(DATE'1899-12-30', try_cast({text} AS INT)) AS STRING)"
    return cases(
        [
            (matches(text, _NO_DAY), "CAST(NULL AS STRING)"),
            (in_list(text, _OPEN_ENDED), "CAST(NULL AS STRING)"),
            (matches(text, _SEPARATED), joined(_SEPARATED)),
            (matches(text, _COMPACT + "([0-9]{6})?$"), joined(_COMPACT)),
            (matches(text, "^[2-5][0-9]{4}$"), serial),
        ]
    )


def _date_value(text: str, _policy: Policy) -> str:
    return f"try_cast({_day_text(text)} AS DATE)"


def _datetime_value(text: str, _policy: Policy) -> str:
    def clock(pattern: str) -> str:
        hour, minute, second = (extracted(text, pattern, group) for group in (1, 2, 3))
        return f"concat(' ', lpad({hour}, 2, '0'), ':', {minute}, ':', CASE WHEN {second} = '' THEN '00' ELSE {second} END)"

    time = cases(
        [(matches(text, _CLOCK), clock(_CLOCK)), (matches(text, _COMPACT_CLOCK), clock(_COMPACT_CLOCK))], "' 00:00:00'"
    )
    return f"try_cast(concat({_day_text(text)}, {time}) AS TIMESTAMP)"


def _no_day(text: str, _policy: Policy) -> str:
    return f"({matches(text, _NO_DAY)} OR {in_list(text, _OPEN_ENDED)} OR {is_placeholder(text, _policy)})"


def _future(_text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """A past event after the cut-off, or before 1850, cannot be."""
    if policy.element not in _PAST_ONLY:
        return []
    return [(f"CAST({parsed} AS DATE) > DATE{literal(policy.as_of)} OR CAST({parsed} AS DATE) < DATE'1850-01-01'", "implausible")]


def _written(kind: str) -> Callable[[str, Policy], str]:
    """The value in the declared writing; with several declared, the one the delivery would match is not known, so
    the first counts."""
    def write(parsed: str, policy: Policy) -> str:
        default = "yyyy-MM-dd" if kind == "date" else "yyyy-MM-dd HH:mm:ss"
        return f"date_format({parsed}, {literal(policy.formats[0] if policy.formats else default)})"

    return write


def _month_value(text: str, _policy: Policy) -> str:
    year, month = extracted(text, "^([0-9]{4})[-/.年]?([0-9]{1,2})", 1), extracted(text, "^([0-9]{4})[-/.年]?([0-9]{1,2})", 2)
    good = matches(text, "^[12][0-9]{3}[-/.年]?(0?[1-9]|1[0-2])月?$")
    return cases([(good, f"concat({year}, lpad({month}, 2, '0'))")])


def _plain_number(text: str) -> str:
    return replaced(text, "[,，]|[元件人次户个台间条项套]$", "")


def _integer_value(text: str, _policy: Policy) -> str:
    return f"try_cast({replaced(_plain_number(text), '[.]0+$', '')} AS BIGINT)"


def _decimal_value(text: str, _policy: Policy) -> str:
    return f"try_cast({replaced(_plain_number(text), '%$|平方米$|㎡$', '')} AS DECIMAL(20,6))"


def _amount_value(text: str, policy: Policy) -> str:
    """Number × scale of the unit written in the cell, else of the unit declared for the column, in the element's unit."""
    number = f"try_cast({extracted(replaced(text, '[,，]', ''), '^([-+]?[0-9]+([.][0-9]+)?)', 1)} AS DECIMAL(20,6))"
    declared = _SCALES.get(policy.unit or policy.target_unit or "元", "1")
    scale = cases(
        [(matches(text, "亿"), "100000000"), (matches(text, "万"), "10000"), (matches(text, "[元币]"), "1")], declared
    )
    good = matches(text, "^[-+]?[0-9][0-9,，]*([.][0-9]+)?[ ]*([(（]?[ ]*[亿万千]?[元]?(人民币|美元|美金|港元|港币|日元|欧元|台币|英镑)?[元]?[ ]*[)）]?)?整?$")
    target = _SCALES.get(policy.target_unit or "元", "1")
    return cases([(good, f"CAST({number} * {scale} / {target} AS DECIMAL(20,6))")], "CAST(NULL AS DECIMAL(20,6))")


def _currency_value(text: str, _policy: Policy) -> str:
    """Currency written beside an amount, or a name of one; ``unknown`` where none is written."""
    return cases([*[(matches(text, pattern), literal(code)) for pattern, code in _CURRENCIES]], literal("unknown"))


def _number_text(parsed: str, _policy: Policy) -> str:
    return f"CAST({parsed} AS STRING)"


def _same_number(parsed: str, _policy: Policy) -> str:
    """Trailing zeros do not count as a repair."""
    return replaced(replaced(f"CAST({parsed} AS STRING)", "([.][0-9]*?)0+$", "$1"), "[.]$", "")


def _mobile_text(raw: str, policy: Policy) -> str:
    return replaced(_half_width(raw, policy), "^([+]?86|0086)|[ -]+", "")


def _no_phone(text: str, policy: Policy) -> str:
    return f"({matches(text, '^(1?0+|1?1+|1?3800000000|13800138000|1?2345678900?|1?9+)$')} OR {is_placeholder(text, policy)})"


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
    """The code itself, the code for a spelling met in deliveries, or for the name in the table; else null."""
    names = {} if len(policy.codes) > 300 else {label: code for code, label in policy.codes.items()}
    spellings = {key: code for key, code in (names | dict(policy.wild)).items() if key not in policy.codes}
    known = cases([(in_list(text, policy.codes), text)], looked_up(text, spellings)) if policy.codes else text
    return known


DATE = Rule("date", "date", _half_width, _date_value, _no_day, _future, _written("date"))
DATETIME = Rule("datetime", "timestamp", _half_width, _datetime_value, _no_day, _future, _written("datetime"))
MONTH = Rule("month", "string", _half_width, _month_value, is_placeholder, no_suspicion, as_is)
INTEGER = Rule("integer", "bigint", _half_width, _integer_value, is_placeholder, no_suspicion, _number_text)
DECIMAL = Rule("decimal", "decimal(20,6)", _half_width, _decimal_value, is_placeholder, no_suspicion, _same_number)
AMOUNT = Rule("amount", "decimal(20,6)", _half_width, _amount_value, is_placeholder, no_suspicion, _same_number)
CURRENCY = Rule("currency", "string", _half_width, _currency_value, no_placeholder, no_suspicion, as_is)
MOBILE = Rule("mobile", "string", _mobile_text, _phone_value, _no_phone, _mobile_suspicion, as_is)
PHONE = Rule("phone", "string", _half_width, _phone_value, _no_phone, no_suspicion, as_is)
LONGITUDE = Rule("longitude", "decimal(20,6)", _half_width, _decimal_value, is_placeholder, _outside("113.4", "114.4"), _same_number)
LATITUDE = Rule("latitude", "decimal(20,6)", _half_width, _decimal_value, is_placeholder, _outside("22.5", "23.3"), _same_number)
CODE = Rule("code", "string", lambda raw, _p: tidy(raw), _code_value, is_placeholder, no_suspicion, as_is)
