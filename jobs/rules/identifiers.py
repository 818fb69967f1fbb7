"""Identifiers of persons, organisations and licences, with their check characters as native arithmetic.

GB 11643-1999 (resident id), GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code),
GS 15-2006 (registration number, MOD 11,10), GB/T 36904-2018 (licence identifier, MOD 37,36).
"""

from __future__ import annotations

from jobs.rules.divisions import division_pattern
from jobs.rules.rule import (
    NULL_TOKENS,
    PLACEHOLDERS,
    Policy,
    Rule,
    Step,
    Suspicion,
    half_width,
    only_placeholder,
    same_text,
    unless_placeholder,
)
from jobs.rules.sql import (
    BLANKS,
    INVISIBLE,
    NARROW,
    WIDE,
    cases,
    extracted,
    literal,
    matches,
    one_of,
    replaced,
    translated,
)

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NO_CODE = "00000000000000000X"
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOTHING = "CAST(NULL AS STRING)"
_NULLS = tuple(token.upper() for token in NULL_TOKENS)
_RESIDENT_SHAPE = "^[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]$"
_OLD_RESIDENT = "^[1-8][0-9]{11}([0-8][0-9]{2}|9[0-8][0-9]|99[0-5])$"
_USCC_SHAPE = f"^[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}$"
USCC_KINDS = "1[1239] 2[19] 3[1-59] 4[19] 5[1239] 6[129] 7[129] 8[19] 9[1-3] A[19] N[1239] Y1"
"""Registering authorities and the categories that each gives, as amended in 2016; a test holds them to the catalog's
table ``uscc_authority_category``."""
_USCC_KIND = f"^(?:{USCC_KINDS.replace(' ', '|')})"
NATION = "100000"
"""Stands for a division where a national authority registers."""
_LICENCE_ROOT = "^1[.]2[.]156[.]3005[.]2[.]"


_DROPPED = BLANKS + "'\"`’‘“”＇＂｀‐‑–—―－-"
_KEPT = [(wide, narrow) for wide, narrow in zip(WIDE, NARROW, strict=True) if wide not in _DROPPED]


def code_text(raw: str, _policy: Policy) -> str:
    """Everything half-width and upper case; blanks, quotes and dashes go."""
    source, target = ("".join(side) for side in zip(*_KEPT, strict=True))
    bare = f"upper({translated(raw, source + _DROPPED + INVISIBLE, target)})"
    return cases([(one_of(half_width(raw), NULL_TOKENS), "NULL")], bare)


def _in_base(text: str, base: int) -> str:
    """Value of a text of digits in a base: where base ≡ r (mod m), its remainder is that of weights that are powers
    of r, and no sum of terms is needed. Null for what is no number."""
    return f"try_cast(conv({text}, {base}, 10) AS BIGINT)"


def resident_check(text: str) -> str:
    """The 18th character that the first 17 ask for (ISO 7064 MOD 11-2: weights are powers of 2, and 13 ≡ 2)."""
    return f"substring('1X864209753', {_in_base(f'substring({text}, 1, 17)', 13)} % 11 + 1, 1)"


def resident_birth(text: str) -> str:
    """The day of birth in an 18-character number, null if there is no such day."""
    return _day(f"substring({text}, 7, 4)", text, 11)


def _day(year: str, text: str, month: int) -> str:
    rest = f"'-', substring({text}, {month}, 2), '-', substring({text}, {month + 2}, 2)"
    return f"try_cast(concat({year}, {rest}) AS DATE)"


def _resident_value(text: str, policy: Policy) -> str:
    """15 digits become 18; 996-999 marked people over 100 whose century is 18, so they stay as delivered."""
    longer = f"concat(substring({text}, 1, 6), '19', substring({text}, 7, 9))"
    old = (is_old_resident(text), f"concat({longer}, {resident_check(longer)})")
    return cases([(_is_filler(text, policy), _NOTHING), old], text)


def is_old_resident(text: str) -> str:
    """Whether a text is a number of 15 digits as they were given until 1999, of a day that exists."""
    born = _day(f"'19', substring({text}, 7, 2)", text, 9)
    return f"{matches(text, _OLD_RESIDENT)} AND {born} IS NOT NULL"


