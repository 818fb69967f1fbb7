"""What a resident id says of its bearer: the day of birth, the sex, and the division that gave it (GB 11643-1999).

Read only from a number that checks; of any other the reading is empty, and the number's own flag says why. The division
may be gone long since (东莞县 442527 until 1985, 东莞市 442502 until 1988), and a person may be older than it: a code
counts if it was ever in GB/T 2260, whatever the day of birth. One that never was is a finding; the number stays.
"""

from __future__ import annotations

from jobs.rules.divisions import division_pattern
from jobs.rules.identifiers import RESIDENT_ID, resident_birth, resident_check
from jobs.rules.rule import Policy, Rule, Step, no_suspicion
from jobs.rules.sql import cases, literal, matches

RESIDENCE_PERMITS = ("810000", "820000", "830000")
"""Written for residents of Hong Kong, Macao and Taiwan instead of a division (since 2018)."""


def _number(raw: str, policy: Policy) -> str:
    """The number of 18 characters, so that the steps after this name a column and repeat no expression."""
    return RESIDENT_ID.parsed(RESIDENT_ID.text(raw, policy), policy)


def is_sound(number: str) -> str:
    """Whether 18 characters are a resident id that checks, of a day that exists; never null."""
    shape = matches(number, "^[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]$")
    right = f"substring({number}, 18, 1) = {resident_check(number)}"
    return f"coalesce({shape} AND {resident_birth(number)} IS NOT NULL AND {right}, FALSE)"


def _birth(number: str, _policy: Policy) -> str:
    return cases([(is_sound(number), resident_birth(number))], "CAST(NULL AS DATE)")


def _sex(number: str, _policy: Policy) -> str:
    """Code of GB/T 2261.1: the 17th digit is odd for 1 (male), even for 2."""
    odd = f"substring({number}, 17, 1) IN ('1', '3', '5', '7', '9')"
    return cases([(f"{is_sound(number)} AND {odd}", literal("1")), (is_sound(number), literal("2"))], _NOTHING)


def _division(number: str, _policy: Policy) -> str:
    """The first six digits; a foreigner's number (9…) has another meaning there."""
    ever = matches(number, "^" + division_pattern(*RESIDENCE_PERMITS))
    return cases([(f"{is_sound(number)} AND {ever}", f"substring({number}, 1, 6)")], _NOTHING)


_NOTHING = "CAST(NULL AS STRING)"


def _says_nothing(number: str) -> str:
    """Whether there is no number to read."""
    return f"NOT {is_sound(number)}"


def _gives_no_division(number: str) -> str:
    return f"({_says_nothing(number)} OR {number} LIKE '9%')"


def _never_one(_text: str, _policy: Policy) -> list[tuple[str, str]]:
    return [("TRUE", "unseen_code")]


def _another(_raw: str, _parsed: str, _policy: Policy) -> str:
    """A reading is never the delivered text: the number is kept beside it."""
    return "FALSE"


def _rule(name: str, kind: str, parsed: Step) -> Rule:
    return Rule(name, kind, _number, parsed, _never, no_suspicion, _another, _says_nothing)


def _never(_text: str, _policy: Policy) -> str:
    return "FALSE"


BIRTH_IN_ID = _rule("birth_in_id", "date", _birth)
SEX_IN_ID = _rule("sex_in_id", "string", _sex)
DIVISION_IN_ID = Rule(
    "division_in_id",
    "string",
    _number,
    _division,
    _never,
    no_suspicion,
    _another,
    _gives_no_division,
    _never_one,
)
