"""Whether what a column holds can be what an element means: from -1 (it cannot) to 1 (hardly anything else)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from jobs.contracts import Element
from jobs.profile.facts import Facts

CONTRADICTS, IDENTIFIES = -0.4, 0.85


class Evidence(NamedTuple):
    """How well content fits, and why in words that show no value."""

    score: float
    why: str


RECORD = "record_id"
NOTHING = Evidence(0.0, "")
_CODE_LIKE = {"code", "no", "id", "identifier"}
_NAME_LIKE = {"name", "unit", "authority", "office", "facility", "party", "department"}
_FREE = {"content", "scope", "remark", "text", "result", "reason", "measures", "description", "basis", "opinion"}


def content_evidence(element: Element, facts: Facts, names_of: str | None = None, codes: int = 0) -> Evidence:
    """What the sample says of a column being this element.

    ``names_of`` is the code table whose names it holds, ``codes`` the number of codes of its own table.
    """
    if not facts.filled:
        return Evidence(0.0, "")
    if element.id == "birth_date" and facts.birth > 0.8:
        return Evidence(1.0, f"{_pct(facts.birth)} are the day in the resident id beside it")
    if element.id == "sex" and facts.sex > 0.9 and facts.tables.get(element.code_table or "", 0.0) > 0.5:
        return Evidence(1.0, f"{_pct(facts.sex)} go with the resident id beside it")
    if element.code_table:
        return _coded(element, facts, codes)
    if names_of and (share := facts.tables.get(names_of, 0.0)) > 0.5 and facts.shape("words") > 0.5:
        return Evidence(0.85 * share, f"{_pct(share)} are names of a code table")
    if element.rule == "text" and element.name.endswith("姓名"):
        return _person(element, facts)
    return _JUDGES.get(element.rule, _text)(element, facts)


def _coded(element: Element, facts: Facts, codes: int) -> Evidence:
    share = facts.tables.get(element.code_table or "", 0.0)
    if share < 0.5:
        long_enough = element.fixed and facts.shortest == facts.longest == int(element.length or 0)
        if long_enough and facts.shape("digits") > 0.9 and facts.shortest >= 6:
            return Evidence(0.2, f"{facts.longest} digits, few of them in the extract of its code table")
        return Evidence(-0.9, "its code table knows less than half of the values")
    rivals = sum(other >= share - 0.02 for other in facts.tables.values())
    if facts.shape("han") > 0.5 or facts.shortest >= 3 or facts.distinct > 12:
        score = 0.5 + 0.4 / rivals + 0.1 * min(1.0, facts.distinct / max(codes, 1))
    else:
        score = (0.1 + 0.35 / rivals) * min(1.0, facts.distinct / 3)
    return Evidence(share * score, f"{_pct(share)} are in its code table{_beside(rivals - 1)}")


def _checked(rule: str, what: str) -> Callable[[Element, Facts], Evidence]:
    def judge(_element: Element, facts: Facts) -> Evidence:
        share = facts.rule(rule)
        if share >= 0.3:
            return Evidence(min(0.95, 0.2 + share), f"{_pct(share)} {what}")
        return Evidence(-1.0, f"only {_pct(share)} {what}")

    return judge


def _taxpayer(_element: Element, facts: Facts) -> Evidence:
    """Credit codes and resident ids are numbers of taxpayers too: only others speak for it."""
    share = facts.rule("taxpayer_id")
    if share < 0.3:
        return Evidence(-1.0, f"only {_pct(share)} are numbers of taxpayers")
    own = share > 0.02 + max(facts.rule("uscc"), facts.rule("resident_id"))
    return Evidence(min(0.95, 0.2 + share) if own else 0.1, f"{_pct(share)} are numbers of taxpayers")


def _identity(_element: Element, facts: Facts) -> Evidence:
    share = facts.rule("resident_id")
    if share >= 0.4:
        return Evidence(0.8, f"{_pct(share)} are valid resident ids")
    if facts.rule("uscc") >= 0.4 or (facts.shape("coded") > 0.8 and facts.shortest >= 6):
        return Evidence(0.1, "letters and digits")
    return Evidence(-0.9, "neither resident ids nor other numbers")


def _registration(_element: Element, facts: Facts) -> Evidence:
    if facts.rule("business_reg_no") > 0.7 and facts.shortest == facts.longest == 15 and facts.shape("digits") > 0.9:
        return Evidence(0.95, f"15 digits, {_pct(facts.rule('business_reg_no'))} valid check digits")
    return Evidence(-0.8, "not 15 digits")


def _day(element: Element, facts: Facts) -> Evidence:
    share, clock = facts.rule("date"), facts.shape("clock")
    if share < 0.5 or facts.shape("day") < 0.4:
        return Evidence(-1.0, f"only {_pct(share)} read as days")
    score = 0.25 if clock > 0.5 else 0.6
    if facts.birth > 0.8:
        return Evidence(-0.5, "is the day of birth beside it")
    if element.id == "birth_date":
        return Evidence(0.3, f"{_pct(share)} are days")
    return Evidence(score, f"{_pct(share)} are days{' with a clock' if clock > 0.5 else ''}")


def _moment(_element: Element, facts: Facts) -> Evidence:
    share, clock = facts.rule("datetime"), facts.shape("clock")
    if share < 0.5 or facts.shape("day") < 0.4:
        return Evidence(-1.0, f"only {_pct(share)} read as times")
    if facts.birth > 0.8:
        return Evidence(-0.5, "is the day of birth beside it")
    return Evidence(0.6 if clock > 0.5 else 0.2, f"{_pct(share)} are days{' with a clock' if clock > 0.5 else ''}")


def _number(element: Element, facts: Facts) -> Evidence:
    share = facts.rule(element.rule)
    if share < 0.6:
        return Evidence(-1.0, f"only {_pct(share)} read as numbers")
    if facts.shape("digits") > 0.9 and facts.longest > 10:
        return Evidence(-0.8, f"{facts.longest} digits are an identifier, not a number")
    if facts.rule("date") > 0.9 and facts.shape("day") > 0.9:
        return Evidence(-0.7, "reads as days")
    return Evidence(0.35, f"{_pct(share)} are numbers")


def _telephone(_element: Element, facts: Facts) -> Evidence:
    share = max(facts.rule("mobile"), facts.shape("telephone"))
    if facts.rule("resident_id") > 0.3 or share < 0.5 or facts.shape("day") > 0.6:
        return Evidence(-0.9, "not telephone numbers")
    return Evidence(0.75 if facts.rule("mobile") > 0.3 else 0.45, f"{_pct(share)} are telephone numbers")


def _mobile(_element: Element, facts: Facts) -> Evidence:
    share = facts.rule("mobile")
    if share < 0.5:
        return Evidence(-0.9, f"only {_pct(share)} are mobile numbers")
    return Evidence(0.8 * share + 0.1, f"{_pct(share)} are mobile numbers")


def _person(_element: Element, facts: Facts) -> Evidence:
    share = facts.shape("person")
    if share >= 0.6:
        return Evidence(0.8, f"{_pct(share)} look like names of persons")
    if facts.shape("organisation") > 0.5 or facts.shape("digits") > 0.5 or facts.shape("place") > 0.5:
        return Evidence(-0.9, "not names of persons")
    return Evidence(0.1 if facts.shape("short_han") > 0.6 else -0.3, f"{_pct(share)} look like names of persons")


def _organisation(_element: Element, facts: Facts) -> Evidence:
    share = facts.shape("organisation")
    if share >= 0.5 and facts.shape("person") < 0.5:
        return Evidence(0.7, f"{_pct(share)} look like names of organisations")
    if facts.shape("digits") > 0.5 or facts.shape("person") > 0.6 or facts.shape("han") < 0.4:
        return Evidence(-0.8, "not names of organisations")
    return NOTHING


def _address(_element: Element, facts: Facts) -> Evidence:
    share = max(facts.shape("place"), facts.rule("town_in_address"))
    if facts.shape("organisation") > 0.7:
        return Evidence(-0.5, "names of organisations")
    if share >= 0.5 and facts.longest > 8:
        return Evidence(0.75, f"{_pct(share)} look like addresses")
    return Evidence(-0.7, f"only {_pct(share)} look like addresses") if share < 0.3 else NOTHING


def _document(_element: Element, facts: Facts) -> Evidence:
    share = facts.shape("document")
    return Evidence(0.7, f"{_pct(share)} look like numbers of documents") if share > 0.5 else Evidence(-0.2, "")


def _month(_element: Element, facts: Facts) -> Evidence:
    share = facts.rule("month")
    return (
        Evidence(0.7, f"{_pct(share)} are months")
        if share > 0.6 and facts.longest <= 8
        else Evidence(-0.9, "no months")
    )


def _text(element: Element, facts: Facts) -> Evidence:
    """Free text takes anything; what a rule of its own would read, or another kind of word, speaks against it."""
    last, han, coded = element.id.rsplit("_", 1)[-1], facts.shape("han"), facts.shape("coded")
    for rule, what in (("resident_id", "resident ids"), ("mobile", "mobile numbers"), ("uscc", "credit codes")):
        if facts.rule(rule) > 0.7:
            return Evidence(-0.1 if last in _CODE_LIKE else -0.6, f"{_pct(facts.rule(rule))} are {what}")
    if facts.shape("day") > 0.9 and facts.rule("date") > 0.9:
        return Evidence(-0.6, "reads as days")
    if element.id == RECORD and coded > 0.9 and facts.distinct >= 0.98 * facts.rows > 1:
        return Evidence(0.45, "a code of its own on each row")
    if last in _CODE_LIKE:
        if facts.shape("words") > 0.6 and facts.shape("document") < 0.3:
            return Evidence(-0.5, "words, not codes")
        return Evidence(0.25, "letters and digits") if coded > 0.7 else NOTHING
    if last in _NAME_LIKE:
        if facts.shape("digits") > 0.6 or coded > 0.8:
            return Evidence(-0.7, "codes, not names")
        return Evidence(0.2, "words") if han > 0.7 and facts.shape("long") < 0.5 else NOTHING
    if last in _FREE:
        return Evidence(0.3, "sentences") if facts.shape("long") > 0.3 else NOTHING
    return NOTHING


def _beside(others: int) -> str:
    return f" and in {others} other{'s' if others > 1 else ''}" if others else " and in no other"


def _pct(share: float) -> str:
    return f"{int(100 * share)}%"


_JUDGES: dict[str, Callable[[Element, Facts], Evidence]] = {
    "resident_id": _checked("resident_id", "are valid resident ids"),
    "uscc": _checked("uscc", "are valid credit codes"),
    "org_code": _checked("org_code", "are valid organisation codes"),
    "taxpayer_id": _taxpayer,
    "licence_identifier": _checked("licence_identifier", "are valid licence identifiers"),
    "longitude": _checked("longitude", "are longitudes of the city"),
    "latitude": _checked("latitude", "are latitudes of the city"),
    "business_reg_no": _registration,
    "identity_document": _identity,
    "date": _day,
    "datetime": _moment,
    "month": _month,
    "integer": _number,
    "decimal": _number,
    "amount": _number,
    "mobile": _mobile,
    "phone": _telephone,
    "person_name": _person,
    "org_name": _organisation,
    "address": _address,
    "doc_no": _document,
}
