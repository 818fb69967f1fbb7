"""Authority is law: exactly one lawful source for an element, a day and a case, and it must carry the element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jobs.contracts.entities import Choice, Claim, Entity
from jobs.contracts.known import Finding, Known
from jobs.contracts.sources import Mention, Resource

if TYPE_CHECKING:
    from jobs.contracts.catalog import Catalog

_ALWAYS = ("0000-00-00", "9999-99-99")


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


def check_authority(catalog: Catalog, known: Known, entity: Entity) -> Iterator[Finding]:
    """Everything that an entity's file says of other files, and its own contradictions."""
    for what, name, at in _names(entity):
        if problem := known.complain(what, name):
            yield "Entity", entity.entity, at, problem
    for element, chain in entity.authority.items():
        at = ("authority", element)
        if isinstance(chain, Choice):
            for place, source in enumerate(chain.among):
                yield from _carries(catalog, known, entity, element, source, None, (*at, "among", place))
            continue
        for place, claim in enumerate(chain):
            yield from _carries(catalog, known, entity, element, claim.source, claim.role, (*at, place))
        yield from _one_source(entity, element, chain)
    for index, group in enumerate(entity.groups):
        for element in (*group.elements, *([group.latest] if group.latest else [])):
            if element not in entity.authority:
                problem = f"group {group.name!r} names {element!r}, which has no authority; declare it under authority"
                yield "Entity", entity.entity, ("groups", index), problem


def _names(entity: Entity) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """(kind, name, location) of the units and elements that an entity's file names."""
    for place, unit in enumerate(entity.lead):
        yield "department", unit, ("lead", place)
    for place, key in enumerate((*entity.keys, *entity.compound_keys)):
        for element in [key] if isinstance(key, str) else key:
            at = ("keys", place) if place < len(entity.keys) else ("compound_keys", place - len(entity.keys))
            yield "element", element, at
    if entity.name_element:
        yield "element", entity.name_element, ("name_element",)
    for element, chain in entity.authority.items():
        yield "element", element, ("authority", element)
        if isinstance(chain, Choice):
            yield "element", chain.ordered_by, ("authority", element, "choose")
            yield from (("department", unit, ("authority", element, "units")) for unit in chain.units)
            continue
        for place, claim in enumerate(chain):
            yield from (("department", unit, ("authority", element, place, "units")) for unit in claim.units)
            if claim.when:
                yield "element", claim.when.split(" ", 1)[0], ("authority", element, place, "when")
    for place, conflict in enumerate(entity.conflicts):
        yield "element", conflict.element, ("conflicts", place, "element")


def _one_source(entity: Entity, element: str, chain: tuple[Claim, ...]) -> Iterator[Finding]:
    """Exactly one lawful source for an element, a day and a case."""
    at = ("authority", element)
    lawful = [(place, claim) for place, claim in enumerate(chain) if not claim.fallback]
    if not lawful:
        problem = f"{element!r} has no authority, only fallbacks; name its source, or `choose: latest(…)` among equals"
        yield "Entity", entity.entity, at, problem
    for number, (_, left) in enumerate(lawful):
        for place, right in lawful[number + 1 :]:
            same_case = left.when == right.when and left.role == right.role
            if same_case and _overlap(left, right):
                sources = f"{left.source} and {right.source}"
                hint = "tell them apart by `when`, `since`/`until`, or mark one `fallback: true`"
                problem = f"{element!r} has two authorities for one day and case: {sources}; {hint}"
                yield "Entity", entity.entity, (*at, place), problem


def _overlap(left: Claim, right: Claim) -> bool:
    """Whether the two claims hold on one day, both ends included."""
    first, last = _ALWAYS
    return (left.since or first) <= (right.until or last) and (right.since or first) <= (left.until or last)


def _carries(
    catalog: Catalog,
    known: Known,
    entity: Entity,
    element: str,
    source: str,
    role: str | None,
    at: tuple[str | int, ...],
) -> Iterator[Finding]:
    if problem := known.complain("resource", source):
        yield "Entity", entity.entity, at, problem
    resource = catalog.resources.get(source)
    if resource is None or source in known.faulty:
        return
    mentions = [mention for mention in resource.mentions if mention.entity == entity.entity]
    of_role = [mention for mention in mentions if role in (None, mention.role)]
    if role and mentions and not of_role:
        roles = ", ".join(sorted(mention.role for mention in mentions))
        problem = f"{source} does not mention {entity.entity} as {role!r}; expected one of {roles}"
        yield "Entity", entity.entity, at, problem
    elif not any(element in carried(entity, resource, mention) for mention in of_role):
        problem = f"{source} is named for {element!r} but no mention of {entity.entity} in it carries that element"
        yield "Entity", entity.entity, at, f"{problem}; name another source or add the field to its mention"
