"""Registers that everything else refers to: units, data elements, code tables, words, and how scores are made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jobs.contracts.base import Declared, Identifier, Level, Text

RuleName = Literal[
    "text",
    "person_name",
    "org_name",
    "address",
    "doc_no",
    "resident_id",
    "identity_document",
    "uscc",
    "org_code",
    "business_reg_no",
    "licence_identifier",
    "taxpayer_id",
    "passport",
    "hk_macao_permit",
    "taiwan_permit",
    "exit_permit",
    "birth_certificate",
    "hk_id",
    "permanent_residence",
    "military_id",
    "bank_account",
    "plate",
    "date",
    "datetime",
    "month",
    "integer",
    "decimal",
    "amount",
    "mobile",
    "phone",
    "longitude",
    "latitude",
    "code",
    "currency_in_amount",
    "town_in_address",
    "birth_in_id",
    "sex_in_id",
    "division_in_id",
    "key_of_name",
    "pinyin_of_name",
    "core_of_org_name",
    "form_of_org_name",
    "branch_of_org_name",
]
"""Names of the rules that read cells; a test holds them to those of :mod:`jobs.rules`."""

KINDS = ("credit", "event", "facility", "grid", "other", "parcel", "place", "vehicle")
"""What a resource may be about beside an entity: things without a library of their own."""


class Department(Declared):
    """A unit that provides data (数源部门)."""

    code: Identifier
    name: Text
    short_name: Text
    kind: Text = ""
    former_names: Text = ""
    base_data: tuple[Text, ...] = ()
    themes_led: tuple[Text, ...] = ()
    has_cdo: bool = False
    confidence: Text = ""


class Element(Declared):
    """A registered data element (数据元): one meaning, one type, one name everywhere."""

    id: Identifier
    name: Text
    identifier: Text
    type: Literal["string", "text", "date", "datetime", "integer", "decimal", "binary", "geometry"]
    rule: RuleName = "text"
    length: Text | None = None
    fixed: bool = False
    code_table: Identifier | None = None
    format: Text | None = None
    unit: Text | None = None
    standard: Text = "自定"
    level: Level = "G2"
    pii: Literal["direct", "quasi", "sensitive", "none"] = "none"
    mask: Text | None = None
    confidence: Text = ""
    synonyms: tuple[Text, ...] = ()


class ElementsFile(Declared):
    """``catalog/standards/elements.yml``: the elements, headers that may mean several, and masks in words."""

    elements: tuple[Element, ...]
    ambiguous_headers: dict[str, Annotated[tuple[Identifier, ...], Field(min_length=2)]] = {}
    mask_rules: dict[str, Text] = {}


class CodeTableFacts(Declared):
    """``catalog/standards/codes.yml``: where a code table comes from.

    ``wild`` maps spellings met in deliveries to a code. A ``partial`` table is an extract: other codes are kept.
    """

    name: Text
    standard: Text
    confidence: Text = ""
    source: Text = ""
    wild: dict[str, str] = {}
    partial: bool = False


class CodeTable(CodeTableFacts):
    """A code table with the values of ``codes/<table>.csv``."""

    id: Identifier
    values: dict[str, str]


class Term(Declared):
    """``catalog/glossary.yml``: one word for one idea, its Chinese policy term, and the words not to use for it."""

    zh: Text
    means: Text
    not_: Annotated[tuple[Text, ...], Field(alias="not")] = ()


class Scoring(Declared):
    """``catalog/scoring.yml``: weights of the dimensions and the bounds of marks and cards, in points of 100."""

    weights: dict[Literal["01", "02", "03", "04", "05", "06"], Annotated[float, Field(ge=0)]]
    good: Annotated[float, Field(ge=0, le=100)]
    poor: Annotated[float, Field(ge=0, le=100)]
    cards: dict[Literal["red", "yellow"], Annotated[float, Field(ge=0, le=100)]]
