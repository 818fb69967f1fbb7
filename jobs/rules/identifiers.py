"""Identifiers of persons, organisations and licences, with their check characters as native arithmetic.

GB 11643-1999 (resident id), GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code),
GS 15-2006 (registration number, MOD 11,10), GB/T 36904-2018 (licence identifier, MOD 37,36).
"""

from __future__ import annotations

from jobs.rules.rule import NULL_TOKENS, PLACEHOLDERS, Policy, Rule, is_placeholder, same_text, tidy
from jobs.rules.sql import (
    BLANKS,
    NARROW,
    WIDE,
    cases,
    extracted,
    in_list,
    literal,
    matches,
    replaced,
    translated,
    trimmed,
)

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
NO_CODE = "00000000000000000X"
_DIGITS = "0123456789"
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOTHING = "CAST(NULL AS STRING)"
_NULLS = tuple(token.upper() for token in NULL_TOKENS)
_RESIDENT_SHAPE = "^[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"
_OLD_RESIDENT = "^[1-8][0-9]{5}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}$"
_USCC_SHAPE = f"^[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}$"
_LICENCE_ROOT = "^1[.]2[.]156[.]3005[.]2[.]"


def _code_text(raw: str, _policy: Policy) -> str:
    """Everything half-width and upper case; blanks, quotes and dashes go."""
    return replaced(f"upper({translated(tidy(raw), WIDE, NARROW)})", f"[{BLANKS}'\"`’‘“”‐‑–—―-]+", "")


def _weighted(text: str, weights: tuple[int, ...], alphabet: str) -> str:
    """Sum of weight × value over the first characters."""
    if alphabet == _DIGITS:
        terms = [f"{weight} * (ascii(substring({text}, {n}, 1)) - 48)" for n, weight in enumerate(weights, 1)]
    else:
        terms = [f"{w} * (instr('{alphabet}', substring({text}, {n}, 1)) - 1)" for n, w in enumerate(weights, 1)]
    return "(" + " + ".join(terms) + ")"


def resident_check(text: str) -> str:
    """The 18th character that the first 17 ask for (ISO 7064 MOD 11-2)."""
    remainder = f"{_weighted(text, RESIDENT_WEIGHTS, _DIGITS)} % 11"
    return f"substring('10X98765432', CAST({remainder} AS INT) + 1, 1)"


def resident_birth(text: str) -> str:
    """The day of birth in an 18-character number, null if there is no such day."""
    year, month, day = (f"substring({text}, {start}, {size})" for start, size in ((7, 4), (11, 2), (13, 2)))
    return f"try_cast(concat({year}, '-', {month}, '-', {day}) AS DATE)"


def is_valid_resident_id(text: str) -> str:
    """Shape, a real date, and the check character."""
    checked = f"substring({text}, 18, 1) = {resident_check(text)}"
    return f"({matches(text, _RESIDENT_SHAPE)} AND {resident_birth(text)} IS NOT NULL AND {checked})"


def _resident_value(text: str, policy: Policy) -> str:
    """15 digits become 18; 996-999 marked people over 100 whose century is 18, so they stay as delivered."""
    longer = f"concat(substring({text}, 1, 6), '19', substring({text}, 7, 9))"
    old = (
        f"{matches(text, _OLD_RESIDENT)} AND substring({text}, 13, 3) < '996' AND {resident_birth(longer)} IS NOT NULL"
    )
    return cases([(_is_filler(text, policy), _NOTHING), (old, f"concat({longer}, {resident_check(longer)})")], text)


def _is_filler(text: str, _policy: Policy) -> str:
    """One character repeated, the filler for 'no code', or a word."""
    same = f"length({text}) >= 6 AND replace({text}, substring({text}, 1, 1), '') = ''"
    return f"({same} OR {in_list(text, (NO_CODE, *PLACEHOLDERS, *_NULLS, '无证', '无代码'))})"


