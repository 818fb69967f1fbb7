"""How a delivery's columns differ from those declared and from those of the delivery before it, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from jobs.contracts import Resource
from jobs.land.columns import Came, Columns
from jobs.land.header import HeaderFault
from jobs.land.shapes import Shape, changed

MOST = 20
"""Columns of one kind of change that are named."""
_NAME = 60


@dataclass(frozen=True)
class Change:
    """One difference: ``kind`` is a key of the policy, ``column`` the delivered name, ``field`` the declared one."""

    kind: str
    column: str = ""
    field: str = ""
    was: str = ""
    now: str = ""


@dataclass(frozen=True)
class Traits:
    """What a delivery looked like: the names of its columns in their order, the shape of each declared one, and a
    digest of its rows as they lie."""

    found: tuple[str, ...] = ()
    shapes: dict[str, Shape] = field(default_factory=dict)
    content: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the journal."""
        shapes = {name: list(shape) for name, shape in self.shapes.items()}
        return {"found": list(self.found), "shapes": shapes, "content": self.content}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Traits:
        """Back from the journal."""
        return cls(
            tuple(said["found"]), {name: Shape(*shape) for name, shape in said["shapes"].items()}, said["content"]
        )


def columns_of(resource: Resource) -> Columns:
    """The declared columns, each with its other names."""
    aliases = {alias: field.name for field in resource.fields for alias in field.aliases}
    return Columns(dict.fromkeys(field.name for field in resource.fields), aliases)


def may_be_absent(resource: Resource) -> set[str]:
    """Columns whose cells may be taken as empty where the column is missing."""
    if resource.drift.missing != "empty":
        return set()
    bound = {*resource.load.key, *resource.totals, resource.load.operation}
    return {f.name for f in resource.delivered if f.name not in bound and not f.required}


def changes_of(
    resource: Resource, came: Came, assumed: Mapping[str, str], now: Traits, before: Traits | None
) -> list[Change]:
    """Every difference that the policy does not ignore; ``assumed`` are the aliases that nobody declared."""
    policy = resource.drift
    found = [Change("missing", field=name) for name in came.absent]
    found += [Change("renamed", column, name) for name, column in came.under.items() if column in assumed]
    if policy.added != "ignore":
        found += [Change("added", name[:_NAME]) for name in dict.fromkeys(came.undeclared)][:MOST]
    if before is None:
        return found
    if policy.reordered != "ignore" and (moved := _moved(before.found, now.found)):
        found.append(Change("reordered", moved))
    if policy.retyped != "ignore":
        found += [
            Change("retyped", field=name, was=was.kind, now=now.shapes[name].kind)
            if how != "length"
            else Change("retyped", field=name, was=f"{was.length}", now=f"{now.shapes[name].length}")
            for name, was in before.shapes.items()
            if name in now.shapes and (how := changed(was, now.shapes[name]))
        ]
    return found


def _moved(before: Iterable[str], now: Iterable[str]) -> str:
    """The first column that stands elsewhere among those that came before too; empty if none does."""
    left, right = list(before), list(now)
    old, new = ([name for name in names if name in others] for names, others in ((left, right), (right, left)))
    return next((name for was, name in zip(old, new, strict=False) if was != name), "")


_SAID = {
    "added": "column {column!r} is not declared",
    "reordered": "the columns stand in another order than in the delivery before, from {column!r} on",
    "retyped": "the cells of {field!r} are of another kind than in the delivery before ({was}, now {now})",
}
_REMEDY = {
    "added": "Declare it in the resource's fields, or allow it with `drift: {added: note}`",
    "reordered": "Compare the columns with the department; if all is well, allow it with `drift: {reordered: note}`",
    "retyped": "Compare the column with the department; if all is well, allow it with `drift: {retyped: note}`",
}


def require_allowed(resource: Resource, has_header: bool, changes: Iterable[Change]) -> None:
    """HeaderFault at the first change that stops the delivery.

    Without a header, cells of another kind may be those of another column: a column stops that is only to be noted.
    """
    policy = resource.drift
    for change in changes:
        decision = getattr(policy, change.kind)
        shifted = change.kind == "retyped" and not has_header and "retyped" not in policy.model_fields_set
        if change.kind in _SAID and (decision == "stop" or shifted):
            raise HeaderFault(_SAID[change.kind].format(**asdict(change)), remedy=_REMEDY[change.kind])
