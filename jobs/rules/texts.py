"""Free text, names of persons and organisations, addresses and document numbers."""

from __future__ import annotations

from jobs.rules.rule import (
    NOTHING,
    NULL_TOKENS,
    PLACEHOLDERS,
    Policy,
    Rule,
    is_nothing,
    no_placeholder,
    no_suspicion,
    only_placeholder,
    plain,
    same_text,
    unless_nothing,
    unless_placeholder,
)
from jobs.rules.sql import (
    BLANKS,
    INVISIBLE,
    NARROW_ALPHANUMERIC,
    WIDE_ALPHANUMERIC,
    cases,
    matches,
    one_of,
    replaced,
    translated,
    trimmed,
)

DOTS = "•‧・･∙⋅●"
LOST = "[?？□\ufffd\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
"""What stands where a character was lost: a question mark, a box, or a code point of somebody's private font."""
_NOT_ASCII = "[^ -~]"
_NOTHING = "CAST(NULL AS STRING)"


def _text(raw: str, _policy: Policy) -> str:
    return plain(raw)


def _as_is(text: str, _policy: Policy) -> str:
    return unless_nothing(text)


def _between(text: str, separator: str, by: str) -> str:
    """A separator between two characters beyond ASCII; twice, because neighbouring matches share a character."""
    pattern = f"({_NOT_ASCII}){separator}({_NOT_ASCII})"
    return replaced(replaced(text, pattern, f"$1{by}$2"), pattern, f"$1{by}$2")


def _person_text(raw: str, _policy: Policy) -> str:
    """Blanks go unless the name is in letters, all interpuncts become U+00B7, a trailing remark in brackets goes."""
    dots = DOTS + "．"
    source, target = WIDE_ALPHANUMERIC + dots + INVISIBLE, NARROW_ALPHANUMERIC + "·" * len(DOTS) + "."
    dotted = trimmed(translated(raw, source, target))
    bare = trimmed(replaced(dotted, f"([（(][^（()）]*[)）]?)+[{BLANKS}]*$", ""))
    joined = _between(translated(bare, BLANKS, ""), "[.]", "·")
    return cases([(one_of(dotted, NOTHING), "NULL"), (matches(bare, "[A-Za-z]"), bare)], joined)


def _person_value(text: str, _policy: Policy) -> str:
    """Null for a word for a missing name, or what a newborn is called before it has one."""
    words = one_of(text, (*PLACEHOLDERS, *NULL_TOKENS, "某某", "待取名"))
    return cases([(f"{words} OR {matches(text, '之[子女]$|^测试|^[0-9]+$')}", _NOTHING)], text)


def _damaged(_text: str, parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """A name that has lost a character at its source, or that holds more than a name."""
    return [(f"{matches(parsed, LOST)} OR {matches(parsed, '[（()）]')}", "malformed")]


def _organisation_text(raw: str, _policy: Policy) -> str:
    """Half-width brackets become the full-width ones of the name register; inner blanks between Chinese go."""
    return _between(
        translated(unless_nothing(plain(raw)), "()[]［］〔〕【】", "（）（）（）（）（）"), f"[{BLANKS}]+", ""
    )


def _document_text(raw: str, _policy: Policy) -> str:
    """Year brackets of a document number are 〔〕; no blanks."""
    square = translated(unless_nothing(plain(raw)), "[]［］【】﹝﹞" + BLANKS, "〔〕〔〕〔〕〔〕")
    return replaced(square, "[（(〔]([0-9]{4})[)）〕]", "〔$1〕")


TEXT = Rule("text", "string", _text, _as_is, no_placeholder, no_suspicion, same_text)
PERSON_NAME = Rule("person_name", "string", _person_text, _person_value, only_placeholder, _damaged, same_text)
ORG_NAME = Rule("org_name", "string", _organisation_text, unless_placeholder, only_placeholder, no_suspicion, same_text)
ADDRESS = Rule("address", "string", _text, unless_placeholder, only_placeholder, no_suspicion, same_text, is_nothing)
DOC_NO = Rule("doc_no", "string", _document_text, unless_placeholder, only_placeholder, no_suspicion, same_text)


def folded_name(expression: str) -> str:
    """A name as two writings of it are compared: no blanks, dots, brackets or wildcards; upper case."""
    bare = translated(expression, " 　·.（）()〔〕[]-—・•%_\\", "")
    return f"upper({bare})"


def names_agree(left: str, right: str) -> str:
    """Whether two folded names can be one: equal, or equal where a lost character (``?`` or private use) stands."""
    mask_l, mask_r = (replaced(side, LOST, "_") for side in (left, right))
    lost = f"(length({left}) = length({right}) AND ({mask_l} <> {left} OR {mask_r} <> {right}))"
    likes = f"({left} LIKE {mask_r} OR {right} LIKE {mask_l})"
    return f"({left} = {right} OR ({lost} AND {likes}))"
