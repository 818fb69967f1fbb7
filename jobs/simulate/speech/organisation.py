"""What can be asked of an organisation, of its shares and of what changed in the register."""

from __future__ import annotations

from jobs.simulate.chance import draw, mix
from jobs.simulate.firms import ISSUER
from jobs.simulate.places import written
from jobs.simulate.speech.person import style_of
from jobs.simulate.speech.voice import Builder, Maker, Voice, plain
from jobs.simulate.things import Organisation

REGISTERS = ("scjgj.reg", "wbb", "mzj", "nynj", "fgj.credit.p", "cgj.law")
"""Who knows an organisation by its present name and head."""
_TYPES = {"91": "1130", "92": "9500", "N2": "3200"}
_SECTIONS = (("C", 44), ("E", 50), ("F", 52), ("G", 60), ("H", 62), ("I", 65), ("K", 70), ("N", 79))


def boss_of(voice: Voice, organisation: Organisation) -> int:
    """Number of the person whom the voice takes for the head; elsewhere than in a register the former one lingers."""
    former = organisation.former_boss
    if former is None or voice.is_of(*REGISTERS) or draw(organisation.number, voice.salt("former head")) > 0.6:
        return organisation.representative
    return former


def _boss(column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people = voice.world.persons
        if column == "name":
            return lambda o: people[boss_of(voice, o)].name
        if column == "phone":
            return lambda o: people[boss_of(voice, o)].phone
        return lambda o: people[boss_of(voice, o)].resident_id or None

    return build


def _record_id(voice: Voice) -> Maker:
    prefix = f"O{voice.prefix}"
    return lambda o: f"{prefix}{o.number:09d}"


def _name(voice: Voice) -> Maker:
    if voice.is_of(*REGISTERS):
        return lambda o: o.name
    salt = voice.salt("former name")
    return lambda o: o.former_name if o.former_name and draw(o.number, salt) < 0.5 else o.name


def _registered(voice: Voice) -> Maker:
    style = 0 if voice.is_of(*REGISTERS) else style_of(voice)
    return lambda o: written(o.address, style)


def _business(voice: Voice) -> Maker:
    """One in four does its business elsewhere than it is registered."""
    world, style = voice.world, 0 if voice.is_of(*REGISTERS) else style_of(voice)
    salt = Voice(world, "organisation").salt("business address")

    def where(o: Organisation) -> str:
        away = draw(o.number, salt) < 0.25
        return written(world.addresses[mix(o.number, salt) % len(world.addresses)] if away else o.address, style)

    return where


def _uscc(voice: Voice) -> Maker:
    """Social insurance and grids know some units by name only."""
    share = {"rsj.si.unit": 0.12, "zfw.zwgc.place": 0.2}.get(voice.resource, 0.0)
    salt = voice.salt("no code")
    return (lambda o: None if draw(o.number, salt) < share else o.uscc) if share else (lambda o: o.uscc)


def _section(o: Organisation) -> str:
    return next(letter for letter, last in _SECTIONS if int(o.trade) <= last)


ORGANISATION: dict[str, Builder] = {
    "record_id": _record_id,
    "org_name": _name,
    "place_name": _name,
    "involved_party": _name,
    "registered_address": _registered,
    "business_address": _business,
    "uscc": _uscc,
    "legal_rep_name": _boss("name"),
    "legal_rep_id_no": _boss("id"),
    "legal_rep_phone": _boss("phone"),
    "contact_name": _boss("name"),
    "contact_phone": _boss("phone"),
    "place_principal": _boss("name"),
    "place_principal_phone": _boss("phone"),
} | plain(
    {
        "market_entity_id": lambda o: o.market_id,
        "business_reg_no": lambda o: o.reg_no,
        "org_code": lambda o: o.uscc[8:17],
        "org_former_name": lambda o: o.former_name or None,
        "org_kind": lambda o: o.kind,
        "legal_rep_id_type": lambda o: "111",
        "registered_capital": lambda o: str(o.capital) if o.capital else None,
        "opening_funds": lambda o: str(o.capital) if o.capital else None,
        "capital_currency": lambda o: "CNY",
        "established_on": lambda o: o.founded,
        "approved_on": lambda o: max(o.founded, "2024-01-02"),
        "business_from": lambda o: o.founded,
        "business_to": lambda o: None,
        "enterprise_type": lambda o: "2100" if o.parent is not None else _TYPES.get(o.kind, "3100"),
        "org_status": lambda o: "4" if o.cancelled else "1",
        "org_cancelled_on": lambda o: o.cancelled,
        "org_cancel_reason": lambda o: "决议解散",
        "org_revoked_on": lambda o: None,
        "changed_on": lambda o: o.changed,
        "business_scope": lambda o: "制造、销售及技术服务",
        "industry_code": lambda o: o.trade,
        "industry_section": _section,
        "taxpayer_id": lambda o: o.uscc,
        "tax_serial_no": lambda o: f"10124419{o.number:09d}",
        "tax_status": lambda o: "07" if o.cancelled else "03",
        "tax_authority": lambda o: f"东莞市税务局{o.address.town_name}分局",
        "tax_registered_on": lambda o: o.founded,
        "si_unit_no": lambda o: f"AB{o.number:08d}",
        "employee_count": lambda o: str(3 + o.number * 7 % 200),
        "source_updated_at": lambda o: f"{o.changed} 18:{o.number % 60:02d}:00",
        "source_created_at": lambda o: f"{o.founded} 09:{o.number % 60:02d}:00",
        "counterpart_name": lambda o: o.name,
        "counterpart_kind": lambda o: "个体工商户" if o.kind == "92" else "法人及非法人组织",
        "id_document_type": lambda o: None,
        "id_document_no": lambda o: None,
        "holder_name": lambda o: o.name,
        "involved_uscc": lambda o: o.uscc,
        "place_code": lambda o: f"CS{o.number:09d}",
        "abnormal_in_on": lambda o: f"2025-{1 + o.number % 12:02d}-{1 + o.number % 28:02d}",
        "abnormal_out_on": lambda o: None,
        "abnormal_reason": lambda o: "通过登记的住所无法联系",
        "credit_repaired_on": lambda o: None,
        "decision_authority": lambda o: "东莞市市场监督管理局",
        "decision_authority_code": lambda o: ISSUER,
        "reg_authority": lambda o: "东莞市登记机关",
        "reg_authority_code": lambda o: "441900",
        "issue_authority": lambda o: "东莞市市场监督管理局",
        "issue_authority_code": lambda o: ISSUER,
        "valid_from": lambda o: "2023-01-01",
        "valid_to": lambda o: "2028-01-01",
        "social_org_cert_no": lambda o: None,
        "institution_cert_no": lambda o: f"144190000{o.number:04d}",
        "tax_reg_no": lambda o: None,
    }
)


def _holder(column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people, firms = voice.world.persons, voice.world.organisations
        if column == "name":
            return lambda s: people[s.holder].name
        if column == "id":
            return lambda s: people[s.holder].resident_id or None
        return lambda s: f"{firms[s.organisation].capital * s.percent / 100:g}"

    return build


HOLDING: dict[str, Builder] = {
    "shareholder_name": _holder("name"),
    "shareholder_id_no": _holder("id"),
    "subscribed_capital": _holder("amount"),
} | plain(
    {
        "record_id": lambda s: f"GD{s.number:010d}",
        "shareholder_kind": lambda s: "20",
        "share_ratio": lambda s: str(s.percent),
        "changed_on": lambda s: s.changed,
    }
)

CHANGE: dict[str, Builder] = plain(
    {
        "record_id": lambda c: f"BG{c.number:010d}",
        "change_item": lambda c: c.item,
        "change_before": lambda c: c.before,
        "change_after": lambda c: c.after,
        "changed_on": lambda c: c.changed,
    }
)
