"""Identifiers of persons, organisations and licences, with their check characters as native arithmetic.

GB 11643-1999 (resident id), GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code),
GS 15-2006 (registration number, MOD 11,10), GB/T 36904-2018 (licence identifier, MOD 37,36).
"""

from __future__ import annotations

from jobs.rules.rule import Policy, Rule, as_is, no_placeholder, no_suspicion, tidy
from jobs.rules.sql import NARROW, WIDE, cases, extracted, in_list, matches, replaced, translated

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
NO_CODE = "00000000000000000X"
_RESIDENT_SHAPE = "^[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"
_OLD_RESIDENT = "^[1-8][0-9]{5}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}$"
_USCC_SHAPE = f"^[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}$"


def _code_text(raw: str, _policy: Policy) -> str:
    """Everything half-width and upper case; blanks, quotes and dashes go."""
    return replaced(f"upper({translated(tidy(raw), WIDE, NARROW)})", "[ 	'’‘-]+", "")


def _weighted(text: str, weights: tuple[int, ...], alphabet: str) -> str:
    """Sum of weight × value over the first characters."""
    if alphabet == "0123456789":
        terms = [f"{weight} * (ascii(substring({text}, {n}, 1)) - 48)" for n, weight in enumerate(weights, 1)]
    else:
        terms = [f"{w} * (instr('{alphabet}', substring({text}, {n}, 1)) - 1)" for n, w in enumerate(weights, 1)]
    return "(" + " + ".join(terms) + ")"


def resident_check(text: str) -> str:
    """The 18th character that the first 17 ask for (ISO 7064 MOD 11-2)."""
    remainder = f"{_weighted(text, RESIDENT_WEIGHTS, '0123456789')} % 11"
    return f"substring('10X98765432', CAST({remainder} AS INT) + 1, 1)"


def is_valid_resident_id(text: str) -> str:
    """Shape, a real date, and the check character."""
    day = f"try_cast(concat(substring({text}, 7, 4), '-', substring({text}, 11, 2), '-', substring({text}, 13, 2)) AS DATE)"
    return f"({matches(text, _RESIDENT_SHAPE)} AND {day} IS NOT NULL AND substring({text}, 18, 1) = {resident_check(text)})"


def _resident_value(text: str, policy: Policy) -> str:
    """15 digits become 18; 996-999 marked people over 100 whose century is 18, so they stay as delivered."""
    longer = f"concat(substring({text}, 1, 6), '19', substring({text}, 7, 9))"
    old = f"({matches(text, _OLD_RESIDENT)} AND substring({text}, 13, 3) < '996')"
    return cases(
        [(_is_filler(text, policy), "CAST(NULL AS STRING)"), (old, f"concat({longer}, {resident_check(longer)})")], text
    )


def _is_filler(text: str, _policy: Policy) -> str:
    """One character repeated, the filler for 'no code', or a word."""
    same = f"{matches(text, '^(0+|1+|9+|X+)$')} AND length({text}) >= 6"
    return f"({same} OR {in_list(text, (NO_CODE, '无', '不详', '未知', '测试', 'TEST', '无证', '无代码'))})"


def _resident_suspicion(text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    shaped = matches(parsed, _RESIDENT_SHAPE)
    day = f"try_cast(concat(substring({parsed}, 7, 4), '-', substring({parsed}, 11, 2), '-', substring({parsed}, 13, 2)) AS DATE)"
    return [
        (f"NOT {shaped} OR {day} IS NULL", "malformed"),
        (f"substring({parsed}, 18, 1) <> {resident_check(parsed)}", "check_digit"),
        (f"length({text}) = 15", "converted"),
    ]


def _document_suspicion(text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """Any document: 18 digits are a resident id and must check, masked numbers are not numbers."""
    like_id = matches(parsed, "^[0-9]{17}[0-9X]$")
    return [
        (matches(parsed, "[*]"), "malformed"),
        (f"{like_id} AND NOT {matches(parsed, _RESIDENT_SHAPE)}", "malformed"),
        (f"{like_id} AND substring({parsed}, 18, 1) <> {resident_check(parsed)}", "check_digit"),
        (f"length({text}) = 15 AND length({parsed}) = 18", "converted"),
    ]


def _unless_filler(text: str, policy: Policy) -> str:
    return cases([(_is_filler(text, policy), "CAST(NULL AS STRING)")], text)


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
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = f"{_weighted(parsed, (3, 7, 9, 10, 5, 8, 4, 2), alphabet)} % 11"
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


def _licence_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """GB/T 36904: five parts after the root 1.2.156.3005.2, MOD 37,36 over the first four without dots."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    shape = "^1[.]2[.]156[.]3005[.]2[.][0-9A-Z]{21}[.][0-9A-Z]+[.][0-9A-Z]+[.][0-9]{3}[.][0-9A-Z]$"
    body = replaced(extracted(parsed, "^1[.]2[.]156[.]3005[.]2[.](.*)[.][0-9A-Z]$", 1), "[.]", "")
    fold = (
        f"aggregate(split({body}, ''), 36, (c, d) -> CASE WHEN d = '' THEN c ELSE "
        f"((CASE WHEN c = 0 THEN 36 ELSE c END * 2) % 37 + instr('{alphabet}', d) - 1) % 36 END)"
    )
    double = f"(CASE WHEN {fold} = 0 THEN 36 ELSE {fold} END * 2) % 37"
    check = f"substring('{alphabet}', CAST((37 - {double}) % 36 AS INT) + 1, 1)"
    return [
        (f"NOT {matches(parsed, shape)}", "malformed"),
        (f"right({parsed}, 1) <> {check}", "check_digit"),
    ]


RESIDENT_ID = Rule("resident_id", "string", _code_text, _resident_value, _is_filler, _resident_suspicion, as_is)
IDENTITY_DOCUMENT = Rule("identity_document", "string", _code_text, _resident_value, _is_filler, _document_suspicion, as_is)
USCC = Rule("uscc", "string", _code_text, _unless_filler, _is_filler, _uscc_suspicion, as_is)
ORG_CODE = Rule("org_code", "string", _code_text, _unless_filler, _is_filler, _org_code_suspicion, as_is)
BUSINESS_REG_NO = Rule("business_reg_no", "string", _code_text, _unless_filler, _is_filler, _registration_suspicion, as_is)
LICENCE_IDENTIFIER = Rule(
    "licence_identifier", "string", lambda raw, _p: f"upper({tidy(raw)})", as_is, no_placeholder, _licence_suspicion, as_is
)
CODE_LIKE = Rule("identifier", "string", _code_text, as_is, no_placeholder, no_suspicion, as_is)