def _is_filler(text: str, _policy: Policy) -> str:
    """One character repeated, the filler for 'no code', or a word."""
    same = f"length({text}) > 5 AND replace({text}, substring({text}, 1, 1), '') = ''"
    return f"({same} OR {one_of(text, (NO_CODE, *PLACEHOLDERS, *_NULLS, '无证', '无代码'))})"


def resident_suspicion(text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """Shape and day, check character, a day to come; and that the text was an old number."""
    return [
        (f"NOT {matches(parsed, _RESIDENT_SHAPE)} OR {resident_birth(parsed)} IS NULL", "malformed"),
        (f"substring({parsed}, 18, 1) <> {resident_check(parsed)}", "check_digit"),
        (f"{resident_birth(parsed)} > DATE{literal(policy.as_of)}", "implausible"),
        (f"length({text}) = 15", "converted"),
    ]


def _document_suspicion(text: str, parsed: str, policy: Policy) -> list[tuple[str, str]]:
    """Any document: 18 digits are a resident id and must check, masked numbers are not numbers."""
    other = f"NOT {matches(parsed, '^[0-9]{17}[0-9X]$')}"
    resident = resident_suspicion(text, parsed, policy)
    return [(f"instr({parsed}, '*') > 0", "malformed"), (other, ""), *resident]


def unless_filler(text: str, policy: Policy) -> str:
    return cases([(_is_filler(text, policy), _NOTHING)], text)


def uscc_check(text: str) -> str:
    """The 18th character that the first 17 ask for; weights are powers of 3, and 34 ≡ 3, 3⁹ ≡ 29 (mod 31)."""
    digits = f"reverse(translate(substring({text}, 1, 17), 'JKLMNPQRTUWXY', 'IJKLMNOPQRSTU'))"
    high, low = (_in_base(f"substring({digits}, {start}, {size})", 34) for start, size in ((1, 8), (9, 9)))
    return f"substring('0YXWUTRQPNMLKJHGFEDCBA987654321', (29 * {high} + {low}) % 31 + 1, 1)"


def uscc_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """Shape and check character; then what a code says of itself, which is no doubt that it is one."""
    body = f"substring({parsed}, 9, 9)"
    return [
        (f"NOT {matches(parsed, _USCC_SHAPE)}", "malformed"),
        (f"substring({parsed}, 18, 1) <> {uscc_check(parsed)}", "check_digit"),
        (f"NOT {matches(parsed, _USCC_KIND)}", "unknown_kind"),
        (f"substring({body}, 9, 1) <> {org_check(body)}", "org_check_digit"),
        (f"NOT {matches(parsed, f'^..{division_pattern(NATION)}')}", "unknown_division"),
    ]


def org_check(text: str) -> str:
    """The 9th character that the first 8 ask for (GB 11714): weights 3,7,9,10,5,8,4,2 over 0-9A-Z, powers of 2 mod 11;
    11 - sum mod 11, 10 is X, 11 is 0."""
    values = f"translate(substring({text}, 1, 8), 'BCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789A0123456789A012')"
    return f"substring('097531X8642', {_in_base(values, 13)} % 11 + 1, 1)"


def _org_code_suspicion(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    return [
        (f"NOT {matches(parsed, '^[0-9A-Z]{8}[0-9X]$')}", "malformed"),
        (f"substring({parsed}, 9, 1) <> {org_check(parsed)}", "check_digit"),
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
    return cases([(one_of(half_width(raw), NULL_TOKENS), "NULL")], f"upper({half_width(raw)})")


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


def identifier(name: str, parsed: Step, suspect: Suspicion) -> Rule:
    """A rule that reads :func:`code_text`."""
    return Rule(name, "string", code_text, parsed, only_placeholder, suspect, same_text)


RESIDENT_ID = identifier("resident_id", _resident_value, resident_suspicion)
IDENTITY_DOCUMENT = identifier("identity_document", _resident_value, _document_suspicion)
USCC = identifier("uscc", unless_filler, uscc_suspicion)
ORG_CODE = identifier("org_code", unless_filler, _org_code_suspicion)
BUSINESS_REG_NO = identifier("business_reg_no", unless_filler, _registration_suspicion)
LICENCE_IDENTIFIER = Rule(
    "licence_identifier",
    "string",
    _licence_text,
    unless_placeholder,
    only_placeholder,
    _licence_suspicion,
    same_text,
)
