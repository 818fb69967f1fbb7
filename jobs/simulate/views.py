"""What a department's system would say of a person, an organisation, an address …: element → canonical text.

One dictionary a thing serves every resource: a resource takes the columns it has. Where sources truly differ
(stale marital status, another phone, an old employer) the difference depends on the resource, so it is stable.
"""

from __future__ import annotations

from datetime import date, timedelta
from zlib import crc32

from jobs.simulate import identifiers as ids
from jobs.simulate.world import Address, Organisation, Person, World

Values = dict[str, str | None]

UNITS = (
    "市公安局",
    "市城管局",
    "市市场监管局",
    "市应急管理局",
    "市住建局",
    "市生态环境局",
    "市人社局",
    "市消防救援支队",
)
"""Units that decide, handle and report."""
_CHANNELS = {"zfw.zwgc.event": ("01", "ZFW"), "zsj.hotline.order": ("02", "ZSJ"), "cgj.szcg.case": ("03", "CGJ")}
"""Resource → code of the channel and prefix of its event numbers."""


def chance(*parts: object) -> float:
    """A stable number in [0, 1) for these parts."""
    return crc32("|".join(str(part) for part in parts).encode()) / 2**32


def address_values(address: Address) -> Values:
    """Columns of the address library."""
    return {
        "address_id": address.address_id,
        "house_code": f"H{address.address_id[-12:]}",
        "address_full": address.text,
        "event_address": address.text,
        "registered_address": address.text,
        "business_address": address.text,
        "town_code": address.town_code,
        "town_name": address.town_name,
        "village_code": address.village_code,
        "village_name": address.village_name,
        "grid_code": address.grid_code,
        "street_road": address.road,
        "door_no": f"{address.door}号",
        "building_no": f"{address.building}栋",
        "room_no": f"{address.room}室",
        "longitude": address.longitude,
        "latitude": address.latitude,
        "org_division": address.town_code,
        "household_division": "441900",
        "is_deleted": "0",
    }


def person_values(world: World, person: Person, resource: str, day: date) -> Values:
    """Columns that speak of a person, as ``resource`` would fill them."""
    home = person.home
    household = resource.startswith("gaj.household") or resource.startswith("gaj.idcard")
    moved = not household and resource != "gaj.residence.person" and chance(resource, person.number, "addr") < 0.35
    lives = world.addresses[(home.number * 7 + person.number) % len(world.addresses)] if moved else home
    employer = world.organisations[person.employer] if person.employer is not None else None
    spouse = world.persons[person.spouse] if person.spouse is not None else None
    stale = household and chance(person.number, "marital") < 0.1
    return address_values(lives) | {
        "record_id": f"R{crc32(resource.encode()) % 9000 + 1000}{person.number:09d}",
        "resident_id": person.resident_id or None,
        "id_document_type": person.document_type,
        "id_document_no": person.document_no,
        "person_name": person.name,
        "sex": "1" if person.is_male else "2",
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "marital_status": "10" if stale else person.marital,
        "spouse_name": spouse.name if spouse else None,
        "nationality": "CHN" if person.is_chinese else "CAN",
        "education_level": ("10", "20", "30", "60", "70")[int(chance(person.number, resource, "edu") * 5)],
        "household_no": f"{person.household:012d}",
        "household_head_relation": "02" if person.number % 3 else "01",
        "household_register_status": "2" if person.death else "0",
        "household_address": home.text if person.is_registered else f"外省{person.origin}某县某村{person.number}号",
        "household_division": person.resident_id[:6] if person.resident_id and person.is_registered else person.origin,
        "native_place_division": person.origin,
        "birth_place_division": person.origin,
        "residence_address": lives.text,
        "mobile_phone": person.phone if chance(resource, person.number, "phone") < 0.8 else person.phones[1],
        "contact_phone": person.phone,
        "employer_name": employer.name if employer else None,
        "org_name": employer.name if employer else None,
        "uscc": employer.uscc if employer else None,
        "death_date": person.death.isoformat() if person.death else None,
        "cremation_date": f"{person.death} 09:30:00" if person.death else None,
        "cancel_date": person.death.isoformat() if person.death else None,
        "cancel_date__bdrq": (person.death or person.changed_on).isoformat(),
        "source_updated_at": f"{person.changed_on} 17:{person.number % 60:02d}:00",
        "source_created_at": f"{person.changed_on} 09:{person.number % 60:02d}:00",
        "residence_registered_on": f"{person.changed_on} 10:{person.number % 60:02d}:00",
        "birth_time": None,
        "is_void": "0",
        "person_status": "2" if person.death else "1",
        "insured_status": "1",
        "contribution_month": f"{day.replace(day=1) - timedelta(days=1):%Y%m}",
        "student_status": "01",
        "residence_leave_on": None,
        "licence_status": "01",
        "contract_from": (day - timedelta(days=200)).isoformat(),
        "contract_to": (day + timedelta(days=person.number % 400 - 40)).isoformat(),
        "household_head_name": person.name,
        "household_head_id": person.resident_id,
        "name_pinyin": None,
        "former_name": None,
        "si_person_no": f"44{person.number:010d}",
        "residence_permit_no": f"4419{person.number:014d}",
        "student_no": f"G{person.resident_id}",
        "death_certificate_no": f"SW{person.number:010d}",
        "birth_certificate_no": f"P{person.number:09d}",
    }


