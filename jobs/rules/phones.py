"""Telephone numbers."""

from __future__ import annotations

from jobs.rules.rule import NOTHING, Policy, Rule, half_width, is_placeholder, no_suspicion, only_placeholder, same_text
from jobs.rules.sql import BLANKS, INVISIBLE, NARROW, WIDE, cases, matches, one_of, replaced, translated, trimmed

_DASHES = "—–‐―"


def _dashed(raw: str, _policy: Policy) -> str:
    """Half-width, every dash a hyphen."""
    dashed = trimmed(translated(raw, WIDE + _DASHES + INVISIBLE, NARROW + "-" * len(_DASHES)))
    return cases([(one_of(half_width(raw), NOTHING), "NULL")], dashed)


def _mobile_text(raw: str, _policy: Policy) -> str:
    """Digits without blanks, dashes and the country's 86."""
    digits = translated(half_width(raw), f"(){_DASHES}-{BLANKS}", "")
    short = replaced(digits, "^([+]?86|0086)(1[0-9]{10})$", "$2")
    return cases([(one_of(half_width(raw), NOTHING), "NULL")], short)


def _value(text: str, policy: Policy) -> str:
    """Null for the numbers that people fill in when they have none to give."""
    filler = matches(text, "^(1?0+|1?1+|13800000000|13800138000|1?2345678900?|1?9+|)$")
    return cases([(f"{filler} OR {is_placeholder(text, policy)}", "CAST(NULL AS STRING)")], text)


def _mobile_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    return [(f"NOT {matches(parsed, '^1[3-9][0-9]{9}$')}", "malformed")]


MOBILE = Rule("mobile", "string", _mobile_text, _value, only_placeholder, _mobile_suspicion, same_text)
PHONE = Rule("phone", "string", _dashed, _value, only_placeholder, no_suspicion, same_text)
