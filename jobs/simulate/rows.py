"""Rows of a resource: who is in it, and a plausible value for every column that the world says nothing of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from jobs.contracts import Catalog, Resource, SourceField
from jobs.simulate.views import (
    UNITS,
    Values,
    address_values,
    chance,
    event_values,
    licence_values,
    organisation_values,
    person_values,
)
from jobs.simulate.world import Organisation, Person, World

_PERSONS: dict[str, Callable[[Person, date], bool]] = {
    "gaj.household.person": lambda p, d: p.is_registered and p.is_chinese,
    "gaj.household.change": lambda p, d: p.is_registered and p.is_chinese and bool(p.death),
    "gaj.idcard.card": lambda p, d: p.is_chinese and chance(p.number, "idcard") < 0.4,
    "gaj.residence.person": lambda p, d: not p.is_registered,
    "gaj.residence.permit": lambda p, d: not p.is_registered and p.is_chinese and chance(p.number, "permit") < 0.4,
    "gaj.foreigner.lodging": lambda p, d: not p.is_chinese,
    "zfw.zwgc.person": lambda p, d: chance(p.number, "zwgc") < 0.5,
    "zfw.zwgc.staff": lambda p, d: p.is_chinese and chance(p.number, "staff") < 0.01,
    "rsj.si.person": lambda p, d: p.employer is not None and p.is_chinese,
    "rsj.si.insured": lambda p, d: p.employer is not None and p.is_chinese,
    "ybj.insured.person": lambda p, d: bool(p.resident_id) and chance(p.number, "ybj") < 0.6,
    "gjj.account.person": lambda p, d: p.employer is not None and p.is_chinese and chance(p.number, "gjj") < 0.4,
    "mzj.funeral.cremation": lambda p, d: bool(p.death),
    "mzj.rescue.family": lambda p, d: p.is_registered and p.is_chinese and chance(p.number, "rescue") < 0.01,
    "wjj.birth.certificate": lambda p, d: p.is_chinese and p.age(d) < 2,
    "wjj.death.certificate": lambda p, d: bool(p.death),
    "jyj.student.status": lambda p, d: p.is_chinese and 7 <= p.age(d) < 18,
}
_ORGANISATIONS: dict[str, Callable[[Organisation], bool]] = {
    "scjgj.reg.enterprise": lambda o: o.kind == "91",
    "scjgj.reg.individual": lambda o: o.kind == "92",
    "scjgj.reg.change": lambda o: bool(o.former_name),
    "scjgj.reg.cancel": lambda o: bool(o.cancelled),
    "scjgj.reg.investor": lambda o: o.kind == "91",
    "scjgj.credit.abnormal": lambda o: o.kind == "91" and chance(o.number, "abnormal") < 0.05,
    "rsj.si.unit": lambda o: chance(o.number, "si") < 0.6,
    "shwj.tax.register": lambda o: o.kind in ("91", "92") and chance(o.number, "tax") < 0.8,
    "wbb.org.authority": lambda o: o.kind == "11",
    "wbb.sydw.institution": lambda o: o.kind == "12",
    "mzj.socialorg.register": lambda o: o.kind == "52",
    "nynj.collective.org": lambda o: o.kind == "N2",
    "fgj.credit.blacklist": lambda o: chance(o.number, "black") < 0.02,
    "yjj.risk.enterprise": lambda o: chance(o.number, "risk") < 0.05,
    "xfzd.key.unit": lambda o: chance(o.number, "fire") < 0.05,
    "zfw.zwgc.place": lambda o: chance(o.number, "place") < 0.5,
}
_LICENCES = {
    "zsj.elicence.licence": 2,
    "scjgj.food.permit": 5,
    "fgj.credit.permit": 3,
    "fgj.credit.penalty": 6,
    "cgj.law.penalty": 12,
}
_EVENTS = {
    "zfw.zwgc.event": 8,
    "zsj.hotline.order": 8,
    "zsj.hotline.visit": 10,
    "cgj.szcg.case": 14,
    "yjj.check.hazard": 30,
    "rsj.labour.case": 40,
    "zsj.dispatch.event": 6,
    "zfw.zwgc.patrol": 6,
}
_ADDRESSES = {"gaj.address.standard": 1.0, "gaj.address.house": 0.5, "zfw.zwgc.house": 0.4, "zjj.lease.record": 0.1}


def rows_of(world: World, catalog: Catalog, resource: Resource, day: date) -> Iterator[tuple[str, Values]]:
    """(entity id, column → canonical value) of every record that the resource delivers for ``day``."""
    is_first = day == world.start
    partial = resource.load.mode != "full" and not is_first
    for identity, values in _things(world, catalog, resource, day, partial):
        yield (
            identity,
            {
                field.column: values[field.column]
                if field.column in values
                else default_value(catalog, field, identity, day)
                for field in resource.fields
            },
        )


def _things(
    world: World, catalog: Catalog, resource: Resource, day: date, partial: bool
) -> Iterator[tuple[str, Values]]:
    rid = resource.id
    if rid == "mzj.marriage.registration":
        yield from _marriages(world, day, partial)
    elif rid in _PERSONS:
        test = _PERSONS[rid]
        for person in world.persons:
            if (not partial or person.number in world.changed) and test(person, day):
                yield f"P{person.number}", person_values(world, person, rid, day)
    elif rid in _ORGANISATIONS:
        for org in world.organisations:
            if (not partial or org.number in world.changed_orgs) and _ORGANISATIONS[rid](org):
                yield f"O{org.number}", organisation_values(world, org, rid, day)
    elif rid in _ADDRESSES:
        for address in world.addresses:
            if not partial and chance(rid, address.number) < _ADDRESSES[rid]:
                owner = world.persons[address.number % len(world.persons)]
                yield f"A{address.number}", person_values(world, owner, rid, day) | address_values(address)
    elif rid in _LICENCES:
        count = max(len(world.organisations) * 2 // _LICENCES[rid], 8)
        base = (day - world.start).days * 3 + count if partial else 0
        for number in range(base, base + (3 if partial else count)):
            yield f"L{number}", licence_values(world, number, rid, day)
    elif rid in _EVENTS:
        count = max(len(world.persons) // 10 // _EVENTS[rid], 10)
        base = (day - world.start).days * count
        for number in range(base, base + count):
            yield f"E{number}", event_values(world, number, rid, day) | {"operation_type": "I"}
        if resource.load.operation and partial:
            yield from _later(world, rid, day, base, count)
    elif rid == "zfw.zwgc.grid":
        for code, address in sorted({address.grid_code: address for address in world.addresses}.items()):
            yield f"G{code}", address_values(address) | {"grid_name": f"{address.village_name}第{code[-3:]}网格"}
    elif rid == "zfw.zwgc.matter":
        for code, name in sorted(catalog.code_tables["event_class_local"].values.items()):
            yield f"Q{code}", {"matter_code": code, "matter_name": name, "lead_unit": UNITS[int(code[1:]) % len(UNITS)]}
    else:
        for number in range(_few(resource)):
            yield f"X{number}", event_values(world, number, rid, world.start)


def _later(world: World, rid: str, day: date, base: int, count: int) -> Iterator[tuple[str, Values]]:
    """What a change feed says of yesterday's events: every third was updated, every tenth deleted."""
    yesterday = day - timedelta(days=1)
    for number in range(base - count, base):
        if number % 10 == 9 or number % 3 == 0:
            values = event_values(world, number, rid, yesterday) | {"source_updated_at": f"{day} 19:30:00"}
            yield (
                f"E{number}",
                values
                | {
                    "operation_type": "D" if number % 10 == 9 else "U",
                    "event_status": "90" if number % 10 == 9 else "70",
                    "closed_at": values["closed_at"] or f"{day} 17:00:00",
                },
            )


