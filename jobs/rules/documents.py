"""Numbers of documents other than the resident id, each by the shape of its kind, with its check where it has one.

A mismatch is a doubt and never a loss: patterns of issuers change. GA/T 517 (kinds), GA 36-2018 (plates),
ISO/IEC 7812 (bank cards), the immigration administration's notices (permanent residence).
"""

from __future__ import annotations

from jobs.rules.identifiers import code_text, resident_birth, resident_check, unless_filler
from jobs.rules.rule import Policy, Rule, Suspicion, only_placeholder, same_text
from jobs.rules.sql import matches, translated

SHAPES = {
    "passport": "E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|1[45][0-9]{7}|(D|DE|S|SE|P|PE)[0-9]{7,8}",
    "hk_macao_permit": "[HM][0-9]{8}([0-9]{2})?",
    "taiwan_permit": "[0-9]{8}|[0-9]{10}([(][A-Z0-9][)])?",
    "exit_permit": "[CL][0-9]{8}|C[A-HJ-NP-Z][0-9]{7}|[WT][0-9]{8}",
    "birth_certificate": "[A-Z][0-9]{9}",
    "military_id": "[\u4e00-\u9fff]{1,3}字第[0-9]{4,8}号",
}
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = (
    f"[{_PROVINCES}][A-HJ-NP-Z]([A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    "|[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])"
)
_OLD_RESIDENCE = "[A-Z]{3}[0-9]{12}"


def _shaped(shape: str) -> Suspicion:
    def check(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
        return [(f"NOT {matches(parsed, f'^({shape})$')}", "malformed")]

    return check


def _hk_id(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """One or two letters, six digits, a check in brackets: weights 9 to 1 from the right, a blank counts 36, mod 11."""
    padded = f"lpad(translate({parsed}, '()', ''), 9, ' ')"
    value = "CASE WHEN c = ' ' THEN 36 WHEN c BETWEEN '0' AND '9' THEN ascii(c) - 48 ELSE ascii(c) - 55 END"
    total = _weighted(padded, 9, "9 - i", value)
    return [
        (f"NOT {matches(parsed, '^[A-Z]{1,2}[0-9]{6}[(][0-9A][)]$')}", "malformed"),
        (f"{total} % 11 <> 0", "check_digit"),
    ]


def _weighted(text: str, size: int, weight: str, value: str) -> str:
    """Sum of weight × value over the first characters; both may name ``c``, the character, weights ``i`` from 0."""
    char = f"element_at(transform(array(substring({text}, i + 1, 1)), c -> {value}), 1)"
    return f"aggregate(transform(sequence(0, {size - 1}), i -> ({weight}) * {char}), 0, (s, t) -> s + t)"


def _residence(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """The permanent residence card of 2023, 18 characters from 9 on, or that of 2017: weights 7, 3, 1, modulo 10."""
    value = "CASE WHEN c BETWEEN '0' AND '9' THEN ascii(c) - 48 ELSE ascii(c) - 55 END"
    total = _weighted(parsed, 14, "element_at(array(7, 3, 1), i % 3 + 1)", value)
    old, new = matches(parsed, f"^{_OLD_RESIDENCE}$"), matches(parsed, "^9[0-9]{5}(19|20)[0-9]{9}[0-9X]$")
    return [
        (f"NOT ({old} OR {new} AND {resident_birth(parsed)} IS NOT NULL)", "malformed"),
        (f"length({parsed}) = 18 AND right({parsed}, 1) <> {resident_check(parsed)}", "check_digit"),
        (f"length({parsed}) = 15 AND right({parsed}, 1) <> CAST({total} % 10 AS STRING)", "check_digit"),
    ]


def _card(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """Cards of the domestic scheme begin with 62; an account of another form is not a card and has no check."""
    return [
        (f"instr({parsed}, '*') > 0", "malformed"),
        (f"{matches(parsed, '^62[0-9]{14,17}$')} AND NOT luhn_check({parsed})", "check_digit"),
    ]


def _plate_text(raw: str, policy: Policy) -> str:
    return translated(code_text(raw, policy), "·.•", "")


def _document(name: str, suspect: Suspicion) -> Rule:
    return Rule(name, "string", code_text, unless_filler, only_placeholder, suspect, same_text)


DOCUMENTS = (
    *(_document(name, _shaped(shape)) for name, shape in SHAPES.items()),
    _document("hk_id", _hk_id),
    _document("permanent_residence", _residence),
    _document("bank_account", _card),
    Rule("plate", "string", _plate_text, unless_filler, only_placeholder, _shaped(_PLATE), same_text),
)
