"""The city itself, as it is on the last evening: who there is, how they belong together, how places are also called."""

from __future__ import annotations

from pathlib import Path

from jobs.simulate.places import ALIASES, written
from jobs.simulate.tables import Table
from jobs.simulate.things import World

PERSONS = (
    "entity_id",
    "name",
    "resident_id",
    "document_type",
    "document_no",
    "birth_date",
    "sex",
    "marital",
    "death_date",
)
ORGANISATIONS = ("entity_id", "kind", "name", "former_name", "uscc", "address_id", "cancelled_on")
RELATIONS = ("kind", "from_id", "to_id")
ADDRESS_ALIASES = ("address_id", "kind", "text")


def write_world(world: World, folder: Path) -> dict[str, int]:
    """Write the city; returns how much of everything there is."""
    _persons(world, folder)
    _organisations(world, folder)
    relations = _relations(world, folder)
    _aliases(world, folder)
    return {
        "persons": len(world.persons),
        "households": len(world.households),
        "organisations": len(world.organisations),
        "branches": sum(o.parent is not None for o in world.organisations),
        "addresses": len(world.addresses),
        "grids": len(world.grids),
        "licences": len(world.licences),
        "events": len(world.events),
        "marriages": len(world.marriages),
        "relations": relations,
        "twins": len(world.twins),
        "without_number": sum(not p.document_no for p in world.persons),
        "foreign": sum(p.nationality not in ("CHN", "HKG", "MAC", "TWN") for p in world.persons),
        "hmt": sum(p.nationality in ("HKG", "MAC", "TWN") for p in world.persons),
        "rare_names": sum(any(char > "\uffff" for char in p.name) for p in world.persons),
        "births": sum(m.birth > world.start for m in world.persons),
        "deaths": sum(p.death is not None for p in world.persons),
    }


def _persons(world: World, folder: Path) -> None:
    table = Table(folder / "world" / "persons.parquet", PERSONS)
    for p in world.persons:
        sex = "1" if p.is_male else "2"
        table.row(
            p.id,
            p.name,
            p.resident_id or None,
            p.document_type,
            p.document_no or None,
            p.birth,
            sex,
            p.marital,
            p.death,
        )
    table.close()


def _organisations(world: World, folder: Path) -> None:
    table = Table(folder / "world" / "organisations.parquet", ORGANISATIONS)
    for o in world.organisations:
        table.row(o.id, o.kind, o.name, o.former_name or None, o.uscc, o.address.address_id, o.cancelled)
    table.close()


def _relations(world: World, folder: Path) -> int:
    """Pairs of true entities: spouses, parents, twins, households, employers, heads, owners, branches."""
    table = Table(folder / "world" / "relations.parquet", RELATIONS)
    for p in world.persons:
        if p.spouse is not None and p.spouse > p.number:
            table.row("spouse", p.id, f"P{p.spouse}")
        for parent in (p.mother, p.father):
            if parent is not None:
                table.row("parent", p.id, f"P{parent}")
        if p.employer is not None:
            table.row("employed_by", p.id, f"O{p.employer}")
    for left, right in world.twins:
        table.row("twin", f"P{left}", f"P{right}")
    for household in world.households:
        for member in household.members:
            table.row("member_of", f"P{member}", household.id)
    for o in world.organisations:
        table.row("represents", f"P{o.representative}", o.id)
        if o.parent is not None:
            table.row("branch_of", o.id, f"O{o.parent}")
    for holding in world.holdings:
        table.row("holds", f"P{holding.holder}", f"O{holding.organisation}")
    table.close()
    return table.rows


def _aliases(world: World, folder: Path) -> None:
    """Other writings of an address that are in use, where they differ from the standard one."""
    table = Table(folder / "world" / "aliases.parquet", ADDRESS_ALIASES)
    for address in world.addresses:
        for style, kind in ALIASES:
            table.row(address.address_id, kind, written(address, style))
    table.close()
