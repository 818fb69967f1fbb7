"""The things of the simulated city. Days are ``yyyy-MM-dd`` texts: they sort, and they are what sources write."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass(slots=True)
class Address:
    """A dwelling or premises: town → village → road → door → building → unit → room, and what it was called before."""

    number: int
    id: str
    village_code: str
    village_name: str
    town_code: str
    town_name: str
    road: str
    old_road: str
    door: int
    old_door: int
    building: int
    unit: int
    room: int
    longitude: str
    latitude: str
    grid_code: str
    address_id: str
    text: str
    is_rental: bool
    changed: str


@dataclass(slots=True)
class Person:
    """A person and what is true of them today."""

    number: int
    id: str
    name: str
    former_name: str
    is_male: bool
    birth: str
    resident_id: str
    document_type: str
    document_no: str
    nationality: str
    ethnicity: str
    is_registered: bool
    home: Address
    household: int
    relation: str
    phone: str
    old_phone: str
    origin: str
    changed: str
    marital: str = "10"
    spouse: int | None = None
    mother: int | None = None
    father: int | None = None
    death: str | None = None
    employer: int | None = None
    moved_on: str = ""
    left_on: str | None = None


@dataclass(slots=True)
class Household:
    """Persons who are registered or live together; ``head`` is a person's number."""

    number: int
    id: str
    head: int
    members: list[int]
    changed: str


@dataclass(slots=True)
class Organisation:
    """A company, branch, self-employed business, public body, village collective or social organisation."""

    number: int
    id: str
    kind: str
    name: str
    uscc: str
    market_id: str
    reg_no: str
    founded: str
    address: Address
    representative: int
    capital: int
    trade: str
    changed: str
    parent: int | None = None
    former_name: str = ""
    former_boss: int | None = None
    cancelled: str | None = None


@dataclass(slots=True)
class OrganisationChange:
    """One entry of the change register."""

    number: int
    id: str
    organisation: int
    item: str
    before: str
    after: str
    changed: str


@dataclass(slots=True)
class Holding:
    """A share of a company that a person holds."""

    number: int
    id: str
    organisation: int
    holder: int
    percent: int
    changed: str


@dataclass(slots=True)
class Marriage:
    """One piece of marriage business: IA married, IB divorced."""

    number: int
    id: str
    man: int
    woman: int
    kind: str
    changed: str


@dataclass(slots=True)
class Move:
    """An entry of the household register: a death, a birth, in or out of the city."""

    number: int
    id: str
    person: int
    kind: str
    changed: str


@dataclass(slots=True)
class Licence:
    """An electronic licence; its holder is an organisation or a person."""

    number: int
    id: str
    kind: str
    identifier: str
    no: str
    organisation: int | None
    person: int | None
    issued: str
    valid_to: str
    changed: str


@dataclass(slots=True)
class Decision:
    """A decision that must be published: a permit or a penalty."""

    number: int
    id: str
    organisation: int
    doc_no: str
    decided: str
    changed: str


@dataclass(slots=True)
class Event:
    """Something that was reported: one event may come in through two channels."""

    number: int
    id: str
    matter: str
    address: Address
    reporter: int
    organisation: int
    channels: tuple[str, ...]
    reported: str
    closes: str
    voided: str | None
    changed: str


@dataclass(slots=True)
class Numbered:
    """A thing of which nothing but its number is known: a lamp, a patrol, a grid, a matter."""

    number: int
    id: str
    code: str
    name: str
    address: Address
    person: int
    organisation: int
    changed: str


@dataclass
class World:
    """All of it on one evening; ``random`` is the only source of unrepeated chance."""

    random: Random
    seed: int
    start: str
    today: str
    towns: dict[str, str]
    villages: list[tuple[str, str]]
    matters: list[tuple[str, str]]
    addresses: list[Address] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    changes: list[OrganisationChange] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    marriages: list[Marriage] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    permits: list[Decision] = field(default_factory=list)
    penalties: list[Decision] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    patrols: list[Numbered] = field(default_factory=list)
    grids: list[Numbered] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    used_ids: set[str] = field(default_factory=set)