def _resident_suspicion(text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    return [
        (f"NOT {matches(parsed, _RESIDENT_SHAPE)} OR {resident_birth(parsed)} IS NULL", "malformed"),
        (f"substring({parsed}, 18, 1) <> {resident_check(parsed)}", "check_digit"),
        (f"{resident_birth(parsed)} > DATE{literal(policy.as_of)}", "implausible"),
        (f"length({text}) = 15", "converted"),
    ]


def _document_suspicion(text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """Any document: 18 digits are a resident id and must check, masked numbers are not numbers."""
    like_id = matches(parsed, "^[0-9]{17}[0-9X]$")
    resident = _resident_suspicion(text, parsed, policy)
    return [
        (matches(parsed, "[*]"), "malformed"),
        *[(f"{like_id} AND ({condition})", flag) for condition, flag in resident],
    ]


def _unless_filler(text: str, policy: Policy) -> str:
    return cases([(_is_filler(text, policy), _NOTHING)], text)


def uscc_check(text: str) -> str:
    """The 18th character that the first 17 ask for."""
    remainder = f"{_weighted(text, USCC_WEIGHTS, USCC_ALPHABET)} % 31"
    return f"substring('{USCC_ALPHABET}', CAST((31 - {remainder}) % 31 AS INT) + 1, 1)"


def _uscc_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    return [
        (f"NOT {matches(parsed, _USCC_SHAPE)}", "malformed"),
        (f"substring({parsed}, 18, 1) <> {uscc_check(parsed)}", "check_digit"),
    ]


def _org_code_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """Weights 3,7,9,10,5,8,4,2 over 0-9A-Z; 11 - sum mod 11, 10 is X, 11 is 0."""
    total = f"{_weighted(parsed, (3, 7, 9, 10, 5, 8, 4, 2), _BASE36)} % 11"
    return [
        (f"NOT {matches(parsed, '^[0-9A-Z]{8}[0-9X]$')}", "malformed"),
        (f"substring({parsed}, 9, 1) <> substring('0X987654321', CAST({total} AS INT) + 1, 1)", "check_digit"),
    ]


def _registration_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """ISO 7064 MOD 11,10 over 14 digits, folded from the left; longer and older writings are left alone."""
    fold = (
        f"aggregate(split(substring({parsed}, 1, 14), ''), 10, (p, d) -> CASE WHEN d = '' THEN p ELSE "
        "(CASE WHEN (p + ascii(d) - 48) % 10 = 0 THEN 10 ELSE (p + ascii(d) - 48) % 10 END * 2) % 11 END)"
    )
    check = f"CAST((11 - {fold}) % 10 AS STRING)"
    return [(f"{matches(parsed, '^[0-9]{15}$')} AND substring({parsed}, 15, 1) <> {check}", "check_digit")]


def _licence_text(raw: str, _policy: Policy) -> str:
    return trimmed(f"upper({translated(tidy(raw), WIDE, NARROW)})")


def _licence_value(text: str, policy: Policy) -> str:
    return cases([(is_placeholder(text, policy), _NOTHING)], text)


def _licence_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """GB/T 36904: five parts after the root 1.2.156.3005.2, MOD 37,36 over the first four without dots.

    The fold doubles before it adds, so it starts from 18, whose double is the 36 that the standard starts from.
    """
    shape = _LICENCE_ROOT + "[0-9A-Z]{21}[.][0-9A-Z]+[.][0-9A-Z]+[.][0-9]{3}[.][0-9A-Z]$"
    body = replaced(extracted(parsed, _LICENCE_ROOT + "(.*)[.][0-9A-Z]$", 1), "[.]", "")
    fold = (
        f"aggregate(split({body}, ''), 18, (c, d) -> CASE WHEN d = '' THEN c ELSE "
        f"((CASE WHEN c = 0 THEN 36 ELSE c END * 2) % 37 + instr('{_BASE36}', d) - 1) % 36 END)"
    )
    double = f"(CASE WHEN {fold} = 0 THEN 36 ELSE {fold} END * 2) % 37"
    check = f"substring('{_BASE36}', CAST((37 - {double}) % 36 AS INT) + 1, 1)"
    return [
        (f"NOT {matches(parsed, shape)}", "malformed"),
        (f"right({parsed}, 1) <> {check}", "check_digit"),
    ]


RESIDENT_ID = Rule("resident_id", "string", _code_text, _resident_value, _is_filler, _resident_suspicion, same_text)
IDENTITY_DOCUMENT = Rule(
    "identity_document", "string", _code_text, _resident_value, _is_filler, _document_suspicion, same_text
)
USCC = Rule("uscc", "string", _code_text, _unless_filler, _is_filler, _uscc_suspicion, same_text)
ORG_CODE = Rule("org_code", "string", _code_text, _unless_filler, _is_filler, _org_code_suspicion, same_text)
BUSINESS_REG_NO = Rule(
    "business_reg_no", "string", _code_text, _unless_filler, _is_filler, _registration_suspicion, same_text
)
LICENCE_IDENTIFIER = Rule(
    "licence_identifier", "string", _licence_text, _licence_value, is_placeholder, _licence_suspicion, same_text
)
