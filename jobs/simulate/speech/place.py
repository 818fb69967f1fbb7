"""What can be asked of an address, a household and things that merely have a number and a place."""

from __future__ import annotations

from jobs.simulate.chance import mix
from jobs.simulate.places import written
from jobs.simulate.speech.person import style_of
from jobs.simulate.speech.voice import Builder, Maker, Voice, plain
from jobs.simulate.things import Address, Person


def _full(voice: Voice) -> Maker:
    style = style_of(voice)
    return (lambda a: a.text) if style == 0 else (lambda a: written(a, style))


def owner_of(voice: Voice, topic: str) -> Maker:
    """Somebody who has to do with an address; the same person whoever asks."""
    people, salt = voice.world.persons, Voice(voice.world, "address").salt(topic)
    adults = [p for p in people[:20_000] if p.resident_id and p.birth < "2004"]

    def owner(a: Address) -> Person:
        return adults[mix(a.number, salt) % len(adults)]

    return owner  # type: ignore[return-value]


def _someone(topic: str, column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        owner = owner_of(voice, topic)
        if column == "name":
            return lambda a: owner(a).name  # type: ignore[union-attr]
        if column == "id":
            return lambda a: owner(a).resident_id  # type: ignore[union-attr]
        return lambda a: owner(a).phone  # type: ignore[union-attr]

    return build


def _from(a: Address) -> str:
    return f"{2024 + a.number % 2}-{1 + a.number % 12:02d}-01"


ADDRESS: dict[str, Builder] = {
    "address_full": _full,
    "owner_name": _someone("owner", "name"),
    "owner_id_no": _someone("owner", "id"),
    "owner_phone": _someone("owner", "phone"),
    "lessee_name": _someone("lessee", "name"),
    "lessee_id_no": _someone("lessee", "id"),
} | plain(
    {
        "address_id": lambda a: a.address_id,
        "house_code": lambda a: f"H{a.address_id[-12:]}",
        "event_address": lambda a: a.text,
        "town_code": lambda a: a.town_code,
        "town_name": lambda a: a.town_name,
        "village_code": lambda a: a.village_code,
        "village_name": lambda a: a.village_name,
        "grid_code": lambda a: a.grid_code,
        "grid_code__duty_grid_code": lambda a: a.grid_code,
        "city_name": lambda a: "东莞市",
        "street_road": lambda a: a.road,
        "door_no": lambda a: f"{a.door}号",
        "building_no": lambda a: f"{a.building}栋",
        "entrance_no": lambda a: f"{a.unit}单元",
        "room_no": lambda a: f"{a.room}室",
        "floor_no": lambda a: f"{a.room // 100}",
        "component_class": lambda a: None,
        "facility_kind": lambda a: None,
        "longitude": lambda a: a.longitude,
        "latitude": lambda a: a.latitude,
        "org_division": lambda a: a.town_code,
        "address_status": lambda a: "1",
        "house_use": lambda a: "12" if a.is_rental else "11",
        "is_rental": lambda a: "1" if a.is_rental else "0",
        "rental_record_no": lambda a: f"ZL{a.number:09d}" if a.is_rental else None,
        "contract_from": _from,
        "contract_to": lambda a: f"{int(_from(a)[:4]) + 3}{_from(a)[4:]}",
        "decision_on": _from,
        "licence_status": lambda a: "01",
        "source_updated_at": lambda a: f"{a.changed} 16:{a.number % 60:02d}:00",
        "source_created_at": lambda a: f"{a.changed} 08:{a.number % 60:02d}:00",
    }
)

HOUSEHOLD: dict[str, Builder] = plain(
    {
        "household_no": lambda h: f"{h.number:012d}",
        "population_count": lambda h: str(len(h.members)),
        "household_register_type": lambda h: "50",
        "is_void": lambda h: "0",
    }
)


def _numbered_id(voice: Voice) -> Maker:
    prefix = f"X{voice.prefix}"
    return lambda n: f"{prefix}{n.number:06d}"


def _facility(voice: Voice) -> Maker:
    kind = "011001" if voice.is_of("cgj.gas") else "010501"
    return lambda n: kind


def _valid_to(voice: Voice) -> Maker:
    """Gas stations hold permits; matters are listed until further notice."""
    return (lambda n: f"{2027 + n.number % 3}-12-31") if voice.is_of("cgj.gas") else (lambda n: None)


NUMBERED: dict[str, Builder] = {
    "facility_kind": _facility,
    "valid_to": _valid_to,
    "record_id": _numbered_id,
    "facility_code": _numbered_id,
    "component_code": _numbered_id,
} | plain(
    {
        "grid_code": lambda n: n.code if n.id[0] == "G" else n.address.grid_code,
        "grid_name": lambda n: n.name,
        "grid_kind": lambda n: "01",
        "grid_version": lambda n: "202601",
        "is_deleted": lambda n: "0",
        "geometry": lambda n: f"POINT({n.address.longitude} {n.address.latitude})",
        "matter_code": lambda n: n.code,
        "matter_name": lambda n: n.name,
        "patrol_no": lambda n: n.code,
        "patrolled_at": lambda n: f"{n.changed} 15:{n.number % 60:02d}:00",
        "staff_no": lambda n: f"WG{n.number:06d}",
        "person_status": lambda n: "1",
        "source_updated_at": lambda n: f"{n.changed} 16:{n.number % 60:02d}:00",
        "valid_from": lambda n: "2021-01-01",
    }
)


def _staff(column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people = voice.world.persons
        if column == "sex":
            return lambda n: "1" if people[n.person].is_male else "2"
        if column == "name":
            return lambda n: people[n.person].name
        if column == "phone":
            return lambda n: people[n.person].phone
        return lambda n: people[n.person].resident_id or None

    return build


NUMBERED |= {
    "staff_name": _staff("name"),
    "staff_phone": _staff("phone"),
    "staff_id_no": _staff("id"),
    "sex": _staff("sex"),
}
