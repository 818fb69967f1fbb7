"""Compiling a resource's columns: what its things can be asked, else something plausible of the element's kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from jobs.contracts import Catalog, Resource, SourceField
from jobs.simulate.chance import draw, mix
from jobs.simulate.speech.event import EVENT
from jobs.simulate.speech.organisation import CHANGE, HOLDING, ORGANISATION, boss_of
from jobs.simulate.speech.paper import DECISION, LICENCE, MARRIAGE, MOVE
from jobs.simulate.speech.person import PERSON
from jobs.simulate.speech.place import ADDRESS, HOUSEHOLD, NUMBERED, owner_of
from jobs.simulate.speech.vocabulary import NAMED, RANGES, WORDS
from jobs.simulate.speech.voice import Builder, Maker, Voice

Via = Callable[[Voice], "Callable[[Any], Any]"]
Layer = tuple[dict[str, Builder], Via]
"""Columns, and the way from the thing to what they ask."""


def _own(_voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: thing


def _firm(voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: voice.world.organisations[thing.organisation]


def _firm_place(voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: voice.world.organisations[thing.organisation].address


def _someone(voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: voice.world.persons[thing.person]


def _head(voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: voice.world.persons[thing.head]


def _place(_voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: thing.address


def _home(_voice: Voice) -> Callable[[Any], Any]:
    return lambda thing: thing.home


LAYERS: dict[str, tuple[Layer, ...]] = {
    "person": ((PERSON, _own), (ADDRESS, _home)),
    "household": ((HOUSEHOLD, _own), (PERSON, _head), (ADDRESS, lambda v: lambda h: v.world.persons[h.head].home)),
    "move": ((MOVE, _own), (PERSON, _someone), (ADDRESS, lambda v: lambda m: v.world.persons[m.person].home)),
    "marriage": ((MARRIAGE, _own),),
    "organisation": ((ORGANISATION, _own), (ADDRESS, _place)),
    "change": ((CHANGE, _own), (ORGANISATION, _firm), (ADDRESS, _firm_place)),
    "holding": ((HOLDING, _own), (ORGANISATION, _firm), (ADDRESS, _firm_place)),
    "licence": ((LICENCE, _own), (ORGANISATION, _firm), (ADDRESS, _firm_place)),
    "permit": ((LICENCE, _own), (PERSON, _someone), (ADDRESS, lambda v: lambda t: v.world.persons[t.person].home)),
    "decision": ((DECISION, _own), (ORGANISATION, _firm), (ADDRESS, _firm_place)),
    "event": ((EVENT, _own), (ADDRESS, _place), (ORGANISATION, _firm)),
    "address": ((ADDRESS, _own),),
    "numbered": ((NUMBERED, _own), (ADDRESS, _place), (ORGANISATION, _firm)),
}


def makers_of(catalog: Catalog, voice: Voice, kind: str, resource: Resource) -> list[Maker]:
    """A function a column, in field order."""
    return [_maker(catalog, voice, kind, field) for field in resource.fields]


def _maker(catalog: Catalog, voice: Voice, kind: str, field: SourceField) -> Maker:
    for table, way in LAYERS[kind]:
        if build := table.get(field.column):
            return build(voice) if way is _own else _through(way(voice), build(voice))
    return _plausible(catalog, voice, field)


def _through(via: Callable[[Any], Any], ask: Maker) -> Maker:
    return lambda thing: ask(via(thing))


def _plausible(catalog: Catalog, voice: Voice, field: SourceField) -> Maker:
    """A stable value of the element's kind; optional columns are empty in one record of five."""
    salt = voice.salt(field.column)
    make = _value(catalog, voice, field, salt)
    if field.required:
        return make
    gap = salt ^ 0x5BD1E995
    return lambda thing: None if draw(thing.number, gap) < 0.2 else make(thing)


def _value(catalog: Catalog, voice: Voice, field: SourceField, salt: int) -> Maker:
    element, world = catalog.element_of(field), voice.world
    table = catalog.code_table_of(field)
    if table and table.values:
        codes = sorted(table.values)
        return lambda thing: codes[mix(thing.number, salt) % len(codes)]
    if words := WORDS.get(field.column):
        return lambda thing: words[mix(thing.number, salt) % len(words)]
    if limits := RANGES.get(field.column):
        low, size = limits[0], limits[1] - limits[0] + 1
        return lambda thing: str(low + mix(thing.number, salt) % size)
    if element.rule in ("identity_document", "resident_id", "uscc") or element.type in ("binary", "geometry"):
        return lambda thing: None
    if element.type in ("date", "datetime"):
        start, is_time = date.fromisoformat(world.start), element.type == "datetime"
        days = [(start - timedelta(days=n)).isoformat() for n in range(1500)]
        if is_time:
            return lambda t: f"{days[mix(t.number, salt) % 1500]} {t.number % 24:02d}:{t.number % 60:02d}:00"
        return lambda thing: days[mix(thing.number, salt) % 1500]
    if element.rule == "month":
        return lambda thing: f"2026{1 + mix(thing.number, salt) % 2:02d}"
    if element.type in ("integer", "decimal"):
        top = 90 if element.type == "integer" else 9000
        return lambda thing: str(1 + mix(thing.number, salt) % top)
    if element.rule in ("mobile", "phone"):
        return lambda thing: f"137{mix(thing.number, salt) % 10**8:08d}"
    if element.rule == "person_name" or field.column in NAMED:
        return lambda thing: world.persons[mix(thing.number, salt) % len(world.persons)].name
    if element.rule in ("org_name", "address"):
        return lambda thing: _firm_text(
            world.organisations[mix(thing.number, salt) % len(world.organisations)], element.rule
        )
    if element.rule in ("business_reg_no", "org_code", "licence_identifier"):
        return lambda thing: None
    return lambda thing: f"{field.label}{mix(thing.number, salt) % 977}"


def _firm_text(organisation: Any, rule: str) -> str:
    return str(organisation.name if rule == "org_name" else organisation.address.text)


def mentioned(voice: Voice, kind: str, entity: str, role: str) -> Callable[[Any], str]:
    """From a thing to the id of the real entity that its record mentions in a role; empty where there is none."""
    persons = voice.world.persons
    if role in ("man", "woman"):
        return lambda m: f"P{getattr(m, role)}"
    if role == "legal_rep":
        return lambda o: f"P{boss_of(voice, o)}"
    if entity == "person":
        return {
            "person": lambda p: p.id,
            "household": lambda h: persons[h.head].id,
        }.get(kind, lambda t: f"P{t.person}")
    if entity == "organisation":
        return (lambda o: o.id) if kind == "organisation" else (lambda t: f"O{t.organisation}")
    if entity == "address":
        return {"organisation": lambda o: o.address.id, "address": lambda a: a.id}.get(kind, lambda n: n.id)
    return lambda thing: thing.id


__all__ = ["LAYERS", "makers_of", "mentioned", "owner_of"]