def organisation_values(world: World, org: Organisation, resource: str, day: date) -> Values:
    """Columns that speak of an organisation, as ``resource`` would fill them."""
    boss = world.persons[org.representative]
    registered = resource.startswith(("scjgj.reg", "wbb", "mzj", "nynj"))
    stale = not registered and bool(org.former_name)
    return address_values(org.address) | {
        "record_id": f"O{crc32(resource.encode()) % 9000 + 1000}{org.number:09d}",
        "uscc": org.uscc,
        "market_entity_id": org.market_id,
        "org_name": org.former_name if stale else org.name,
        "org_former_name": org.former_name or None,
        "legal_rep_name": boss.name,
        "legal_rep_id_no": boss.resident_id,
        "legal_rep_id_type": "111",
        "operator_name": boss.name,
        "registered_capital": str(org.capital_wan),
        "subscribed_capital": str(org.capital_wan),
        "opening_funds": str(org.capital_wan),
        "capital_currency": "156",
        "established_on": org.founded.isoformat(),
        "approved_on": max(org.founded, date(2024, 1, 1)).isoformat(),
        "business_from": org.founded.isoformat(),
        "business_to": None,
        "org_status": "4" if org.cancelled else "1",
        "org_cancelled_on": org.cancelled.isoformat() if org.cancelled else None,
        "changed_on": org.changed_on.isoformat(),
        "business_scope": "制造、销售及技术服务",
        "place_name": org.name,
        "abnormal_out_on": None if org.number % 3 else (day - timedelta(days=20)).isoformat(),
        "credit_repaired_on": None,
        "place_principal": boss.name,
        "place_principal_phone": boss.phone,
        "taxpayer_id": org.uscc,
        "si_unit_no": f"AB{org.number:08d}",
        "employee_count": str(3 + org.number % 200),
        "source_updated_at": f"{org.changed_on} 18:{org.number % 60:02d}:00",
        "industry_code": f"{13 + org.number % 30}",
        "holder_name": org.name,
        "holder_code": org.uscc,
        "counterpart_name": org.name,
        "counterpart_kind": None,
        "mobile_phone": boss.phone,
        "contact_phone": boss.phone,
        "person_name": boss.name,
        "resident_id": boss.resident_id,
        "id_document_no": boss.resident_id,
        "id_document_type": "111",
    }


