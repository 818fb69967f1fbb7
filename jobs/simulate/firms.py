"""Organisations with their representatives, branches, owners, licences, permits and penalties."""

from __future__ import annotations

from datetime import date, timedelta

from jobs.simulate import identifiers as ids
from jobs.simulate import names
from jobs.simulate.places import short_town, short_village
from jobs.simulate.things import (
    Address,
    Decision,
    Holding,
    Licence,
    Organisation,
    OrganisationChange,
    Person,
    World,
)

_KINDS = (("91", 0.44), ("92", 0.91), ("11", 0.92), ("12", 0.94), ("52", 0.97), ("N2", 1.0))
ISSUER = ids.uscc("11", "441900", 733)
"""Code of the authority that issues everything here."""
LICENCE_KINDS = {
    "business": "营业执照",
    "food": "食品经营许可证",
    "residence": "居住证",
    "institution": "事业单位法人证书",
    "association": "社会组织登记证书",
}
_PREFIXES = {"business": "YZ", "food": "JY", "residence": "JZ", "institution": "SY", "association": "SH"}
_TYPE_CODES = {kind: f"{ISSUER}{number:03d}" for number, kind in enumerate(LICENCE_KINDS, 11)}


def type_code(kind: str) -> str:
    """Code of a licence type: the authority that defines it and a number (21 characters)."""
    return _TYPE_CODES[kind]


def build_firms(world: World, count: int) -> None:
    """``count`` organisations of all kinds, the first of each sure to exist; employers of the working age."""
    random = world.random
    bosses = [p for p in world.persons if p.document_type == "111" and p.birth[:4] < "2001" and p.death is None]
    for number in range(count):
        draw = random.random()
        kind = _KINDS[number][0] if number < len(_KINDS) else next(k for k, limit in _KINDS if draw < limit)
        found(world, kind, random.choice(bosses), str(_past(world, 40, 9000)))
    for organisation in [o for o in world.organisations if o.kind == "91"][: max(count // 60, 1)]:
        branch(world, organisation, random.choice(bosses), str(_past(world, 40, 2000)))
    old = [o for o in world.organisations if o.kind == "91" and o.parent is None][1::33] or world.organisations[:1]
    for organisation in old:
        before = organisation.name.replace("有限公司", "厂")
        day = str(_past(world, 30, 900))
        organisation.former_name = before
        note_change(world, organisation, "名称", before, organisation.name, max(day, organisation.founded))
    for person in world.persons:
        if person.resident_id and "1966" < person.birth[:4] < "2006" and random.random() < 0.7:
            person.employer = random.randrange(len(world.organisations))


def _past(world: World, least: int, most: int) -> date:
    return date.fromisoformat(world.start) - timedelta(days=world.random.randrange(least, most))


def found(world: World, kind: str, boss: Person, day: str) -> Organisation:
    """A new organisation with its owner and its licences."""
    random, number, address = world.random, len(world.organisations), world.random.choice(world.addresses)
    trade, division = random.choice(names.TRADES)
    organisation = Organisation(
        number,
        f"O{number}",
        kind,
        _name(world, kind, number, address, boss, trade),
        ids.uscc(kind, "441900", number),
        f"P4419{number:011d}",
        ids.registration_no("441900", number),
        day,
        address,
        boss.number,
        random.choice((10, 50, 100, 200, 500, 1000, 5000)),
        division,
        max(day, world.start),
    )
    world.organisations.append(organisation)
    if kind == "91":
        _holdings(world, organisation)
    _licences(world, organisation)
    return organisation


def _name(world: World, kind: str, number: int, address: Address, boss: Person, trade: str) -> str:
    town = short_town(address.town_name)
    village = short_village(address.village_name).removesuffix("社区").removesuffix("村")
    if kind == "91":
        return names.company_name(world.random, number, town, trade)
    return {
        "92": f"东莞市{town}{boss.name[0]}记{names.brand_of(number)[:2]}{number % 9000}号商行",
        "11": f"东莞市{address.town_name}第{number}办公室",
        "12": f"东莞市{address.town_name}第{number}服务中心",
        "52": f"东莞市{address.town_name}第{number}社会工作服务社",
        "N2": f"东莞市{address.town_name}{village}股份经济联合社{number}",
    }[kind]


def branch(world: World, parent: Organisation, boss: Person, day: str) -> Organisation:
    """A branch of a company: a code and a head of its own, the company's name in its name, no capital."""
    one = found(world, "91", boss, max(day, parent.founded))
    while world.holdings and world.holdings[-1].organisation == one.number:
        world.holdings.pop()
    one.parent, one.capital, one.trade = parent.number, 0, parent.trade
    one.name = f"{parent.name}{short_town(one.address.town_name)}第{one.number}分公司"
    return one


def _holdings(world: World, organisation: Organisation) -> None:
    """One owner, or two who hold 60 and 40 percent."""
    partner = world.random.choice(world.persons)
    other = partner.number if partner.resident_id and partner.birth < "2001" else organisation.representative
    alone = organisation.number % 3 or other == organisation.representative
    for holder, percent in ((organisation.representative, 100 if alone else 60), (other, 40))[: 1 if alone else 2]:
        number = len(world.holdings)
        world.holdings.append(Holding(number, f"S{number}", organisation.number, holder, percent, organisation.changed))


def _licences(world: World, organisation: Organisation) -> None:
    """The register's certificate, a food permit for some, and permits and penalties that must be published."""
    n, kind = organisation.number, organisation.kind
    first = {"91": "business", "92": "business", "12": "institution", "52": "association"}.get(kind)
    start = max(organisation.founded, "2021-06-01")
    if first:
        issue(world, first, start, organisation=n)
    if kind in ("91", "92") and world.random.random() < 0.22:
        issue(world, "food", start, organisation=n)
    if kind in ("91", "92") and world.random.random() < 0.3:
        decide(world, world.permits, "K", f"粤莞许〔{start[:4]}〕", organisation, start)
    if kind in ("91", "92") and world.random.random() < 0.12:
        day = max(str(_past(world, 1, 400)), start)
        decide(world, world.penalties, "F", f"东执罚〔{day[:4]}〕", organisation, min(day, world.today))


def issue(world: World, kind: str, day: str, organisation: int | None = None, person: int | None = None) -> Licence:
    """A licence with an identifier of GB/T 36904, valid for five years."""
    number = len(world.licences)
    identifier = ids.licence_identifier(type_code(kind), ISSUER, number)
    no = f"{_PREFIXES[kind]}4419{number:010d}"
    until = f"{int(day[:4]) + 5}{day[4:]}" if day[5:] != "02-29" else f"{int(day[:4]) + 5}-02-28"
    licence = Licence(
        number, f"L{number}", kind, identifier, no, organisation, person, day, until, max(day, world.start)
    )
    world.licences.append(licence)
    return licence


def decide(world: World, register: list[Decision], prefix: str, series: str, one: Organisation, day: str) -> Decision:
    """A permit or penalty with a number of its own."""
    number = len(register)
    decision = Decision(number, f"{prefix}{number}", one.number, f"{series}{number + 1}号", day, max(day, world.start))
    register.append(decision)
    return decision


def note_change(world: World, one: Organisation, item: str, before: str, after: str, day: str) -> None:
    """An entry of the change register."""
    number = len(world.changes)
    world.changes.append(OrganisationChange(number, f"V{number}", one.number, item, before, after, day))