def _few(resource: Resource) -> int:
    return 20 + int(chance(resource.id, "few") * 100)


def _marriages(world: World, day: date, partial: bool) -> Iterator[tuple[str, Values]]:
    for number, man, woman, kind, on in world.marriages:
        if partial and on != day:
            continue
        left, right = world.persons[man], world.persons[woman]
        yield (
            f"M{number}",
            {
                "record_id": f"HY{number:010d}",
                "marriage_op_type": kind,
                "marriage_registered_on": f"{on}",
                "marriage_cert_no": f"J441900-{on.year}-{number:06d}",
                "man_name": left.name,
                "man_id_no": left.resident_id,
                "woman_name": right.name,
                "woman_id_no": right.resident_id,
                "id_document_type": "111",
                "id_document_type__cert_type_woman": "111",
                "birth_date": left.birth.isoformat(),
                "birth_date__birth_woman": right.birth.isoformat(),
                "nationality": "CHN",
                "nationality__nation_woman": "CHN",
                "ethnicity": left.ethnicity,
                "ethnicity__folk_woman": right.ethnicity,
            },
        )


def default_value(catalog: Catalog, field: SourceField, identity: str, day: date) -> str | None:
    """A stable, plausible value of the element's kind."""
    element = catalog.elements[field.element]
    draw = chance(field.column, identity)
    if not field.required and draw < 0.2:
        return None
    table = catalog.code_table_of(field)
    if table and table.values:
        values = sorted(table.values)
        return values[int(draw * len(values))]
    if element.type == "date":
        return (day - timedelta(days=int(draw * 1500))).isoformat()
    if element.type == "datetime":
        return f"{day - timedelta(days=int(draw * 300))} {int(draw * 1000) % 24:02d}:{int(draw * 7919) % 60:02d}:00"
    if element.rule == "month":
        return f"{day.year}{1 + int(draw * 12):02d}"
    if element.type == "integer":
        return str(1 + int(draw * 90))
    if element.type == "decimal":
        return str(1 + int(draw * 9000))
    if element.rule in ("mobile", "phone"):
        return f"13{int(draw * 10**9):09d}"
    if element.rule in ("identity_document", "resident_id", "uscc"):
        return None
    if element.type in ("binary", "geometry"):
        return None
    return f"{element.name}{identity}"
