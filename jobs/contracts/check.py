"""Cross-references between catalog files: everything that one file alone cannot know.

Each function yields ``(model, key, location, problem)``; the loader turns that into file and line. A name counts as
known if it is declared at all, even wrongly: one mistake is one fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jobs.contracts.access import check_access
from jobs.contracts.authority import check_authority
from jobs.contracts.drift import Place, check_names
from jobs.contracts.expect import check_expectations
from jobs.contracts.known import Finding, Known, unknown
from jobs.contracts.registers import KINDS, Element
from jobs.contracts.sources import CODE_READINGS, Load, Mention, Resource, SourceField
from jobs.contracts.units import AMOUNT_UNITS, other_unit

if TYPE_CHECKING:
    from jobs.contracts.catalog import Catalog

_SLIP = 0.85
"""How like two words are of which one is the other misspelt: persn and person, but not family and facility."""


def check_references(catalog: Catalog, known: Known) -> Iterator[Finding]:
    """Every broken reference of the catalog."""
    for element in catalog.elements.values():
        if element.code_table and (problem := known.complain("code table", element.code_table)):
            yield "Element", element.id, ("code_table",), problem
    for system in catalog.systems.values():
        if problem := known.complain("department", system.department):
            yield "System", system.id, ("department",), problem
        elif system.department != system.id.split(".", 1)[0]:
            problem = f"department {system.department!r} differs from the first part of the id {system.id!r}"
            yield "System", system.id, ("department",), problem
    codes: dict[str, str] = {}
    for resource in catalog.resources.values():
        for finding in _resource(catalog, known, resource):
            known.faulty.add(resource.id)
            yield finding
        if resource.code in codes:
            problem = f"resource code {resource.code!r} is also that of {codes[resource.code]}; codes are unique"
            yield "Resource", resource.id, ("code",), problem
        codes.setdefault(resource.code, resource.id)
    for key, access in catalog.access.items():
        if problem := known.complain("resource", key):
            yield "Access", key, (), problem
        for place, problem in check_access(catalog.resources.get(key), access):
            yield "Access", key, place, problem
    for entity in catalog.entities.values():
        yield from check_authority(catalog, known, entity)
    for theme in catalog.themes.values():
        for index, name in enumerate(theme.inputs):
            kind, bare = ("entity", name.removeprefix("fused:")) if name.startswith("fused:") else ("resource", name)
            if problem := known.complain(kind, bare):
                yield "Theme", theme.id, ("inputs", index), f"{problem} (expected a resource or fused:<entity>)"
    yield from check_expectations(catalog, known)


def _resource(catalog: Catalog, known: Known, resource: Resource) -> Iterator[Finding]:
    columns: dict[str, str] = {}
    names: set[str] = set()
    if problem := _misspelt(resource.subject, known):
        yield "Resource", resource.id, ("subject",), problem
    for index, field in enumerate(resource.fields):
        for location, problem in check_field(catalog, known, field):
            yield "Resource", resource.id, ("fields", index, location), problem
        if field.name in names and not field.rule:
            problem = f"column {field.name!r} is listed twice; keep one, or give the second reading its `rule:`"
            yield "Resource", resource.id, ("fields", index, "name"), problem
        elif field.column in columns:
            both = f"columns {columns[field.column]!r} and {field.name!r} both become {field.column!r}"
            yield "Resource", resource.id, ("fields", index), f"{both}; give one of them `to:`"
        columns.setdefault(field.column, field.name)
        names.add(field.name)
    for index, field in enumerate(resource.fields):
        if problem := _against(catalog, resource, field):
            yield "Resource", resource.id, ("fields", index, "against"), problem
    for at, problem in check_names(resource):
        yield "Resource", resource.id, at, problem
    for at, problem in check_named(resource.load, resource.totals, names):
        yield "Resource", resource.id, at, problem
    if resource.load.mode == "cdc" and not resource.load.operation:
        problem = "mode cdc needs `operation`: the column that says insert, update or delete"
        yield "Resource", resource.id, ("load",), problem
    for index, mention in enumerate(resource.mentions):
        yield from _mention(known, resource, mention, index, set(columns))


def _misspelt(subject: str, known: Known) -> str:
    """Why ``subject`` is a slip of the pen; empty for an entity, a kind, and a word of its own."""
    usual = {*KINDS, *(known.entities or ())}
    if known.entities is None or subject in usual or not get_close_matches(subject, usual, cutoff=_SLIP):
        return ""
    return unknown("subject", subject, usual)


def check_named(load: Load, totals: Sequence[str], names: Set[str]) -> Iterator[tuple[Place, str]]:
    """Columns that a resource names and that are not among ``names``, those of its fields: place and problem."""
    listed = [("load", "key", name) for name in load.key] + [("totals", "", name) for name in totals]
    listed += [("load", "operation", load.operation)] if load.operation else []
    for top, below, name in listed:
        if name not in names:
            problem = f"column {name!r} is not among the fields; expected one of {', '.join(sorted(names))}"
            yield (top, below), problem


def _against(catalog: Catalog, resource: Resource, field: SourceField) -> str:
    """Why a reading cannot be held against the column that it names; empty if it can."""
    others = {other.column: other for other in resource.fields if not other.rule}
    if field.against is None:
        return ""
    if not field.rule:
        return f"{field.name!r} has no `rule:`; only what is read out of a text is held against another column"
    if field.against not in others:
        return unknown("column", field.against, others)
    kinds = [catalog.elements.get(one.element) for one in (field, others[field.against])]
    one, other = (element.type if element else "" for element in kinds)
    return f"a {one} cannot be held against {field.against!r}, a {other}" if one and other and one != other else ""


def check_field(catalog: Catalog, known: Known, field: SourceField) -> Iterator[tuple[str, str]]:
    """What one field names that is not declared, or does not fit it: key and problem."""
    if problem := known.complain("element", field.element):
        yield "element", problem
    if field.code_table and (problem := known.complain("code table", field.code_table)):
        yield "code_table", problem
    element = catalog.elements.get(field.element)
    if field.rule in CODE_READINGS and element and not (field.code_table or element.code_table):
        yield "rule", f"rule {field.rule!r} reads a code, but {element.id} has no code table"
    if problem := _order(field.formats):
        yield "formats", problem
    if element:
        yield from _unit(field, element)


def _order(formats: tuple[str, ...]) -> str:
    """Why the declared writings of days cannot be read; empty if they can."""
    for form in formats:
        if "d" in form and "M" in form and "yyyy" not in form:
            return f"{form!r} has no year of four digits; write yyyy, and have two digits delivered as four"
    firsts = {form[0] for form in formats if "yyyy" in form and "d" in form and form[0] in "dM"}
    return "day first and month first at once: 3/7/1990 would mean two days; declare one" if len(firsts) > 1 else ""


def _unit(field: SourceField, element: Element) -> Iterator[tuple[str, str]]:
    """What is wrong with the unit that a field declares, or with a heading that names another than the one read."""
    read = field.unit or element.unit
    if read != element.unit and element.rule != "amount":
        yield "unit", f"unit {read!r} differs from {element.unit!r} of {element.id}; only amounts are converted"
    elif read != element.unit and read not in AMOUNT_UNITS:
        yield "unit", f"unit {read!r} of an amount is unknown; expected one of {', '.join(AMOUNT_UNITS)}"
    elif named := other_unit(read, field.name, field.label, *field.aliases):
        is_converted = element.rule == "amount" and named in AMOUNT_UNITS
        remedy = f"give the field `unit: {named}`" if is_converted else f"name an element that is in {named}"
        yield "label", f"{named} stands in a heading over values that are read in {read}; {remedy}"


def _mention(known: Known, resource: Resource, mention: Mention, index: int, columns: set[str]) -> Iterator[Finding]:
    at = ("mentions", index)
    if problem := known.complain("entity", mention.entity):
        yield "Resource", resource.id, (*at, "entity"), problem
    for element, source in mention.fields.items():
        column = source if isinstance(source, str) else source.column
        if problem := known.complain("element", element):
            yield "Resource", resource.id, (*at, "fields", element), problem
        if column not in columns:
            yield "Resource", resource.id, (*at, "fields", element), unknown("column", column, columns)
    for column in mention.where:
        if column not in columns:
            yield "Resource", resource.id, (*at, "where", column), unknown("column", column, columns)
