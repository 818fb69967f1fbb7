"""What is declared of other names and of drift, and where: checked here, and pointed to by findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jobs.contracts.sources import Resource
from jobs.contracts.yamlfile import compose, line_of, read_yaml

Place = tuple[str | int, ...]


def check_names(resource: Resource) -> Iterator[tuple[Place, str]]:
    """Other names that are not free, and policies that a file without names cannot follow: place and problem."""
    taken = {field.name: f"the column {field.name!r}" for field in resource.fields}
    owners = {field.name: field.name for field in resource.fields}
    for index, field in enumerate(resource.fields):
        for number, alias in enumerate(field.aliases):
            at = ("fields", index, "aliases", number)
            if alias in taken and owners[alias] != field.name:
                yield at, f"alias {alias!r} of {field.name!r} is already {taken[alias]}; a name means one column"
            elif alias == field.name:
                yield at, f"alias {alias!r} is the name of the column itself; leave it out"
            taken.setdefault(alias, f"an alias of {field.name!r}")
            owners.setdefault(alias, field.name)
    if resource.format.header_rows == 0 and resource.format.kind == "csv":
        named = [index for index, field in enumerate(resource.fields) if field.aliases]
        problem = "the file has no header (`header_rows: 0`), so its columns have no other names; leave it out"
        if named:
            yield ("fields", named[0], "aliases"), problem
        if resource.drift.renamed == "alias":
            yield ("drift", "renamed"), problem


def place_of(home: Path, resource: Resource, field: str | None = None) -> str:
    """``catalog/sources/gaj/household.yml:41``: where a resource, or a field of it, is declared."""
    path = home / "catalog" / "sources" / resource.department / f"{resource.system.rsplit('.', 1)[1]}.yml"
    listed = (read_yaml(path) or {}).get("resources") or []
    index = next((n for n, item in enumerate(listed) if item.get("id") == resource.id), None)
    at: Place = () if index is None else ("resources", index)
    if index is not None and field is not None:
        names = [item.get("name") for item in listed[index].get("fields") or []]
        at += ("fields", names.index(field)) if field in names else ()
    return f"{path.relative_to(home).as_posix()}:{line_of(compose(path), at)}"
