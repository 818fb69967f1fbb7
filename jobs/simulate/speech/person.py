"""What can be asked of a person."""

from __future__ import annotations

from jobs.simulate.chance import draw, mix
from jobs.simulate.places import written
from jobs.simulate.speech.voice import Builder, Maker, Voice, plain
from jobs.simulate.things import Person

_SCHOOLS = ("中心小学", "第一小学", "实验小学", "第二中学", "外国语学校")
_LEVELS = ("20", "30", "60", "70", "80", "90")
STYLES = {"gaj": 0, "zfw": 1, "rsj": 2, "ybj": 3, "shwj": 2, "gjj": 1, "jyj": 3, "mzj": 1, "wjj": 2}
"""The writing of addresses that each department is used to."""


def style_of(voice: Voice) -> int:
    """The voice's habitual writing of an address."""
    return STYLES.get(voice.resource.split(".")[0], 0)


def _record_id(voice: Voice) -> Maker:
    prefix = f"R{voice.prefix}"
    return lambda p: f"{prefix}{p.number:09d}"


def _name(voice: Voice) -> Maker:
    """Away from the police, a name that was changed is now and then the former one."""
    if voice.is_of("gaj"):
        return lambda p: p.name
    salt = voice.salt("former name")
    return lambda p: p.former_name if p.former_name and draw(p.number, salt) < 0.4 else p.name


def _home(voice: Voice) -> Maker:
    """Where a person lives, in the voice's writing; away from the police one in six is where they lived before."""
    style, world, salt = style_of(voice), voice.world, voice.salt("old address")
    if voice.is_of("gaj.residence", "gaj.foreigner"):
        return lambda p: p.home.text

    def home(p: Person) -> str:
        if draw(p.number, salt) < 0.16:
            return written(world.addresses[mix(p.number, salt) % len(world.addresses)], style)
        return written(p.home, style)

    return home


def _mobile(voice: Voice) -> Maker:
    salt = voice.salt("old phone")
    return lambda p: p.old_phone if draw(p.number, salt) < 0.2 else p.phone


def _updated(voice: Voice) -> Maker:
    """On the evening of the day, at a time of the source's own: no two sources hear of a thing in the same second."""
    salt = voice.salt("updated")

    def updated(p: Person) -> str:
        second = mix(p.number, salt) % 3600
        return f"{p.changed} 17:{second // 60:02d}:{second % 60:02d}"

    return updated


def _marital(voice: Voice) -> Maker:
    """The household register seldom hears of a marriage."""
    if not voice.is_of("gaj.household"):
        return lambda p: p.marital
    salt = voice.salt("stale marriage")
    return lambda p: "10" if draw(p.number, salt) < 0.1 else p.marital


def _employer(voice: Voice) -> Maker:
    firms, salt = voice.world.organisations, voice.salt("former firm")

    def employer(p: Person) -> str | None:
        if p.employer is None:
            return None
        firm = firms[p.employer]
        return firm.former_name if firm.former_name and draw(firm.number, salt) < 0.3 else firm.name

    return employer


