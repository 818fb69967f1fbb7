"""The world: addresses, households, persons, organisations, and what happens to them day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from jobs.contracts import Catalog
from jobs.simulate import identifiers as ids
from jobs.simulate import names

_ROADS = ("振兴路", "莞太路", "东城大道", "新风路", "体育路", "建设路", "沿河路", "工业一路", "育才街", "商业街")
_ORIGINS = ("430400", "450100", "360100", "420100", "511300", "410100", "520100", "440900", "441400", "430100")


@dataclass
class Address:
    """A dwelling or premises with its place in the city."""

    number: int
    town_code: str
    town_name: str
    village_code: str
    village_name: str
    road: str
    door: int
    building: int
    room: int
    longitude: str
    latitude: str

    @property
    def address_id(self) -> str:
        return f"{self.village_code}{self.number:013d}"

    @property
    def grid_code(self) -> str:
        return f"{self.village_code}{1 + self.number % 3:03d}"

    @property
    def text(self) -> str:
        return f"广东省东莞市{self.town_name}{self.village_name}{self.road}{self.door}号{self.building}栋{self.room}室"


@dataclass
class Person:
    """A person and what is true of them today."""

    number: int
    name: str
    is_male: bool
    birth: date
    resident_id: str
    document_type: str
    document_no: str
    ethnicity: str
    is_registered: bool
    home: Address
    household: int
    phone: str
    phones: tuple[str, ...]
    origin: str
    marital: str = "10"
    spouse: int | None = None
    death: date | None = None
    employer: int | None = None
    changed_on: date = date(2026, 3, 2)

    @property
    def is_chinese(self) -> bool:
        return self.document_type == "111"

    def age(self, day: date) -> int:
        return (day - self.birth).days // 365


@dataclass
class Organisation:
    """A company, self-employed business, public body, village collective or social organisation."""

    number: int
    kind: str
    name: str
    uscc: str
    market_id: str
    founded: date
    address: Address
    representative: int
    capital_wan: int
    status: str = "1"
    former_name: str = ""
    cancelled: date | None = None
    changed_on: date = date(2026, 3, 2)


@dataclass
class World:
    """All of it; ``random`` is the only source of chance."""

    random: Random
    start: date
    addresses: list[Address] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    marriages: list[tuple[int, int, int, str, date]] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    changed_orgs: set[int] = field(default_factory=set)


def build_world(catalog: Catalog, people: int, seed: int, start: date) -> World:
    """A city of ``people`` persons on the evening of its first day."""
    world = World(Random(seed), start)
    _build_addresses(world, catalog, max(people * 2 // 3, 60))
    _build_persons(world, people)
    _build_organisations(world, max(people // 12, 40))
    for person in world.persons:
        if 20 <= person.age(start) < 60 and world.random.random() < 0.7:
            person.employer = world.random.randrange(len(world.organisations))
    world.changed = set(range(len(world.persons)))
    world.changed_orgs = set(range(len(world.organisations)))
    return world


def _build_addresses(world: World, catalog: Catalog, count: int) -> None:
    random = world.random
    towns = catalog.code_tables["dongguan_town"].values
    villages = sorted(catalog.code_tables["dongguan_village"].values.items())
    for number in range(count):
        code, name = villages[min(int(random.expovariate(1.5) * len(villages) / 3), len(villages) - 1)]
        lon, lat = 113.60 + random.random() * 0.6, 22.70 + random.random() * 0.4
        world.addresses.append(
            Address(
                number,
                code[:9],
                towns[code[:9]],
                code,
                name,
                random.choice(_ROADS),
                1 + random.randrange(300),
                1 + random.randrange(12),
                101 + random.randrange(30) * 100 + random.randrange(8),
                f"{lon:.6f}",
                f"{lat:.6f}",
            )
        )


def _build_persons(world: World, count: int) -> None:
    random, used = world.random, set()
    while len(world.persons) < count:
        home = random.choice(world.addresses)
        household = len(used)
        is_registered = random.random() < 0.3
        size = min(1 + int(random.expovariate(0.6)), 6, count - len(world.persons))
        for place in range(size):
            person = _person(world, home, household, is_registered, child=place > 1)
            world.persons.append(person)
        if size > 1:
            _wed(world, world.persons[-size], world.persons[-size + 1])
        used.add(household)
    for number in range(0, min(count // 200, 400)):
        _twin(world, number * 7 % count)


def _person(world: World, home: Address, household: int, is_registered: bool, child: bool) -> Person:
    random, number = world.random, len(world.persons)
    is_male = random.random() < 0.52
    days = random.randrange(300, 17 * 365) if child else random.randrange(18 * 365, 85 * 365)
    birth = world.start - timedelta(days=days)
    division = (
        ("441900" if birth.year >= 1988 else random.choice(("442527", "442502", "441900")))
        if is_registered
        else random.choice(_ORIGINS)
    )
    kind, draw = "111", random.random()
    if not is_registered and draw < 0.01:
        kind, division = ("553", "911124") if draw < 0.003 else ("H01", random.choice(("810000", "820000", "830000")))
    serial = (number * 2) % 998 + (1 if is_male else 2)
    rid = ids.resident_id(division, birth.strftime("%Y%m%d"), serial)
    no = rid
    if not is_registered and 0.01 <= draw < 0.016:
        kind, no, rid = "414", f"E{number:08d}", ""
    phones = tuple(f"1{random.choice('3578')}{random.randrange(10**9):09d}" for _ in range(2))
    name = names.foreign_name(random) if kind == "414" else names.person_name(random, is_male)
    return Person(
        number,
        name,
        is_male,
        birth,
        rid,
        kind,
        no,
        "01" if random.random() < 0.93 else f"{2 + random.randrange(55):02d}",
        is_registered,
        home,
        household,
        phones[0],
        phones,
        division,
    )


def _twin(world: World, number: int) -> None:
    """Give a person a twin: same household, birthday and surname, the next serial of the same sex."""
    one = world.persons[number]
    if not one.resident_id:
        return
    serial = (int(one.resident_id[14:17]) + 500) % 998 + (1 if one.is_male else 2)
    serial = serial if serial % 2 == (1 if one.is_male else 0) else serial + 1
    rid = ids.resident_id(one.resident_id[:6], one.resident_id[6:14], min(serial, 999 if one.is_male else 998))
    twin = world.persons[(number + 1) % len(world.persons)]
    if rid == one.resident_id or twin.spouse is not None:
        return
    twin.birth, twin.is_male, twin.resident_id, twin.document_no, twin.document_type = (
        one.birth,
        one.is_male,
        rid,
        rid,
        "111",
    )
    twin.home, twin.household, twin.is_registered, twin.origin = one.home, one.household, one.is_registered, one.origin


def _wed(world: World, left: Person, right: Person) -> None:
    random = world.random
    if (
        left.is_male == right.is_male
        or not (left.resident_id and right.resident_id)
        or min(left.age(world.start), right.age(world.start)) < 22
    ):
        return
    man, woman = (left, right) if left.is_male else (right, left)
    on = world.start - timedelta(days=random.randrange(30, 3000))
    kind = "IA" if random.random() < 0.85 else "IB"
    world.marriages.append((len(world.marriages), man.number, woman.number, kind, on))
    for one, other in ((man, woman), (woman, man)):
        one.marital, one.spouse = ("20", other.number) if kind == "IA" else ("40", None)


_KINDS = (("91", 0.44), ("92", 0.47), ("11", 0.01), ("12", 0.02), ("52", 0.03), ("N2", 0.03))


def _build_organisations(world: World, count: int) -> None:
    random = world.random
    adults = [person for person in world.persons if person.resident_id and person.age(world.start) >= 25]
    for number in range(count):
        draw, kind = random.random(), "91"
        for prefix, share in _KINDS:
            if draw < share:
                kind = prefix
                break
            draw -= share
        home, boss = random.choice(world.addresses), random.choice(adults)
        name = {
            "91": lambda n=number, a=home: names.company_name(
                random, n, a.town_name.removesuffix("街道").removesuffix("镇")
            ),
            "92": lambda n=number, a=home, b=boss: (
                f"东莞市{a.town_name.removesuffix('街道').removesuffix('镇')}{b.name[0]}记{n}号商行"
            ),
            "11": lambda n=number, a=home: f"东莞市{a.town_name}第{n}办公室",
            "12": lambda n=number, a=home: f"东莞市{a.town_name}第{n}服务中心",
            "52": lambda n=number, a=home: f"东莞市{a.town_name}第{n}社会工作服务社",
            "N2": lambda n=number, a=home: f"东莞市{a.town_name}{a.village_name}股份经济联合社{n}",
        }[kind]()
        founded = world.start - timedelta(days=random.randrange(40, 9000))
        capital = random.choice((10, 50, 100, 200, 500, 1000, 5000))
        world.organisations.append(
            Organisation(
                number,
                kind,
                name,
                ids.uscc(kind, "441900", number),
                f"P4419{number:011d}",
                founded,
                home,
                boss.number,
                capital,
            )
        )


def step(world: World, day: date) -> None:
    """What happens between one evening and the next: moves, new phones, deaths, renamed and cancelled firms."""
    random = world.random
    world.changed, world.changed_orgs = set(), set()
    for person in world.persons:
        draw = random.random()
        if draw >= 0.006 or person.death:
            continue
        if draw < 0.003:
            person.home = random.choice(world.addresses)
        elif draw < 0.0055:
            person.phone = f"13{random.randrange(10**9):09d}"
        elif person.age(day) > 60:
            person.death = day
        person.changed_on = day
        world.changed.add(person.number)
    for organisation in world.organisations:
        draw = random.random()
        if draw < 0.004 and organisation.kind == "91" and not organisation.cancelled:
            if draw < 0.002:
                organisation.former_name, organisation.name = (
                    organisation.name,
                    organisation.name.replace("东莞市", "东莞新"),
                )
            else:
                organisation.status, organisation.cancelled = "3", day
            organisation.changed_on = day
            world.changed_orgs.add(organisation.number)
