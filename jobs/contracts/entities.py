"""Who answers for what: authority, choices, groups and known conflicts of one base library."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from jobs.contracts.base import Day, Declared, Identifier, ResourceId, Text, shaped


class Claim(Declared):
    """One line of authority: which source answers for an element, when, and on what ground."""

    source: ResourceId
    units: tuple[Identifier, ...] = ()
    basis: Text = ""
    since: Day | None = None
    until: Day | None = None
    when: Annotated[str, shaped(r"^[a-z][a-z0-9_]* like '[0-9A-Z_%]+'$", "a case: uscc like '92%'")] | None = None
    role: Identifier | None = None
    fallback: bool = False


class Choice(Declared):
    """No lawful source exists: the value last verified among equals, always flagged."""

    choose: Annotated[str, shaped(r"^latest\([a-z][a-z0-9_]*\)$", "how to choose: latest(verified_on)")]
    among: Annotated[tuple[ResourceId, ...], Field(min_length=1)]
    units: tuple[Identifier, ...] = ()
    basis: Text = ""

    @property
    def ordered_by(self) -> str:
        """The element whose latest value decides."""
        return self.choose[len("latest(") : -1]


class Group(Declared):
    """Elements taken whole from one source record, or not at all."""

    name: Text
    elements: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    rule: Text = ""
    latest: Identifier | None = None


class Conflict(Declared):
    """A disagreement known from practice, and how it is handled."""

    element: Identifier
    seen: Text
    rate: Text = ""
    handling: Text = ""


Authority = Annotated[
    Annotated[Choice, Tag("choice")] | Annotated[tuple[Claim, ...], Field(min_length=1), Tag("claims")],
    Discriminator(lambda value: "choice" if isinstance(value, dict | Choice) else "claims"),
]
Key = Annotated[
    Annotated[Identifier, Tag("one")] | Annotated[tuple[Identifier, ...], Field(min_length=2), Tag("several")],
    Discriminator(lambda value: "one" if isinstance(value, str) else "several"),
]


class Entity(Declared):
    """``catalog/entities/<entity>.yml``: a base library's rule of one datum, one source (一数一源)."""

    entity: Identifier
    name: Text
    library: Text
    lead: tuple[Identifier, ...]
    keys: tuple[Key, ...]
    name_element: Identifier | None = None
    compound_keys: tuple[tuple[Identifier, ...], ...] = ()
    authority: dict[Identifier, Authority]
    groups: tuple[Group, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: dict[str, Text] = {}
