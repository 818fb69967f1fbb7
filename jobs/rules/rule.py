"""The shape of a rule, the flags it may set, and the steps that all rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product

from jobs.rules.sql import (
    INVISIBLE,
    NARROW,
    NARROW_ALPHANUMERIC,
    WIDE,
    WIDE_ALPHANUMERIC,
    cases,
    literal,
    one_of,
    translated,
    trimmed,
)

FLAGS: dict[str, str] = {
    "repaired": "写法已按声明的规则统一",
    "converted": "由旧号码换算",
    "check_digit": "校验位不符，存疑",
    "unknown_kind": "无此登记管理部门与机构类别的组合",
    "org_check_digit": "其中组织机构代码的校验位不符",
    "unknown_division": "其中行政区划代码从未使用",
    "malformed": "格式不符，存疑",
    "implausible": "数值不合理，存疑",
    "differs": "与号码中的信息不一致",
    "placeholder": "占位写法，按空处理",
    "lunar": "农历日期，不作换算，保留原文",
    "unparsed": "无法识别，按空处理",
    "unseen_code": "代码表外的值，按空处理",
}
"""Every flag a cell can carry, in the words officials read."""

SUSPECT = ("check_digit", "malformed", "implausible")
"""Flags of values that are kept but never link records, and that give way to any clean value."""

NULL_TOKENS = ("", "\\N", "NULL", "null", "Null", "None", "NaN", "nan", "-", "--", "—", "——", "/", "#N/A", "N/A")
_PUNCTUATION = {"\\": "＼", "-": "－", "/": "／", "#": "＃"}
NOTHING = tuple(
    "".join(chars)
    for token in NULL_TOKENS
    for chars in product(*((char, _PUNCTUATION[char]) if char in _PUNCTUATION else (char,) for char in token))
)
"""Null tokens with their punctuation in either width."""
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
Suspicion = Callable[[str, str, Policy], list[tuple[str, str]]]


@dataclass(frozen=True)
class Rule:
    """``text(raw)`` → ``parsed(text)`` → flags. ``type`` is the SQL type of the value."""

    name: str
    type: str
    text: Step
    parsed: Step
    placeholder: Step
    suspect: Suspicion
    """Conditions over (text, parsed) and the flag each sets, first match wins; an empty flag ends the suspicion."""
    unchanged: Callable[[str, str, Policy], str]
    """Whether (raw, parsed) say the same in the declared writing; where they do not, the cell is repaired."""
    nothing: Callable[[str], str] = lambda text: is_null(text)
    """Whether a text says that nothing was delivered."""
    unread: Callable[[str, Policy], list[tuple[str, str]]] = lambda _text, _policy: []
    """Conditions over a text without a value, and the flag each sets; none holds: it is unparsed."""


@cache
def may_suspect(rule: Rule, element: str) -> bool:
    """Whether a cell of ``element`` can get a flag of ``SUSPECT`` by the rule."""
    return any(flag in SUSPECT for _, flag in rule.suspect("text", "parsed", Policy(element=element)))


def flag_sql(rule: Rule, raw: str, text: str, parsed: str, policy: Policy) -> str:
    """The flag of a cell from the names of its three columns."""
    changed = rule.unchanged(raw, parsed, policy)
    changed = f"{parsed} <> {raw}" if rule.unchanged is same_text else f"NOT coalesce({changed}, FALSE)"
    tail = (changed, literal("repaired"))
    suspect = [
        (condition, literal(flag) if flag else cases([tail])) for condition, flag in rule.suspect(text, parsed, policy)
    ]
    return cases([*_unread(rule, text, parsed, policy), *suspect, tail])


def _unread(rule: Rule, text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """Why there is no value: nothing was delivered, a word for nothing, or what the rule cannot read."""
    if rule.placeholder is no_placeholder:
        return []
    nothing = (rule.nothing(text), "CAST(NULL AS STRING)")
    if rule.placeholder is only_placeholder:
        return [nothing, (f"{parsed} IS NULL", literal("placeholder"))]
    unread = literal("unseen_code" if rule.name == "code" else "unparsed")
    known = [(condition, literal(flag)) for condition, flag in rule.unread(text, policy)]
    reason = cases([(rule.placeholder(text, policy), literal("placeholder")), *known], unread)
    return [nothing, (f"{parsed} IS NULL", reason)]


def plain(expression: str) -> str:
    """Letters, digits and blanks half-width, invisible characters and outer blanks off."""
    return trimmed(translated(expression, WIDE_ALPHANUMERIC + INVISIBLE, NARROW_ALPHANUMERIC))


def half_width(expression: str) -> str:
    """The same, with punctuation half-width too."""
    return trimmed(translated(expression, WIDE + INVISIBLE, NARROW))


def unless_nothing(text: str) -> str:
    """A tidied text, or null where it stands for nothing at all."""
    return f"CASE WHEN {one_of(text, NOTHING)} THEN NULL ELSE {text} END"


def is_null(text: str) -> str:
    """Nothing was delivered, for a text whose null tokens are null already."""
    return f"{text} IS NULL"


def is_nothing(text: str) -> str:
    """Nothing was delivered, for a text whose null tokens still stand."""
    return f"coalesce({one_of(text, NOTHING)}, TRUE)"


def no_placeholder(_text: str, _policy: Policy) -> str:
    """For rules that read everything but nothing."""
    return "FALSE"


def only_placeholder(_text: str, _policy: Policy) -> str:
    """For rules that read everything but words for a missing value."""
    return "TRUE"


def is_placeholder(text: str, _policy: Policy) -> str:
    """A word that stands for a missing value, or what tidying has left of one."""
    return one_of(text, (*PLACEHOLDERS, *NOTHING))


def unless_placeholder(text: str, policy: Policy) -> str:
    """The text, or null for a word that stands for a missing value."""
    return cases([(is_placeholder(text, policy), "CAST(NULL AS STRING)")], text)


def no_suspicion(_text: str, _parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """For rules that suspect nothing."""
    return []


def same_text(raw: str, parsed: str, _policy: Policy) -> str:
    """The value is the delivery, character by character."""
    return f"{parsed} = {raw}"


def as_is(expression: str, _policy: Policy) -> str:
    """The identity step."""
    return expression
