"""Counts, measures and amounts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from jobs.contracts import AMOUNT_UNITS
from jobs.rules.capitals import capital_digits, is_capital
from jobs.rules.rule import Policy, Rule, Suspicion, half_width, is_nothing, is_placeholder, no_suspicion
from jobs.rules.sql import BLANKS, cases, extracted, matches, translated

_CURRENCY = "(?:人民币|美元|美金|香港元|港元|港币|日元|欧元|新台币|台币|澳门元|英镑|RMB|CNY|USD|HKD)"
_WHOLE = "(?:[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]+)"
_DIGITS = _WHOLE + "(?:[.][0-9]+)?"
_PLAIN_NUMBER = "^-?(0|[1-9][0-9]*)([.][0-9]+)?\\z"
_COUNTED = "[件人次户个台间条项套]"


def _half_width(raw: str, _policy: Policy) -> str:
    return half_width(raw)


def _number(text: str, policy: Policy, units: str, number: str) -> str:
    """Digits of a number whose unit, if it is written, is the element's; empty for anything else."""
    unit = policy.target_unit or ""
    names = "|".join(part for part in (units, unit, {"平方米": "㎡|平米"}.get(unit, "")) if part)
    return translated(extracted(text, f"^{number}[{BLANKS}]*(?:{names}){{0,2}}$", 1), ",，", "")


def _integer_value(text: str, policy: Policy) -> str:
    return f"try_cast({_number(text, policy, _COUNTED, f'([-+]?{_WHOLE})(?:[.]0+)?')} AS BIGINT)"


def _decimal_value(text: str, policy: Policy) -> str:
    return f"try_cast({_number(text, policy, '%', f'([-+]?{_DIGITS})')} AS DECIMAL(20,6))"


def _amount_value(text: str, policy: Policy) -> str:
    """Number × scale of the unit in the cell, else of the unit declared for the column, in the element's unit."""
    target = AMOUNT_UNITS.get(policy.target_unit or "元", 1)
    declared = AMOUNT_UNITS.get(policy.unit or policy.target_unit or "元", 1)
    unit = f"[ ]*(?:[(]?[ ]*[亿万千]?元?[(]?{_CURRENCY}?[)]?元?[ ]*[)]?)?整?$"
    digits = translated(extracted(text, f"^[¥￥]?([-+]?{_DIGITS}){unit}", 1), ",，", "")
    written = [("亿", 100_000_000), ("万", 10_000), ("千", 1_000), ("[元币金镑]", 1)]
    scale = cases([(matches(text, unit), _factor(size, target)) for unit, size in written], _factor(declared, target))
    scaled = f"try_cast({digits} AS DECIMAL(19,6)) * {scale}"
    capital = f"try_cast({capital_digits(text)} AS DECIMAL(19,6)) * {_factor(1, target)}"
    return f"try_cast({cases([(is_capital(text), capital)], scaled)} AS DECIMAL(20,6))"


def _factor(size: int, target: int) -> str:
    """Scale as an exact decimal; with 19 digits of number the product stays within 38."""
    return f"CAST('{Decimal(size) / Decimal(target):f}' AS DECIMAL(18,8))"


def _same_number(raw: str, parsed: str, _policy: Policy) -> str:
    """Trailing zeros do not count as a repair; a lost digit or another scale does."""
    return f"({matches(raw, _PLAIN_NUMBER)} AND try_cast({raw} AS DECIMAL(38,12)) = {parsed})"


def _outside(low: str, high: str) -> Suspicion:
    """Coordinates outside the box around the city."""

    def check(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
        return [(f"{parsed} < {low} OR {parsed} > {high}", "implausible")]

    return check


def _rule(name: str, kind: str, value: Callable[[str, Policy], str], suspect: Suspicion = no_suspicion) -> Rule:
    return Rule(name, kind, _half_width, value, is_placeholder, suspect, _same_number, is_nothing)


INTEGER = _rule("integer", "bigint", _integer_value)
DECIMAL = _rule("decimal", "decimal(20,6)", _decimal_value)
AMOUNT = _rule("amount", "decimal(20,6)", _amount_value)
LONGITUDE = _rule("longitude", "decimal(20,6)", _decimal_value, _outside("113.4", "114.4"))
LATITUDE = _rule("latitude", "decimal(20,6)", _decimal_value, _outside("22.5", "23.3"))
