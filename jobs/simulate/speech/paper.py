"""What can be asked of licences, decisions, and entries of the marriage and household registers."""

from __future__ import annotations

from jobs.simulate.firms import ISSUER, LICENCE_KINDS, type_code
from jobs.simulate.identifiers import uscc
from jobs.simulate.speech.voice import Builder, Maker, Voice, plain
from jobs.simulate.things import Licence


def _holder(column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people, firms = voice.world.persons, voice.world.organisations

        def told(one: Licence) -> str | None:
            if one.organisation is not None:
                firm = firms[one.organisation]
                return {"name": firm.name, "code": firm.uscc, "type": "001"}[column]
            person = people[one.person or 0]
            return {"name": person.name, "code": person.resident_id, "type": "111"}[column]

        return told

    return build


def _division(voice: Voice) -> Maker:
    people, firms = voice.world.persons, voice.world.organisations

    def division(one: Licence) -> str:
        place = people[one.person or 0].home if one.organisation is None else firms[one.organisation].address
        return place.town_code

    return division


def _status(voice: Voice) -> Maker:
    firms = voice.world.organisations
    return lambda one: "04" if one.organisation is not None and firms[one.organisation].cancelled else "01"


LICENCE: dict[str, Builder] = {
    "holder_name": _holder("name"),
    "holder_code": _holder("code"),
    "holder_code_type": _holder("type"),
    "licence_status": _status,
    "org_division": _division,
} | plain(
    {
        "licence_identifier": lambda one: one.identifier,
        "licence_type_code": lambda one: type_code(one.kind),
        "licence_type_name": lambda one: LICENCE_KINDS[one.kind],
        "licence_no": lambda one: one.no,
        "permit_no": lambda one: one.no,
        "residence_permit_no": lambda one: one.no,
        "issued_on": lambda one: one.issued,
        "valid_from": lambda one: one.issued,
        "valid_to": lambda one: one.valid_to,
        "accepted_at": lambda one: f"{one.issued} 00:00:00",
        "licence_scope": lambda one: "预包装食品销售",
        "related_licence_id": lambda one: None,
        "decision_doc_name": lambda one: None,
        "issue_authority": lambda one: "东莞市公安局" if one.person is not None else "东莞市市场监督管理局",
        "issue_authority_code": lambda one: ISSUER,
        "source_updated_at": lambda one: f"{one.changed} 18:{one.number % 60:02d}:00",
    }
)

_AUTHORITIES = tuple(
    (name, uscc("11", "441900", number))
    for number, name in enumerate(
        (
            "东莞市城市管理和综合执法局",
            "东莞市市场监督管理局",
            "东莞市应急管理局",
            "东莞市生态环境局",
            "东莞市交通运输局",
        ),
        start=30_000,
    )
)
"""Who decides, with a code of its own."""
_FACTS = ("占道经营", "擅自设置户外广告", "未按规定分类投放垃圾", "擅自挖掘城市道路", "餐饮油烟超标")


def _fine(number: int) -> int:
    """Hundreds of yuan."""
    return 5 + number % 395


DECISION: dict[str, Builder] = plain(
    {
        "decision_doc_no": lambda d: d.doc_no,
        "decision_doc_name": lambda d: "准予行政许可决定书",
        "decision_on": lambda d: d.decided,
        "decision_authority": lambda d: _AUTHORITIES[d.number % len(_AUTHORITIES)][0],
        "decision_authority_code": lambda d: _AUTHORITIES[d.number % len(_AUTHORITIES)][1],
        "permit_kind": lambda d: "普通",
        "permit_no": lambda d: f"XK{d.number:09d}",
        "permit_state": lambda d: "1",
        "licence_scope": lambda d: "许可经营项目",
        "valid_from": lambda d: d.decided,
        "valid_to": lambda d: f"{int(d.decided[:4]) + 3}-12-30",
        "penalty_kind": lambda d: "罚款",
        "penalty_content": lambda d: f"罚款人民币{_fine(d.number) * 100}元",
        "violation_kind": lambda d: _FACTS[d.number % len(_FACTS)],
        "violation_fact": lambda d: f"{_FACTS[d.number % len(_FACTS)]}，经责令改正后未改正",
        "penalty_basis": lambda d: "《东莞市城市管理综合执法条例》第十二条",
        "fine_wan": lambda d: f"{_fine(d.number) / 100:g}",
        "confiscated_wan": lambda d: "0",
        "obligation_amount": lambda d: str(_fine(d.number) * 100),
        "revoked_licence": lambda d: None,
        "penalty_valid_to": lambda d: f"{int(d.decided[:4]) + 1}-12-30",
        "publicity_to": lambda d: f"{int(d.decided[:4]) + 2}-06-30",
        "source_unit": lambda d: "东莞市政务服务和数据管理局",
        "source_unit_code": lambda d: "11441900MB2C92093E",
    }
)


def _spouse(role: str, column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people = voice.world.persons
        makers: dict[str, Maker] = {
            "name": lambda m: people[getattr(m, role)].name,
            "id": lambda m: people[getattr(m, role)].resident_id,
            "birth": lambda m: people[getattr(m, role)].birth,
            "ethnicity": lambda m: people[getattr(m, role)].ethnicity,
        }
        return makers[column]

    return build


MARRIAGE: dict[str, Builder] = {
    "man_name": _spouse("man", "name"),
    "man_id_no": _spouse("man", "id"),
    "birth_date": _spouse("man", "birth"),
    "ethnicity": _spouse("man", "ethnicity"),
    "woman_name": _spouse("woman", "name"),
    "woman_id_no": _spouse("woman", "id"),
    "birth_date__birth_woman": _spouse("woman", "birth"),
    "ethnicity__folk_woman": _spouse("woman", "ethnicity"),
} | plain(
    {
        "record_id": lambda m: f"HY{m.number:010d}",
        "marriage_op_type": lambda m: m.kind,
        "marriage_registered_on": lambda m: m.changed,
        "marriage_cert_no": lambda m: f"{'J' if m.kind == 'IA' else 'L'}441900-{m.changed[:4]}-{m.number:06d}",
        "marriage_office": lambda m: "东莞市民政局婚姻登记处",
        "implementing_unit_code": lambda m: "441900",
        "id_document_type": lambda m: "111",
        "id_document_type__cert_type_woman": lambda m: "111",
        "nationality": lambda m: "CHN",
        "nationality__nation_woman": lambda m: "CHN",
    }
)

_REASONS = {"death": "10", "out": "20"}

MOVE: dict[str, Builder] = plain(
    {
        "record_id": lambda m: f"BD{m.number:010d}",
        "cancel_reason": lambda m: _REASONS.get(m.kind, "90"),
        "cancel_date__bdrq": lambda m: m.changed,
        "cancel_date": lambda m: m.changed if m.kind in _REASONS else None,
        "household_in_date": lambda m: m.changed if m.kind in ("in", "birth") else None,
        "household_from": lambda m: "广东省外" if m.kind == "in" else None,
        "household_out_date": lambda m: m.changed if m.kind == "out" else None,
        "household_to": lambda m: "广东省外" if m.kind == "out" else None,
        "death_date": lambda m: m.changed if m.kind == "death" else None,
        "source_created_at": lambda m: f"{m.changed} 17:{m.number % 60:02d}:00",
    }
)
