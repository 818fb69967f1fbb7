"""The currency that an amount is written in: 50(万元人民币), 1,200(万元(港币)), 3万美元.

Currencies are those of the column's code table: codes, names and its ``wild`` spellings. An amount that names none has
the currency ``unknown``: nobody said that it was renminbi.
"""

from __future__ import annotations

from jobs.rules.rule import Policy, Rule, no_suspicion
from jobs.rules.sql import cases, extracted, literal, looked_up, matches
from jobs.rules.values import AMOUNT

UNKNOWN = "unknown"


def _currency(text: str, policy: Policy) -> str:
    """Code of the leftmost word for a currency; ``unknown`` for an amount without one; null for anything else."""
    words = {name: code for code, name in policy.codes.items() if code != UNKNOWN} | dict(policy.wild)
    words |= {code: code for code in policy.codes if code != UNKNOWN}
    spelt = sorted((word for word in words if not word.isdigit()), key=lambda word: (-len(word), word))
    amount = f"{AMOUNT.parsed(text, policy)} IS NOT NULL"
    if not spelt:
        return cases([(amount, literal(UNKNOWN))], "CAST(NULL AS STRING)")
    found = extracted(text, f"({'|'.join(spelt)})", 1)
    named = matches(text, f"({'|'.join(spelt)})")
    read = cases([(named, looked_up(found, words))], literal(UNKNOWN))
    return cases([(amount, read)], "CAST(NULL AS STRING)")


def _as_read(_raw: str, _parsed: str, _policy: Policy) -> str:
    """A code read out of an amount repairs nothing."""
    return "TRUE"


CURRENCY_IN_AMOUNT = Rule(
    "currency_in_amount", "string", AMOUNT.text, _currency, AMOUNT.placeholder, no_suspicion, _as_read
)
