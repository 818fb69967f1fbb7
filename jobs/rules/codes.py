"""Coded values, read by a table: the code, its name, or a spelling that is known from deliveries."""

from __future__ import annotations

from collections import Counter

from jobs.rules.rule import (
    NOTHING,
    Policy,
    Rule,
    is_nothing,
    is_placeholder,
    no_suspicion,
    plain,
    same_text,
    unless_placeholder,
)
from jobs.rules.sql import cases, in_list, looked_up


def _code_value(text: str, policy: Policy) -> str:
    """The code itself, the code for a spelling met in deliveries, or for the name in the table; else null.

    A name that two codes share says nothing. Where the table is only an extract, other codes stay as delivered.
    """
    codes = {code: name for code, name in policy.codes.items() if code not in NOTHING}
    shared = Counter(codes.values())
    names = {} if len(codes) > 300 else {name: code for code, name in codes.items() if shared[name] == 1}
    spellings = {key: code for key, code in (names | dict(policy.wild)).items() if key not in (*codes, *NOTHING)}
    known = [(in_list(text, codes), text)] if codes else []
    other = looked_up(text, spellings)
    return cases(known, other if policy.codes else f"coalesce({other}, {unless_placeholder(text, policy)})")


CODE = Rule(
    "code",
    "string",
    lambda raw, _p: plain(raw),
    _code_value,
    is_placeholder,
    no_suspicion,
    same_text,
    is_nothing,
)
