"""Free text, names of persons and organisations, addresses and document numbers."""

from __future__ import annotations

from jobs.rules.rule import PLACEHOLDERS, Policy, Rule, as_is, is_placeholder, no_placeholder, no_suspicion, tidy
from jobs.rules.sql import cases, in_list, literal, matches, replaced, translated

DOTS = "•‧・･．∙⋅‧"
PRIVATE_USE = "[-]|[?？]{1}|□|�"


def _text(raw: str, _policy: Policy) -> str:
    return tidy(raw)


def _unless_placeholder(text: str, _policy: Policy) -> str:
    return cases([(in_list(text, PLACEHOLDERS), "CAST(NULL AS STRING)")], text)


def _person_text(raw: str, _policy: Policy) -> str:
    """Blanks go unless the name is in letters, all interpuncts become U+00B7, a remark in brackets goes."""
    dotted = translated(tidy(raw), DOTS, "·" * len(DOTS))
    between = replaced(dotted, "([一-鿿㐀-䶿])[.·]([一-鿿㐀-䶿])", "$1·$2")
    plain = replaced(between, "[（(].*[)）]?$", "")
    return f"CASE WHEN {matches(plain, '[A-Za-z]')} THEN trim({plain}) ELSE {replaced(plain, '[ 	]+', '')} END"


def _person_value(text: str, _policy: Policy) -> str:
    nobody = f"{in_list(text, (*PLACEHOLDERS, '某某', '张三丰测试', '待取名'))} OR {matches(text, '之[子女]$|^测试|^[0-9]+$')}"
    return cases([(nobody, "CAST(NULL AS STRING)"), (f"{text} = ''", "CAST(NULL AS STRING)")], text)


def _nobody(text: str, _policy: Policy) -> str:
    return f"({in_list(text, (*PLACEHOLDERS, '某某', '待取名', ''))} OR {matches(text, '之[子女]$|^测试|^[0-9]+$')})"


def _damaged(text: str, _parsed: str, _policy: Policy) -> list[tuple[str, str]]:
    """A name with a question mark, a private-use character or a replacement box has lost a character at its source."""
    return [(matches(text, PRIVATE_USE), "malformed")]


def _organisation_text(raw: str, _policy: Policy) -> str:
    """Half-width brackets become the full-width ones of the name register; inner blanks between Chinese go."""
    brackets = translated(tidy(raw), "()[]〔〕【】", "（）（）（）（）")
    return replaced(brackets, "([^ -~]) +([^ -~])", "$1$2")


def _document_text(raw: str, _policy: Policy) -> str:
    """Year brackets of a document number are 〔〕; no blanks."""
    square = translated(tidy(raw), "[]［］【】", "〔〕〔〕〔〕")
    year = replaced(square, "[（(〔]([0-9]{4})[)）〕]", "〔$1〕")
    return replaced(year, "[ 	]+", "")


TEXT = Rule("text", "string", _text, as_is, no_placeholder, no_suspicion, as_is)
PERSON_NAME = Rule("person_name", "string", _person_text, _person_value, _nobody, _damaged, as_is)
ORG_NAME = Rule("org_name", "string", _organisation_text, _unless_placeholder, is_placeholder, no_suspicion, as_is)
ADDRESS = Rule("address", "string", _text, _unless_placeholder, is_placeholder, no_suspicion, as_is)
DOC_NO = Rule("doc_no", "string", _document_text, _unless_placeholder, is_placeholder, no_suspicion, as_is)


def folded_name(expression: str) -> str:
    """A name as two writings of it are compared: no blanks, dots, brackets; upper case."""
    bare = translated(expression, " 　·.（）()〔〕[]-—・•", "")
    return f"upper({bare})"


def names_agree(left: str, right: str) -> str:
    """Whether two folded names can be one: equal, or equal where a lost character (``?`` or private use) stands."""
    mask_l, mask_r = (f"regexp_replace({side}, {literal(PRIVATE_USE)}, '_')" for side in (left, right))
    lost = f"(length({left}) = length({right}) AND ({mask_l} LIKE '%~_%' ESCAPE '~' OR {mask_r} LIKE '%~_%' ESCAPE '~'))"
    likes = f"({left} LIKE {mask_r} OR {right} LIKE {mask_l})"
    return f"({left} = {right} OR ({lost} AND {likes}))"
