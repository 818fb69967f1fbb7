"""The first draft of a resource's declaration: YAML text, ready to edit, that ``brain check`` accepts.

Nothing of the file stands in it but names of columns; of values only shapes and shares are told.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from jobs.contracts import Catalog, Format
from jobs.errors import UsageError
from jobs.profile.fields import can_be_declared, field_lines, scalar, slug
from jobs.profile.look import Key, Profile

_PERIOD = re.compile(r"(19|20)\d{6}")
_NUMBERS = re.compile(r"([_\s-]*\d*)+$")
_SEQUENCE = re.compile(r"(?<=\{period\}[_-])\d+")
_NO_CODE = "306000441900"
"""Beginning of a catalogue code for a department that has none yet: class 3, the departments' own."""
_EVENTS = 0.25


def department_of(path: Path, catalog: Catalog, named: str | None) -> str:
    """The named department, else the one whose folder the file lies in; UsageError if there is none."""
    if named and named not in catalog.departments:
        raise UsageError(f"department {named!r} is unknown", remedy="See catalog/departments.yml for the codes")
    folders = [part for part in reversed(path.resolve().parts[:-1]) if part in catalog.departments]
    found = named or (folders[0] if folders else "")
    if not found:
        remedy = "Name it with --department; the codes stand in catalog/departments.yml"
        raise UsageError("it cannot be told whose file this is", remedy=remedy)
    return found


def folder_of(path: Path, department: str) -> str:
    """The folder of the department's that the file lies in, as ``path`` of a connection has it; empty if in none."""
    parts = path.resolve().parts[:-1]
    places = [place for place, part in enumerate(parts) if part == department]
    return "/".join(parts[places[-1] :]) if places and parts[-1] != department else ""


def draft_yaml(profile: Profile, catalog: Catalog, department: str, folder: str = "", system: str = "") -> str:
    """The whole file ``catalog/sources/<department>/<system>.yml``; its first line names the path.

    The system is called as the ``folder`` that the file came in (else as the file) unless it has a name already.
    """
    elements = [match.chosen.element for match in profile.matches if match.chosen and can_be_declared(match)]
    if not elements:
        raise UsageError("no column could be matched", remedy="Declare the resource by hand; see docs/engineer.md")
    title = _NUMBERS.sub("", _PERIOD.sub("", Path(profile.file).stem)) or "data"
    system = _free_system(f"{department}.{system or slug(folder.rpartition('/')[2] or title)}", catalog)
    resource = f"{system}.{slug(title)}"
    lines = [
        *_preface(profile, system, resource, folder or system.replace(".", "/")),
        f"system: {{id: {system}, name: {scalar(title)}, department: {department}}}",
        "resources:",
        f"- id: {resource}",
        f'  code: "{_free_code(catalog, department)}"  # provisional: a number that is not taken',
        f"  name: {scalar(title)}",
        f"  subject: {_subject(catalog, elements)}",
        "  cycle: daily  # say how often it is due: realtime, daily, weekly, monthly, quarterly, yearly",
        *_load(profile),
        f"  format: {_format(profile.proposal.format)}",
        "  share: {type: conditional, condition: 待确认}  # unconditional, conditional or denied: as decided",
        _level(catalog, elements),
        *(
            f"  # mentions: [{{entity: {entity}}}]  # if each record is about one"
            for entity in _keyed(catalog, elements)
        ),
        "  fields:",
        *field_lines(profile, catalog),
    ]
    return "\n".join(lines) + "\n"


def _free_system(system: str, catalog: Catalog) -> str:
    """The id, numbered where it is declared already."""
    number, found = 1, system
    while found in catalog.systems:
        number += 1
        found = f"{system}_{number}"
    return found


def _preface(profile: Profile, system: str, resource: str, folder: str) -> Iterator[str]:
    extent = "the whole file" if profile.whole else "the beginning of the file"
    counts = f"{profile.rows:,} records ({extent}), {profile.rejected:,} set aside"
    yield f"# Draft of catalog/sources/{system.replace('.', '/')}.yml, from {counts}."
    yield f"# Columns: {', '.join(f'{profile.count(grade)} {grade}' for grade in ('certain', 'likely', 'unknown'))}."
    yield "# certain: name and content agree. likely: read the line before you trust it. unknown: name an element."
    if profile.proposal.format.header_rows:
        yield "# A column that is not declared is passed over when a delivery is landed."
    for remark in profile.proposal.remarks:
        yield f"# {remark}"
    pattern = _SEQUENCE.sub("{sequence}", _PERIOD.sub("{period}", profile.file, count=1))
    access = f"kind: files, path: {folder}, pattern: {json.dumps(pattern, ensure_ascii=False)}"
    yield "# Deliveries are found by a line in catalog/connections.yml, such as"
    yield f"#   {resource}: {{{access}}}"


def _free_code(catalog: Catalog, department: str) -> str:
    """The next number below the commonest catalogue code of the department."""
    used = Counter(resource.code.split("/")[0] for resource in catalog.resources_of(department))
    prefix = used.most_common(1)[0][0] if used else _NO_CODE
    codes = (resource.code.split("/") for resource in catalog.resources.values())
    return f"{prefix}/{max((int(number) for code, number in codes if code == prefix), default=0) + 1:06d}"


def _subject(catalog: Catalog, elements: list[str]) -> str:
    """An event where many elements are those of one, else the first entity whose key is carried."""
    if sum(element.startswith("event_") for element in elements) >= _EVENTS * len(elements):
        return "event"
    return next(iter(_keyed(catalog, elements)), "other")


def _keyed(catalog: Catalog, elements: list[str]) -> list[str]:
    """Entities with a whole key among the elements."""
    found = []
    for entity in catalog.entities.values():
        keys = [{key} if isinstance(key, str) else set(key) for key in entity.keys]
        if any(key <= set(elements) for key in keys):
            found.append(entity.entity)
    return found


def _load(profile: Profile) -> Iterator[str]:
    load, declared = profile.load, {match.column for match in profile.matches if can_be_declared(match)}
    keys = [key for key in profile.keys if declared.issuperset(key.columns)]
    columns = keys[0].columns if keys else tuple(sorted(declared))[:1]
    operation = f", operation: {scalar(load.operation)}, deleted: [{', '.join(map(scalar, load.deleted))}]"
    is_cdc = load.mode == "cdc" and load.operation in declared
    mode = load.mode if load.mode != "cdc" or is_cdc else "full"
    yield f"  load: {{mode: {mode}, key: [{', '.join(map(scalar, columns))}]{operation if is_cdc else ''}}}"
    yield f"  # {load.mode}: {load.why}"
    yield from (f"  # key {_told(key)}" for key in keys[:4])
    if not keys:
        yield "  # no column that is mapped names the rows: choose the key"


def _told(key: Key) -> str:
    return f"{' + '.join(key.columns)}: {key.own:,} of {key.rows:,} records have a value of their own"


def _format(fmt: Format) -> str:
    parts = []
    for name, value in fmt.model_dump(exclude_defaults=True).items():
        text = f"[{', '.join(map(scalar, value))}]" if isinstance(value, tuple | list) else value
        parts.append(f"{name}: {scalar(value) if isinstance(value, str) else text}")
    return f"{{{', '.join(parts)}}}"


def _level(catalog: Catalog, elements: list[str]) -> str:
    levels = Counter(catalog.elements[element].level for element in elements)
    counts = ", ".join(f"{levels[level]} {level}" for level in sorted(levels))
    return f"  level: {max(levels)}  # the highest of its elements: {counts}"
