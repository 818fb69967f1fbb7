"""The number under which a taxpayer is registered (纳税人识别号): four lengths of three times, 税务登记管理办法.

18 characters are a unified credit code, read as one, or the resident id of a person. Before the unified code (2015)
organisations had 15: the division and the organisation code; self-employed persons had their resident id with two
digits of order, 17 or 20 in all, and old ids of 15 digits stand alone. Old numbers are not made new: what follows the
division is an organisation code and no credit code.
"""

from __future__ import annotations

from jobs.rules.identifiers import (
    identifier,
    is_old_resident,
    org_check,
    resident_suspicion,
    unless_filler,
    uscc_suspicion,
)
from jobs.rules.residents import is_sound
from jobs.rules.rule import Policy
from jobs.rules.sql import matches

_SHAPE = "^(?:[0-9]{6}[0-9A-Z]{8}[0-9X]|[0-9]{17}|[0-9A-Z]{18}|[0-9]{17}[0-9X][0-9]{2})$"


def _suspicion(text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    size, old, person = f"length({parsed})", f"substring({parsed}, 1, 15)", f"substring({parsed}, 1, 18)"
    body = f"substring({parsed}, 7, 9)"
    of_person = [(f"{size} = 20 AND ({doubt})", flag) for doubt, flag in resident_suspicion(person, person, policy)]
    return [
        (f"NOT {matches(parsed, _SHAPE)}", "malformed"),
        (f"{size} IN (15, 17) AND {is_old_resident(old)}", ""),
        (f"{size} = 17", "malformed"),
        (f"{size} = 15 AND substring({body}, 9, 1) <> {org_check(body)}", "check_digit"),
        (f"{size} = 15", ""),
        *of_person,
        (is_sound(person), ""),
        *uscc_suspicion(text, parsed, policy),
    ]


TAXPAYER_ID = identifier("taxpayer_id", unless_filler, _suspicion)
