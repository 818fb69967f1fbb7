"""The currency that an amount is written in: 50(万元人民币), 1,200(万元(港币)), 3万美元.

Currencies are those of the column's code table: codes, names and its ``wild`` spellings. An amount that names none has
the currency ``unknown``: nobody said that it was renminbi.
"""

from __future__ import annotations

from jobs.rules.numbers import AMOUNT
from jobs.rules.rule import Policy, Rule, is_nothing, no_suspicion, same_text
from jobs.rules.sql import cases, extracted, literal, looked_up, matches, one_of

UNKNOWN = "unknown"


def _currency(text: str, policy: Policy) -> str:
    """Code of the leftmost word for a currency; ``unknown`` for an amount without one; null for anything else."""
    codes = sorted({*policy.codes, UNKNOWN})
    words = {name: code for code, name in policy.codes.items() if code != UNKNOWN}
    words |= dict(policy.wild) | {code: code for code in policy.codes if code != UNKNOWN}
    spelt = sorted((word for word in words if not word.isdigit()), key=lambda word: (-len(word), word))
    named = f"({'|'.join(spelt)})" if spelt else "(^$)"
    read = cases([(matches(text, named), looked_up(extracted(text, named, 1), words))], literal(UNKNOWN))
    amount = f"{AMOUNT.parsed(text, policy)} IS NOT NULL"
    return cases([(one_of(text, codes), text), (amount, read)], "CAST(NULL AS STRING)")


CURRENCY_IN_AMOUNT = Rule(
    "currency_in_amount", "string", AMOUNT.text, _currency, AMOUNT.placeholder, no_suspicion, same_text, is_nothing
)
