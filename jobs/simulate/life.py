"""What happens between one evening and the next. Every day has at least one of each kind, however small the city."""

from __future__ import annotations

from collections.abc import Callable

from jobs.simulate import names
from jobs.simulate.firms import branch, decide, found, issue, note_change
from jobs.simulate.happenings import report
from jobs.simulate.people import give_id, register
from jobs.simulate.things import Household, Move, Organisation, Person, World

_DAILY = {"birth": 60_000, "death": 50_000, "wed": 40_000, "part": 90_000, "move": 400, "phone": 600, "leave": 4_000}
"""One event a day for so many persons."""


def live_a_day(world: World, day: str) -> None:
    """Move the world to the evening of ``day``."""
    world.today = day
    _register_newborn(world)
    for kind, people in _DAILY.items():
        for _ in range(max(len(world.persons) // people, 1)):
            _PERSONAL[kind](world)
    for number in range(max(len(world.organisations) // 400, 1)):
        for happen in (_rename, _relocate, _succeed, _raise_capital, _cancel):
            happen(world)
        _open(world, number)
    report(world, day, 400)
    for event in world.events[-len(world.persons) // 20 - 400 :]:
        if day in (event.closes, event.voided):
            event.changed = day


def _someone(
    world: World, since: str, until: str, test: Callable[[Person], bool] = lambda _person: True
) -> Person | None:
    """A living person with a resident id, born between two years, who has not left and passes the test."""
    for _ in range(500):
        one = world.persons[world.random.randrange(len(world.persons))]
        if one.resident_id and since <= one.birth[:4] <= until and not one.death and not one.left_on and test(one):
            return one
    return None


def _is_free(person: Person) -> bool:
    return person.spouse is None and person.document_type == "111"


def _note(world: World, person: Person, kind: str) -> None:
    number = len(world.moves)
    world.moves.append(Move(number, f"B{number}", person.number, kind, world.today))
    person.changed = world.today


def _birth(world: World) -> None:
    """A child without a number yet: registered where its mother is, on the next day, if she is."""
    mother = _someone(world, "1984", "2004", lambda p: not p.is_male)
    if mother is None:
        return
    number, is_male = len(world.persons), world.random.random() < 0.52
    surname = mother.name[0] if "·" not in mother.name and not mother.name.isascii() else ""
    child = Person(
        number,
        f"P{number}",
        names.person_name(world.random, is_male, surname),
        "",
        is_male,
        world.today,
        "",
        "990",
        "",
        "CHN",
        mother.ethnicity,
        mother.is_registered,
        mother.home,
        mother.household,
        "20" if is_male else "30",
        mother.phone,
        mother.phone,
        mother.origin,
        world.today,
        mother=mother.number,
        father=mother.spouse,
        moved_on=world.today,
    )
    world.persons.append(child)
    household = world.households[mother.household]
    household.members.append(number)
    household.changed = world.today


def _register_newborn(world: World) -> None:
    for child in world.persons[-len(world.persons) // 2000 - 20 :]:
        if child.document_type == "990" and child.mother is not None and child.is_registered and not child.resident_id:
            child.document_type = "111"
            give_id(world, child, "441900")
            _note(world, child, "birth")


def _death(world: World) -> None:
    person = _someone(world, "1900", "1962")
    if person is None:
        return
    person.death = world.today
    _note(world, person, "death")
    if person.spouse is not None:
        widowed = world.persons[person.spouse]
        widowed.marital, widowed.spouse, widowed.changed = "30", None, world.today
        person.spouse = None


def _wed(world: World) -> None:
    man = _someone(world, "1970", "2003", lambda p: p.is_male and _is_free(p))
    woman = _someone(world, "1972", "2005", lambda p: not p.is_male and _is_free(p))
    if man and woman and man.household != woman.household:
        register(world, man, woman, "IA", world.today)
        for one, other in ((man, woman), (woman, man)):
            one.marital, one.spouse, one.changed = "20", other.number, world.today


def _part(world: World) -> None:
    one = _someone(world, "1950", "2003", lambda p: p.spouse is not None and p.document_type == "111")
    if one is None or one.spouse is None:
        return
    other = world.persons[one.spouse]
    man, woman = (one, other) if one.is_male else (other, one)
    register(world, man, woman, "IB", world.today)
    for person in (man, woman):
        person.marital, person.spouse, person.changed = "40", None, world.today


def _move(world: World) -> None:
    person = _someone(world, "1950", "2008")
    if person is None:
        return
    person.home = world.random.choice(world.addresses)
    person.changed = person.moved_on = world.today
    if not person.is_registered and world.random.random() < 0.1:
        person.is_registered = True
        number = len(world.households)
        person.household, person.relation = number, "02"
        world.households.append(Household(number, f"H{number}", person.number, [person.number], world.today))
        _note(world, person, "in")


def _leave(world: World) -> None:
    person = _someone(world, "1950", "2008")
    if person and person.spouse is None:
        person.left_on = world.today
        _note(world, person, "out")


def _change_phone(world: World) -> None:
    person = _someone(world, "1940", "2010")
    if person:
        person.old_phone, person.phone = person.phone, f"13{world.random.randrange(10**9):09d}"
        person.changed = world.today


_PERSONAL = {
    "birth": _birth,
    "death": _death,
    "wed": _wed,
    "part": _part,
    "move": _move,
    "phone": _change_phone,
    "leave": _leave,
}


def _firm(world: World, kinds: tuple[str, ...]) -> Organisation | None:
    for _ in range(100):
        one = world.organisations[world.random.randrange(len(world.organisations))]
        if one.kind in kinds and not one.cancelled and one.parent is None and one.founded < world.today:
            return one
    return None


def _rename(world: World) -> None:
    one = _firm(world, ("91",))
    if one and one.changed < world.today:
        one.former_name = one.name
        one.name = one.name.replace("东莞市", "东莞新") if "东莞市" in one.name else f"广东{one.name}"
        _changed(world, one, "名称", one.former_name, one.name)


def _relocate(world: World) -> None:
    one = _firm(world, ("91", "92"))
    if one:
        before, one.address = one.address.text, world.random.choice(world.addresses)
        _changed(world, one, "住所", before, one.address.text)


def _succeed(world: World) -> None:
    one, boss = _firm(world, ("91", "12", "52")), _someone(world, "1960", "2000")
    if one and boss and boss.document_type == "111":
        one.former_boss, one.representative = one.representative, boss.number
        _changed(world, one, "法定代表人", world.persons[one.former_boss].name, boss.name)


def _raise_capital(world: World) -> None:
    one = _firm(world, ("91",))
    if one:
        before, one.capital = one.capital, one.capital * 2
        _changed(world, one, "注册资本", f"{before}万元", f"{one.capital}万元")


def _cancel(world: World) -> None:
    one = _firm(world, ("91", "92"))
    if one and one.changed < world.today:
        one.cancelled = one.changed = world.today


def _open(world: World, number: int) -> None:
    """A new firm, and now and then a branch, a permit or a penalty."""
    boss, parent = _someone(world, "1960", "2000"), _firm(world, ("91",))
    if boss is None or boss.document_type != "111":
        return
    one = found(world, "91" if number % 2 else "92", boss, world.today)
    if parent:
        branch(world, parent, boss, world.today)
        decide(world, world.permits, "K", f"粤莞许〔{world.today[:4]}〕", parent, world.today)
        decide(world, world.penalties, "F", f"东执罚〔{world.today[:4]}〕", parent, world.today)
    issue(world, "food", world.today, organisation=one.number)


def _changed(world: World, one: Organisation, item: str, before: str, after: str) -> None:
    one.changed = world.today
    note_change(world, one, item, before, after, world.today)