def licence_values(world: World, number: int, resource: str, day: date) -> Values:
    """Columns of an electronic licence and of the publicity record of its permit."""
    org = world.organisations[number % len(world.organisations)]
    issued = day - timedelta(days=number % 12 if day > world.start else 30 + number % 900)
    unit = UNITS[number % len(UNITS)]
    issuer = "11441900007330010R"
    return organisation_values(world, org, resource, day) | {
        "licence_identifier": ids.licence_identifier("11100000000013338W011", issuer, number),
        "licence_no": f"JY2441900{number:09d}",
        "permit_no": f"XK{number:09d}",
        "licence_type_code": "11100000000013338W011",
        "issued_on": issued.isoformat(),
        "valid_from": issued.isoformat(),
        "valid_to": (issued + timedelta(days=1825)).isoformat(),
        "licence_status": "01" if number % 10 else "04",
        "permit_state": "1" if number % 10 else "2",
        "decision_doc_no": f"东许〔2025〕{number}号",
        "decision_on": issued.isoformat(),
        "decision_authority": unit,
        "source_unit": unit,
        "fine_wan": f"{(number % 40 + 1) / 10}",
        "confiscated_wan": "0",
        "penalty_valid_to": (issued + timedelta(days=365)).isoformat(),
        "publicity_to": (issued + timedelta(days=365)).isoformat(),
        "obligation_amount": str((number % 40 + 1) * 1000),
    }


def event_values(world: World, number: int, resource: str, day: date) -> Values:
    """Columns of an event in any of the five channels; every third is the one before it, reported again elsewhere."""
    matter = number - 1 if number % 3 == 2 else number
    address = world.addresses[matter * 13 % len(world.addresses)]
    reporter = world.persons[number * 17 % len(world.persons)]
    org = world.organisations[matter * 5 % len(world.organisations)]
    reported = day - timedelta(days=number % 7)
    deadline = reported + timedelta(days=3)
    is_closed = number % 4 != 0
    channel, prefix = _CHANNELS.get(resource) or tuple(_CHANNELS.values())[number % len(_CHANNELS)]
    values: Values = {
        "event_no": f"{resource.split('.')[0].upper()}{reported:%Y%m%d}{number:06d}",
        "parent_event_no": f"{prefix}{reported:%Y%m%d}{number:06d}",
        "record_id": f"E{number:010d}",
        "reporter_name": reporter.name,
        "reporter_phone": reporter.phone,
        "mobile_phone": reporter.phone,
        "reported_at": f"{reported} 08:{number % 60:02d}:00",
        "accepted_at": f"{reported} 09:{number % 60:02d}:00",
        "dispatched_at": f"{reported} 10:{number % 60:02d}:00",
        "patrolled_at": f"{reported} 09:{number % 60:02d}:00",
        "closed_at": f"{day} 16:{number % 60:02d}:00" if is_closed else None,
        "deadline_at": f"{deadline} 18:00:00",
        "rectify_deadline": deadline.isoformat(),
        "rectify_status": "3" if is_closed else "1",
        "event_status": "70" if is_closed else "40",
        "is_overdue": "1" if day > deadline else "0",
        "is_repeat": "1" if matter != number else "0",
        "event_content": f"第{matter}号事项，请及时处理",
        "matter_code": f"M{matter % 139 + 1:03d}",
        "event_class_code": f"M{matter % 139 + 1:03d}",
        "lead_unit": UNITS[matter % len(UNITS)],
        "assist_unit": UNITS[(matter + 3) % len(UNITS)] if matter % 5 == 0 else None,
        "involved_party": org.name,
        "involved_uscc": org.uscc,
        "source_updated_at": f"{day} 19:{number % 60:02d}:00",
        "return_count": str(number % 2),
    }
    if resource == "zsj.dispatch.event" or resource in _CHANNELS:
        values["event_source"] = channel
    return organisation_values(world, org, resource, day) | address_values(address) | values
