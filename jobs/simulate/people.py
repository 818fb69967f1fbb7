"""Persons in households: families, single people and dormitories; twins, foreigners, people without a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from jobs.simulate import identifiers as ids
from jobs.simulate import names
from jobs.simulate.things import Address, Household, Marriage, Person, World

_ORIGINS = ("430400", "450100", "360100", "420100", "511300", "410100", "520100", "440900", "441400", "430100")
_OLD_LOCAL = ("442527", "442502", "441900")
_COUNTRIES = ("USA", "JPN", "KOR", "VNM", "DEU", "ESP", "GBR", "IND", "FRA", "ITA")


def build_people(world: World, count: int) -> None:
    """``count`` persons; couples among them are married, children have parents."""
    random = world.random
    while len(world.persons) < count:
        room = count - len(world.persons)
        kind, is_registered = random.random(), random.random() < 0.33
        home = random.choice(world.addresses)
        if kind < 0.45 and room >= 2:
            _family(world, home, is_registered, room)
        else:
            size = 1 if kind < 0.85 else min(random.randrange(2, 7), room)
            _household(world, [_adult(world, home, is_registered and size == 1) for _ in range(size)], home)
    _make_sure(world)


def _family(world: World, home: Address, is_registered: bool, room: int) -> None:
    """A couple with up to three children, sometimes a grandparent; every fortieth second child is a twin."""
    random = world.random
    year = int(world.start[:4]) - 23 - min(int(random.expovariate(0.05)), 50)
    man = _person(world, home, is_registered, True, year)
    woman = _person(world, home, is_registered, False, year + random.randrange(-3, 5))
    members, twin = [man, woman], False
    for place in range(min(int(random.expovariate(0.7)), 3, room - 2)):
        born = year + 24 + place * 3
        if born >= int(world.start[:4]):
            break
        twin = place == 1 and (random.random() < 0.025 or not world.twins)
        like = members[-1] if twin else None
        child = _person(world, home, is_registered, random.random() < 0.53, born, names_from=man, twin_of=like)
        child.mother, child.father = woman.number, man.number
        members.append(child)
    if len(members) < room and random.random() < 0.15:
        elder = _person(world, home, is_registered, False, year - 26)
        man.mother = elder.number
        members.append(elder)
    _household(world, members, home)
    if man.document_type == "111" == woman.document_type:
        _marry(world, man, woman)


def _household(world: World, members: list[Person], home: Address) -> None:
    number, head = len(world.households), members[0]
    for member in members:
        member.household = number
        member.relation = _relation(head, member)
    people = [member.number for member in members]
    world.households.append(Household(number, f"H{number}", head.number, people, world.start))


def _relation(head: Person, member: Person) -> str:
    """Code of GB/T 4761 for the relation to the head."""
    if member is head:
        return "02"
    if member.father == head.number or member.mother == head.number:
        return "20" if member.is_male else "30"
    if head.mother == member.number:
        return "52"
    return "12" if not member.is_male else "97"


def _adult(world: World, home: Address, is_registered: bool) -> Person:
    year = int(world.start[:4]) - 18 - min(int(world.random.expovariate(0.06)), 65)
    return _person(world, home, is_registered, world.random.random() < 0.54, year)


def _person(
    world: World,
    home: Address,
    is_registered: bool,
    is_male: bool,
    year: int,
    names_from: Person | None = None,
    twin_of: Person | None = None,
) -> Person:
    random, number = world.random, len(world.persons)
    day = date(year, 1, 1) + timedelta(days=random.randrange(365))
    birth = twin_of.birth if twin_of else min(day.isoformat(), world.start)
    is_male = twin_of.is_male if twin_of else is_male
    surname = (
        names_from.name[: 2 if len(names_from.name) > 3 else 1] if names_from and "·" not in names_from.name else ""
    )
    person = Person(
        number,
        f"P{number}",
        names.person_name(random, is_male, surname if surname.isalpha() and not surname.isascii() else ""),
        "",
        is_male,
        birth,
        "",
        "111",
        "",
        "CHN",
        "01" if random.random() < 0.93 else f"{2 + random.randrange(55):02d}",
        is_registered,
        home,
        0,
        "02",
        _phone(world),
        _phone(world),
        "441900" if is_registered else names_from.origin if names_from else random.choice(_ORIGINS),
        world.start,
        moved_on=world.start,
    )
    _document(world, person, random.random(), twin_of)
    if is_registered and random.random() < 0.01:
        person.former_name = person.name[:-1] + ("明" if is_male else "芳")
        person.former_name = "" if person.former_name == person.name else person.former_name
    world.persons.append(person)
    if twin_of:
        world.twins.append((twin_of.number, number))
    return person


def _phone(world: World) -> str:
    return f"1{world.random.choice('3578')}{world.random.randrange(10**9):09d}"


def _document(world: World, person: Person, draw: float, twin_of: Person | None) -> None:
    """Most have a resident id; among newcomers some are from 港澳台 or abroad, some have no document at all."""
    if twin_of and twin_of.resident_id:
        person.document_type, person.nationality = twin_of.document_type, twin_of.nationality
        give_id(world, person, twin_of.resident_id[:6], int(twin_of.resident_id[14:17]) + 2)
    elif person.is_registered or draw > 0.018:
        division = person.origin
        if person.is_registered and person.birth < "1988":
            division = _OLD_LOCAL[person.number % 3]
        give_id(world, person, division)
    elif draw < 0.004:
        person.document_type, region = (("H01", "810000"), ("H01", "820000"), ("H02", "830000"))[person.number % 3]
        person.nationality = {"81": "HKG", "82": "MAC", "83": "TWN"}[region[:2]]
        give_id(world, person, region)
    elif draw < 0.006:
        person.document_type, person.nationality = "H03", world.random.choice(_COUNTRIES)
        person.name = names.foreign_name(world.random)
        give_id(world, person, "911124")
    elif draw < 0.014:
        person.document_type, person.nationality = "414", world.random.choice(_COUNTRIES)
        person.name, person.document_no = names.foreign_name(world.random), f"E{person.number:08d}"
    else:
        person.document_type = "990"


def give_id(world: World, person: Person, division: str, first: int | None = None) -> None:
    """A resident id that nobody else has: the next free serial of the division, day and sex."""
    serial = (person.number * 2) % 900 if first is None else first - 1
    serial += 1 if (serial % 2 == 0) == person.is_male else 2
    while (rid := ids.resident_id(division, person.birth.replace("-", ""), serial)) in world.used_ids:
        serial = serial + 2 if serial < 994 else 2 - serial % 2
    world.used_ids.add(rid)
    person.resident_id = person.document_no = rid


def _marry(world: World, man: Person, woman: Person) -> None:
    """A marriage before the first day; one couple in ten parted again."""
    random = world.random
    parted = random.random() < 0.1
    if random.random() < 0.85:
        year = max(int(man.birth[:4]), int(woman.birth[:4])) + 22
        day = date(min(year, int(world.start[:4]) - 1), 1, 1) + timedelta(days=random.randrange(300))
        register(world, man, woman, "IA", day.isoformat())
        if parted:
            later = min((day + timedelta(days=random.randrange(400, 4000))).isoformat(), world.start)
            register(world, man, woman, "IB", later)
    for one, other in ((man, woman), (woman, man)):
        one.marital, one.spouse = ("40", None) if parted else ("20", other.number)


def register(world: World, man: Person, woman: Person, kind: str, day: str) -> None:
    """An entry of the marriage register."""
    number = len(world.marriages)
    world.marriages.append(Marriage(number, f"M{number}", man.number, woman.number, kind, day))


def _make_sure(world: World) -> None:
    """Even a small city has every kind of person that a pipeline must cope with."""
    newcomers = [
        p for p in world.persons if not p.is_registered and p.resident_id and p.spouse is None and not p.mother
    ]
    wanted: tuple[tuple[float, Callable[[Person], bool]], ...] = (
        (0.001, lambda p: p.document_type.startswith("H0")),
        (0.005, lambda p: p.document_type == "H03"),
        (0.01, lambda p: p.document_type == "414"),
        (0.016, lambda p: not p.resident_id and p.document_type == "990"),
    )
    for draw, test in wanted:
        if newcomers and not any(test(person) for person in world.persons):
            person = newcomers.pop()
            world.used_ids.discard(person.resident_id)
            person.resident_id = person.document_no = ""
            _document(world, person, draw, None)
    locals_ = [p for p in world.persons if p.is_registered and len(p.name) == 3 and "·" not in p.name]
    for number, person in enumerate(locals_[:3]):
        person.name = names.rare_name(person.name, number)
    if not any("·" in person.name for person in world.persons) and newcomers:
        newcomers[-1].name = "阿不都·热合曼"
