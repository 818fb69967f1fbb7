"""The rule book: which rule governs which kind of element."""

from __future__ import annotations

from jobs.contracts import Element
from jobs.rules import (
    codes,
    currency,
    dates,
    documents,
    identifiers,
    names,
    numbers,
    organisations,
    phones,
    residents,
    taxpayers,
    texts,
    towns,
)
from jobs.rules.rule import Rule

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        texts.TEXT,
        texts.PERSON_NAME,
        texts.ORG_NAME,
        texts.ADDRESS,
        texts.DOC_NO,
        identifiers.RESIDENT_ID,
        identifiers.IDENTITY_DOCUMENT,
        identifiers.USCC,
        identifiers.ORG_CODE,
        identifiers.BUSINESS_REG_NO,
        identifiers.LICENCE_IDENTIFIER,
        taxpayers.TAXPAYER_ID,
        *documents.DOCUMENTS,
        dates.DATE,
        dates.DATETIME,
        dates.MONTH,
        numbers.INTEGER,
        numbers.DECIMAL,
        numbers.AMOUNT,
        phones.MOBILE,
        phones.PHONE,
        numbers.LONGITUDE,
        numbers.LATITUDE,
        codes.CODE,
        currency.CURRENCY_IN_AMOUNT,
        towns.TOWN_IN_ADDRESS,
        residents.BIRTH_IN_ID,
        residents.SEX_IN_ID,
        residents.DIVISION_IN_ID,
        names.KEY_OF_NAME,
        names.PINYIN_OF_NAME,
        organisations.CORE_OF_ORG_NAME,
        organisations.FORM_OF_ORG_NAME,
        organisations.BRANCH_OF_ORG_NAME,
    )
}


def rule_for(element: Element, has_codes: bool, reading: str | None = None) -> Rule:
    """The rule of an element; one with a code table is read by the table whatever its rule, a column by its own."""
    if reading:
        return RULES[reading]
    if has_codes:
        return RULES["code"]
    return RULES[element.rule]
