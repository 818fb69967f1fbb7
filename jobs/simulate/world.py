"""Building the world of the first evening."""

from __future__ import annotations

from datetime import date
from random import Random

from jobs.contracts import Catalog
from jobs.simulate.chance import draw, salt_of
from jobs.simulate.firms import build_firms, issue
from jobs.simulate.happenings import build_events
from jobs.simulate.life import live_a_day
from jobs.simulate.people import build_people
from jobs.simulate.places import build_addresses, build_grids
from jobs.simulate.things import World

__all__ = ["build_world", "live_a_day"]


def build_world(catalog: Catalog, people: int, seed: int, start: date) -> World:
    """A city of ``people`` persons on the evening of its first day."""
    day, tables = start.isoformat(), catalog.code_tables
    matters = sorted(tables["event_class_local"].values.items())
    villages = sorted(tables["dongguan_village"].values.items())
    world = World(Random(seed), seed, day, day, dict(tables["dongguan_town"].values), villages, matters)
    build_addresses(world, max(people * 3 // 5, 60))
    build_people(world, people)
    build_firms(world, max(people // 12, 60))
    salt = salt_of(seed, "residence permit")
    for person in world.persons:
        if not person.is_registered and person.document_type == "111" and draw(person.number, salt) < 0.3:
            issue(world, "residence", day, person=person.number)
    build_grids(world)
    build_events(world)
    return world
