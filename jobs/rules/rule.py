"""The shape of a rule, the flags it may set, and the steps that all rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jobs.rules.sql import (
    INVISIBLE,
    NARROW,
    NARROW_ALPHANUMERIC,
    WIDE,
    WIDE_ALPHANUMERIC,
    cases,
    in_list,
    literal,
    translated,
    trimmed,
)

FLAGS: dict[str, str] = {
    "repaired": "写法已按声明的规则统一",
    "converted": "由旧号码换算",
    "check_digit": "校验位不符，存疑",
    "malformed": "格式不符，存疑",
    "implausible": "数值不合理，存疑",
    "differs": "与号码中的信息不一致",
    "placeholder": "占位写法，按空处理",
    "unparsed": "无法识别，按空处理",
    "unseen_code": "代码表外的值，按空处理",
}
"""Every flag a cell can carry, in the words officials read."""

SUSPECT = ("check_digit", "malformed", "implausible")
"""Flags of values that are kept but never link records, and that give way to any clean value."""

NULL_TOKENS = ("", "\\N", "NULL", "null", "Null", "None", "NaN", "nan", "-", "--", "—", "——", "/", "#N/A", "N/A")
PLACEHOLDERS = ("无", "不详", "未知", "不明", "暂无", "测试", "test", "TEST", "没有", "未填", "待补", "空")


@dataclass(frozen=True)
class Policy:
    """What a rule must know of its field; an empty policy changes nothing."""

    formats: tuple[str, ...] = ()
    unit: str | None = None
    target_unit: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    wild: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    as_of: str = "9999-12-31"
    element: str = ""


Step = Callable[[str, Policy], str]


@dataclass(frozen=True)
class Rule:
    """``text(raw)`` → ``parsed(text)`` → flags. ``type`` is the SQL type of the value."""

    name: str
    type: str
    text: Step
    parsed: Step
    placeholder: Step
    suspect: Callable[[str, str, Policy], list[tuple[str, str]]]
    """Conditions over (text, parsed) and the flag each sets, first match wins."""
    unchanged: Callable[[str, str, Policy], str]
    """Whether (raw, parsed) say the same in the declared writing; where they do not, the cell is repaired."""


def flag_sql(rule: Rule, raw: str, text: str, parsed: str, policy: Policy) -> str:
    """The flag of a cell from the names of its three columns."""
    pairs = [
        (f"{text} IS NULL", "CAST(NULL AS STRING)"),
        (f"{parsed} IS NULL AND {rule.placeholder(text, policy)}", literal("placeholder")),
        (f"{parsed} IS NULL", literal("unseen_code" if rule.name == "code" else "unparsed")),
        *[(condition, literal(flag)) for condition, flag in rule.suspect(text, parsed, policy)],
        (f"NOT coalesce({rule.unchanged(raw, parsed, policy)}, FALSE)", literal("repaired")),
    ]
    return cases(pairs)


def is_null_token(expression: str) -> str:
    """Whether a delivered text stands for nothing at all, in either width."""
    return in_list(trimmed(translated(expression, WIDE + INVISIBLE, NARROW)), NULL_TOKENS)


def tidy(expression: str) -> str:
    """Null tokens to null, letters, digits and blanks to half-width, invisible characters and outer blanks off."""
    plain = trimmed(translated(expression, WIDE_ALPHANUMERIC + INVISIBLE, NARROW_ALPHANUMERIC))
    return f"CASE WHEN {expression} IS NULL OR {is_null_token(expression)} THEN NULL ELSE {plain} END"


def no_placeholder(_text: str, _policy: Policy) -> str:
    """For rules that know none."""
    return "FALSE"


def is_placeholder(text: str, _policy: Policy) -> str:
    """A word that stands for a missing value, or what tidying has left of one."""
    return in_list(text, (*PLACEHOLDERS, *NULL_TOKENS))


def no_suspicion(_text: str, _parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """For rules that suspect nothing."""
    return []


def same_text(raw: str, parsed: str, _policy: Policy) -> str:
    """The value is the delivery, character by character."""
    return f"{parsed} = {raw}"


def as_is(expression: str, _policy: Policy) -> str:
    """The identity step."""
    return expression
