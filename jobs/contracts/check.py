"""Cross-references between catalog files: everything that one file alone cannot know.

Each function yields ``(model, key, location, problem)``; the loader turns that into file and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jobs.contracts.model import Choice, Claim, Entity, Mention, Resource

if TYPE_CHECKING:
    from jobs.contracts.catalog import Catalog

Finding = tuple[str, str, tuple[str | int, ...], str]


def check_references(catalog: Catalog) -> Iterator[Finding]:
    """Every broken reference of the catalog."""
    for element in catalog.elements.values():
        if element.code_table and element.code_table not in catalog.code_tables:
            yield "Element", element.id, ("code_table",), _unknown("code table", element.code_table, catalog.code_tables)
    for system in catalog.systems.values():
        if system.department not in catalog.departments:
            yield "System", system.id, ("department",), _unknown("department", system.department, catalog.departments)
    codes: dict[str, str] = {}
    for resource in catalog.resources.values():
        yield from _resource(catalog, resource)
        if resource.code in codes:
            problem = f"resource code {resource.code!r} is also that of {codes[resource.code]}; codes are unique"
            yield "Resource", resource.id, ("code",), problem
        codes[resource.code] = resource.id
    for key, access in catalog.access.items():
        if key not in catalog.resources:
            yield "Access", key, (), _unknown("resource", key, catalog.resources)
        needed = ("path", "pattern") if access.kind == "files" else ("url", "table", "watermark")
        for name in needed:
            if getattr(access, name) is None:
                yield "Access", key, (), f"access of kind {access.kind!r} needs {name!r}; expected keys: {', '.join(needed)}"
    for entity in catalog.entities.values():
        yield from _entity(catalog, entity)
    for theme in catalog.themes.values():
        for index, name in enumerate(theme.inputs):
            known = name.removeprefix("fused:") in catalog.entities if name.startswith("fused:") else name in catalog.resources
            if not known:
                yield "Theme", theme.id, ("inputs", index), f"input {name!r} is neither a resource nor fused:<entity>"


def _resource(catalog: Catalog, resource: Resource) -> Iterator[Finding]:
    if resource.system not in catalog.systems:
        yield "Resource", resource.id, ("id",), _unknown("system", resource.system, catalog.systems)
    columns: dict[str, str] = {}
    names = {field.name for field in resource.fields}
    for index, field in enumerate(resource.fields):
        at = ("fields", index)
        if field.element not in catalog.elements:
            yield "Resource", resource.id, (*at, "element"), _unknown("element", field.element, catalog.elements)
        if field.code_table and field.code_table not in catalog.code_tables:
            yield "Resource", resource.id, (*at, "code_table"), _unknown("code table", field.code_table, catalog.code_tables)
        if field.column in columns:
            problem = f"columns {columns[field.column]!r} and {field.name!r} both become {field.column!r}; give one of them `to:`"
            yield "Resource", resource.id, at, problem
        columns[field.column] = field.name
    for column in (*resource.load.key, *resource.totals, *([resource.load.operation] if resource.load.operation else [])):
        if column not in names:
            yield "Resource", resource.id, ("load",), f"column {column!r} is not among the fields; expected one of {', '.join(sorted(names))}"
    if resource.load.mode == "cdc" and not resource.load.operation:
        yield "Resource", resource.id, ("load",), "mode cdc needs `operation`: the column that says insert, update or delete"
    for index, mention in enumerate(resource.mentions):
        yield from _mention(catalog, resource, mention, index, set(columns))


def _mention(catalog: Catalog, resource: Resource, mention: Mention, index: int, columns: set[str]) -> Iterator[Finding]:
    at = ("mentions", index)
    if mention.entity not in catalog.entities:
        yield "Resource", resource.id, (*at, "entity"), _unknown("entity", mention.entity, catalog.entities)
        return
    for element, source in mention.fields.items():
        column = source if isinstance(source, str) else source.column
        if column not in columns:
            yield "Resource", resource.id, (*at, "fields", element), _unknown("column", column, columns)


def carried(entity: Entity, resource: Resource, mention: Mention) -> dict[str, str]:
    """Elements that ``mention`` of ``resource`` carries for ``entity`` → standardised column."""
    wanted = set(entity.authority) | {part for key in entity.keys for part in ([key] if isinstance(key, str) else key)}
    wanted |= {part for key in entity.compound_keys for part in key}
    wanted |= {choice.ordered_by for choice in entity.authority.values() if isinstance(choice, Choice)}
    wanted |= {group.latest for group in entity.groups if group.latest}
    columns = {field.column for field in resource.fields}
    found = {} if mention.only else {name: name for name in sorted(wanted & columns)}
    for element, source in mention.fields.items():
        found[element] = source if isinstance(source, str) else source.column
    return found


def _entity(catalog: Catalog, entity: Entity) -> Iterator[Finding]:
    for unit in entity.lead:
        if unit not in catalog.departments:
            yield "Entity", entity.entity, ("lead",), _unknown("department", unit, catalog.departments)
    for element, chain in entity.authority.items():
        if element not in catalog.elements:
            yield "Entity", entity.entity, ("authority", element), _unknown("element", element, catalog.elements)
        if isinstance(chain, Choice):
            sources = list(chain.among)
        else:
            sources = [claim.source for claim in chain]
            yield from _one_source(entity, element, chain)
        for source in sources:
            yield from _carries(catalog, entity, element, source)
    for index, group in enumerate(entity.groups):
        for element in group.elements:
            if element not in entity.authority:
                problem = f"group {group.name!r} names {element!r}, which has no authority"
                yield "Entity", entity.entity, ("groups", index), problem


def _one_source(entity: Entity, element: str, chain: tuple[Claim, ...]) -> Iterator[Finding]:
    """Exactly one lawful source for an element, a day and a case."""
    lawful = [claim for claim in chain if not claim.fallback]
    if not lawful:
        yield "Entity", entity.entity, ("authority", element), f"{element!r} has no authority, only fallbacks; name its source"
    for position, left in enumerate(lawful):
        for right in lawful[position + 1 :]:
            same_case = left.when == right.when and left.role == right.role
            if same_case and (left.since or "0000") <= (right.until or "9999") and (right.since or "0000") <= (left.until or "9999"):
                problem = f"{element!r} has two authorities for one day and case: {left.source} and {right.source}; tell them apart by `when`, `since`/`until`, or mark one `fallback: true`"
                yield "Entity", entity.entity, ("authority", element), problem


def _carries(catalog: Catalog, entity: Entity, element: str, source: str) -> Iterator[Finding]:
    if source not in catalog.resources:
        yield "Entity", entity.entity, ("authority", element), _unknown("resource", source, catalog.resources)
        return
    resource = catalog.resources[source]
    mentions = [mention for mention in resource.mentions if mention.entity == entity.entity]
    if not any(element in carried(entity, resource, mention) for mention in mentions):
        problem = f"{source} is named for {element!r} but no mention of {entity.entity} in it carries that element"
        yield "Entity", entity.entity, ("authority", element), problem


def _unknown(what: str, name: str, known: object) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=3)  # type: ignore[call-overload]
    hint = f"; did you mean {', '.join(near)}?" if near else f"; declare the {what} first"
    return f"{what} {name!r} is unknown{hint}"
