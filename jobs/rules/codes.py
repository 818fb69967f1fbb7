"""Coded values, read by a table: the code, its name, or a spelling that is known from deliveries.

A known spelling has its code, or none: ``请选择: ""`` is known to say nothing, and is no finding.
"""

from __future__ import annotations

from collections import Counter

from jobs.rules.rule import (
    NOTHING,
    PLACEHOLDERS,
    Policy,
    Rule,
    is_nothing,
    no_suspicion,
    plain,
    same_text,
)
from jobs.rules.sql import cases, looked_up, one_of


def _code_value(text: str, policy: Policy) -> str:
    """The code itself, the code for a spelling met in deliveries, or for the name in the table; else null.

    A name that two codes share says nothing. Where the table is only an extract, other codes stay as delivered.
    """
    codes = {code: name for code, name in policy.codes.items() if code not in NOTHING}
    shared = Counter(codes.values())
    names = {} if len(codes) > 300 else {name: code for code, name in codes.items() if shared[name] == 1}
    spelt = {**names, **policy.wild}.items()
    spellings = {key: code for key, code in spelt if code and key not in (*codes, *NOTHING)}
    known = [(one_of(text, codes), text)] if codes else []
    other = looked_up(text, spellings)
    return cases(known, other if policy.codes else f"coalesce({other}, {_unless_ignorable(text, policy)})")


def _is_ignorable(text: str, policy: Policy) -> str:
    """A word for nothing, or a spelling that is known to say nothing in this table."""
    ignorable = [key for key, code in policy.wild.items() if not code]
    return one_of(text, (*PLACEHOLDERS, *NOTHING, *ignorable))


def _unless_ignorable(text: str, policy: Policy) -> str:
    return cases([(_is_ignorable(text, policy), "CAST(NULL AS STRING)")], text)


CODE = Rule(
    "code",
    "string",
    lambda raw, _p: plain(raw),
    _code_value,
    _is_ignorable,
    no_suspicion,
    same_text,
    is_nothing,
)