def _of_employer(column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        firms = voice.world.organisations
        if column == "uscc":
            return lambda p: firms[p.employer].uscc if p.employer is not None else None
        return lambda p: f"AB{p.employer:08d}" if p.employer is not None else None

    return build


def _relative(parent: str, column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people = voice.world.persons

        def told(p: Person) -> str | None:
            number = getattr(p, parent) if parent != "guardian" else (p.father if p.number % 2 else p.mother)
            if number is None:
                return None
            return people[number].name if column == "name" else people[number].resident_id or None

        return told

    return build


def _education(voice: Voice) -> Maker:
    salt, error = voice.salt("education"), 0.15 if not voice.is_of("rsj") else 0.0
    size = len(_LEVELS)
    return lambda p: _LEVELS[(p.number * 7 + (mix(p.number, salt) if draw(p.number, salt) < error else 0)) % size]


def _school(p: Person) -> str:
    return f"东莞市{p.home.town_name}{_SCHOOLS[p.home.door % len(_SCHOOLS)]}"


def _category(p: Person) -> str:
    if p.document_type == "990":
        return "90"
    return "10" if p.is_registered else "20" if p.document_type == "111" else "30"


def _registered_at(p: Person) -> str:
    if p.is_registered:
        return p.home.text
    return f"{p.origin}某县某镇某村{p.number % 900 + 1}号"


def _height(voice: Voice) -> Maker:
    """Centimetres: a newborn's on its certificate, else by age."""
    if voice.is_of("wjj.birth"):
        return lambda p: str(48 + p.number % 5)
    return lambda p: str(80 + p.number % 40) if p.birth > "2014" else str(150 + p.number % 36)


PERSON: dict[str, Builder] = {
    "record_id": _record_id,
    "height_cm": _height,
    "person_name": _name,
    "residence_address": _home,
    "mobile_phone": _mobile,
    "source_updated_at": _updated,
    "marital_status": _marital,
    "employer_name": _employer,
    "education_level": _education,
    "uscc": _of_employer("uscc"),
    "si_unit_no": _of_employer("si_unit_no"),
    "hpf_unit_account": _of_employer("hpf_unit_account"),
    "mother_name": _relative("mother", "name"),
    "mother_id_no": _relative("mother", "id"),
    "father_name": _relative("father", "name"),
    "father_id_no": _relative("father", "id"),
    "guardian_name": _relative("guardian", "name"),
    "guardian_id_no": _relative("guardian", "id"),
} | plain(
    {
        "resident_id": lambda p: p.resident_id or None,
        "id_document_type": lambda p: p.document_type,
        "id_document_no": lambda p: p.document_no or None,
        "exit_document_no": lambda p: p.document_no or None,
        "foreign_name": lambda p: p.name,
        "former_name": lambda p: p.former_name or None,
        "name_pinyin": lambda p: None,
        "sex": lambda p: "1" if p.is_male else "2",
        "ethnicity": lambda p: p.ethnicity,
        "birth_date": lambda p: p.birth,
        "birth_time": lambda p: f"{p.birth} {p.number % 24:02d}:{p.number % 60:02d}:00",
        "nationality": lambda p: p.nationality,
        "household_no": lambda p: f"{p.household:012d}",
        "household_head_relation": lambda p: p.relation,
        "household_register_type": lambda p: "50" if p.number % 9 else "20",
        "household_register_status": lambda p: "2" if p.death else "1" if p.left_on else "0",
        "household_address": _registered_at,
        "household_division": lambda p: p.resident_id[:6] if p.is_registered else p.origin,
        "native_place_division": lambda p: p.origin,
        "birth_place_division": lambda p: p.origin,
        "household_head_name": lambda p: p.name,
        "household_head_id": lambda p: p.resident_id or None,
        "contact_phone": lambda p: p.phone,
        "death_date": lambda p: p.death,
        "cremation_date": lambda p: f"{p.death} 09:30:00" if p.death else None,
        "issued_on": lambda p: p.death or p.birth,
        "source_created_at": lambda p: f"{p.moved_on} 09:{p.number % 60:02d}:00",
        "residence_registered_on": lambda p: f"{p.moved_on} 10:{p.number % 60:02d}:00",
        "residence_leave_on": lambda p: p.left_on,
        "residence_division": lambda p: p.home.village_code,
        "is_void": lambda p: "0",
        "is_deleted": lambda p: "0",
        "si_person_no": lambda p: f"44{p.number:010d}",
        "mi_person_no": lambda p: f"4419{p.number:010d}",
        "hpf_account_no": lambda p: f"8{p.number:011d}",
        "student_no": lambda p: f"G{p.resident_id}",
        "death_certificate_no": lambda p: f"SW{p.number:010d}",
        "birth_certificate_no": lambda p: f"P{p.number:09d}",
        "rescue_cert_no": lambda p: f"DB{p.number:08d}",
        "person_category": _category,
        "person_status": lambda p: "2" if p.death else "3" if p.left_on else "1",
        "insurance_type": lambda p: "110",
        "insured_status": lambda p: "4" if p.birth < "1966" else "1",
        "contribution_base": lambda p: str(3000 + p.number % 70 * 100),
        "contribution_month": lambda p: "202602",
        "contribution_months": lambda p: str(1 + p.number % 300),
        "birth_weight_g": lambda p: str(2500 + p.number % 1700),
        "gestational_weeks": lambda p: str(37 + p.number % 5),
        "rescue_member_count": lambda p: str(1 + p.number % 5),
        "first_insured_on": lambda p: f"{2010 + p.number % 14}-{1 + p.number % 12:02d}-01",
        "insured_paused_on": lambda p: p.death,
        "mi_insurance_type": lambda p: "310" if p.employer is not None else "390",
        "mi_status": lambda p: "4" if p.death else "1",
        "hpf_status": lambda p: "01" if p.number % 11 else "02",
        "hpf_paid_through": lambda p: "202602",
        "school_name": _school,
        "school_code": lambda p: f"3144{p.home.town_code[-4:]}{p.home.door % len(_SCHOOLS):02d}",
        "enrolled_on": lambda p: f"{int(p.birth[:4]) + 7}09",
        "student_status": lambda p: "01",
        "valid_from": lambda p: f"{2015 + p.number % 10}-{1 + p.number % 12:02d}-{1 + p.number % 28:02d}",
        "valid_to": lambda p: f"{2035 + p.number % 10}-{1 + p.number % 12:02d}-{1 + p.number % 28:02d}",
        "licence_status": lambda p: "01",
        "issue_authority": lambda p: "东莞市公安局" if not p.death else "东莞市人民医院",
        "household_police_station": lambda p: f"{p.home.town_name}派出所",
    }
)
