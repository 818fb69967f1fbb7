"""Who is in a resource: the kind of its things, all of them, and which belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jobs.contracts import Resource
from jobs.simulate.chance import draw, mix
from jobs.simulate.speech.voice import Voice
from jobs.simulate.things import Event, Numbered, Person, World

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Roster:
    """Kind of things, where they stand in the world, and who of them is in the resource (given a salt and the day)."""

    kind: str
    things: Callable[[World], Iterable[Any]]
    has: Callable[[Voice], Test]


def _always(test: Test) -> Callable[[Voice], Test]:
    return lambda _voice: test


def _some(share: float, test: Test = lambda _thing: True) -> Callable[[Voice], Test]:
    """A stable share of those that pass."""

    def build(voice: Voice) -> Test:
        salt = voice.salt("roster")
        return lambda thing: test(thing) and draw(thing.number, salt) < share

    return build


def _people(has: Callable[[Voice], Test]) -> Roster:
    return Roster("person", lambda w: w.persons, has)


def _firms(has: Callable[[Voice], Test]) -> Roster:
    return Roster("organisation", lambda w: w.organisations, has)


def _kind(*kinds: str) -> Test:
    return lambda o: o.kind in kinds


def _is_native(p: Person) -> bool:
    return p.is_registered and bool(p.resident_id)


def _works(p: Person) -> bool:
    return p.employer is not None and p.document_type == "111"


def _is_child(world: World) -> Callable[[Person], bool]:
    youngest, oldest = str(int(world.start[:4]) - 6), str(int(world.start[:4]) - 18)
    return lambda p: bool(p.resident_id) and oldest < p.birth[:4] <= youngest


def _channel(channel: str) -> Roster:
    return Roster("event", lambda w: w.events, _always(lambda e: channel in e.channels))


def _closed_calls(voice: Voice) -> Test:
    world = voice.world
    return lambda e: "zsj.hotline.order" in e.channels and e.closes <= world.today


def _dispatched(voice: Voice) -> Test:
    """Six in ten, and those found void; what was void before the first day never came."""
    start, salt = voice.world.start, voice.salt("roster")

    def has(e: Event) -> bool:
        return e.voided > start if e.voided else draw(e.number, salt) < 0.6

    return has


ROSTERS: dict[str, Roster] = {
    "gaj.household.person": _people(_always(_is_native)),
    "gaj.household.change": Roster("move", lambda w: w.moves, _always(lambda m: True)),
    "gaj.household.hukoubo": Roster(
        "household", lambda w: w.households, lambda v: lambda h: _is_native(v.world.persons[h.head])
    ),
    "gaj.idcard.card": _people(_some(0.4, lambda p: p.document_type == "111" and p.birth < "2010")),
    "gaj.residence.person": _people(_always(lambda p: not p.is_registered and bool(p.document_no))),
    "gaj.residence.permit": Roster("permit", lambda w: w.licences, _always(lambda one: one.person is not None)),
    "gaj.foreigner.lodging": _people(_always(lambda p: p.nationality != "CHN")),
    "gaj.address.standard": Roster("address", lambda w: w.addresses, _always(lambda a: True)),
    "gaj.address.house": Roster("address", lambda w: w.addresses, _some(0.5)),
    "zfw.zwgc.person": _people(_some(0.5)),
    "zfw.zwgc.staff": Roster("numbered", lambda w: w.grids, _always(lambda g: True)),
    "zfw.zwgc.grid": Roster("numbered", lambda w: w.grids, _always(lambda g: True)),
    "zfw.zwgc.house": Roster("address", lambda w: w.addresses, _some(0.9, lambda a: a.is_rental)),
    "zfw.zwgc.place": _firms(_some(0.5, lambda o: not o.cancelled)),
    "zfw.zwgc.patrol": Roster("numbered", lambda w: w.patrols, _always(lambda n: True)),
    "rsj.si.person": _people(_always(_works)),
    "rsj.si.insured": _people(_always(_works)),
    "rsj.si.unit": _firms(_some(0.6)),
    "ybj.insured.person": _people(_some(0.6, lambda p: bool(p.resident_id))),
    "gjj.account.person": _people(_some(0.4, _works)),
    "mzj.funeral.cremation": _people(_some(0.9, lambda p: p.death is not None)),
    "mzj.marriage.registration": Roster("marriage", lambda w: w.marriages, _always(lambda m: True)),
    "mzj.rescue.family": _people(_some(0.01, lambda p: _is_native(p) and p.relation == "02")),
    "mzj.socialorg.register": _firms(_always(_kind("52"))),
    "wjj.birth.certificate": _people(
        lambda v: lambda p: p.mother is not None and p.birth > str(int(v.world.start[:4]) - 2)
    ),
    "wjj.death.certificate": _people(_some(0.9, lambda p: p.death is not None)),
    "jyj.student.status": _people(lambda v: _is_child(v.world)),
    "scjgj.reg.enterprise": _firms(_always(_kind("91"))),
    "scjgj.reg.individual": _firms(_always(_kind("92"))),
    "scjgj.reg.change": Roster("change", lambda w: w.changes, _always(lambda c: True)),
    "scjgj.reg.cancel": _firms(_always(lambda o: o.cancelled is not None)),
    "scjgj.reg.investor": Roster("holding", lambda w: w.holdings, _always(lambda s: True)),
    "scjgj.credit.abnormal": _firms(_some(0.05, _kind("91"))),
    "scjgj.food.permit": Roster("licence", lambda w: w.licences, _always(lambda one: one.kind == "food")),
    "shwj.tax.register": _firms(_some(0.8, _kind("91", "92"))),
    "wbb.org.authority": _firms(_always(_kind("11"))),
    "wbb.sydw.institution": _firms(_always(_kind("12"))),
    "nynj.collective.org": _firms(_always(_kind("N2"))),
    "fgj.credit.blacklist": _firms(_some(0.02)),
    "fgj.credit.permit": Roster("decision", lambda w: w.permits, _always(lambda d: True)),
    "fgj.credit.penalty": Roster("decision", lambda w: w.penalties, _always(lambda d: True)),
    "cgj.law.penalty": Roster("decision", lambda w: w.penalties[:600], _some(0.15)),
    "yjj.risk.enterprise": _firms(_some(0.05)),
    "xfzd.key.unit": _firms(_some(0.05)),
    "zsj.elicence.licence": Roster("licence", lambda w: w.licences, _always(lambda one: True)),
    "zjj.lease.record": Roster("address", lambda w: w.addresses, _some(0.25, lambda a: a.is_rental)),
    "zsj.dispatch.event": Roster("event", lambda w: w.events, _dispatched),
    "zsj.hotline.visit": Roster("event", lambda w: w.events, _closed_calls),
    **{
        channel: _channel(channel)
        for channel in ("zfw.zwgc.event", "zsj.hotline.order", "cgj.szcg.case", "yjj.check.hazard", "rsj.labour.case")
    },
}


def roster_of(resource: Resource) -> Roster:
    """The roster of a resource; of one that the world says nothing of, a few numbered things."""
    if known := ROSTERS.get(resource.id):
        return known
    if resource.id == "zfw.zwgc.matter":
        return Roster("numbered", _matters, _always(lambda n: True))
    return Roster("numbered", lambda w: _few(w, resource), _always(lambda n: True))


def _few(world: World, resource: Resource) -> list[Numbered]:
    """Between 20 and 119 things with a number and a place."""
    salt = Voice(world, resource.id).salt("few")
    return [
        _thing(world, number, f"X{resource.id}.{number}", f"{resource.name}{number}", mix(number, salt))
        for number in range(20 + salt % 100)
    ]


def _matters(world: World) -> list[Numbered]:
    return [_thing(world, n, code, name, n, code) for n, (code, name) in enumerate(world.matters)]


def _thing(world: World, number: int, identity: str, name: str, bits: int, code: str = "") -> Numbered:
    address = world.addresses[bits % len(world.addresses)]
    person, firm = bits % len(world.persons), bits % len(world.organisations)
    return Numbered(number, identity, code, name, address, person, firm, world.start)
