"""Authority as a table: what a source has to say of an element, and whether it may be doubted."""

from __future__ import annotations

from collections import Counter

from jobs.contracts import Catalog
from jobs.fuse.policy import BEYOND_DOUBT, Say, authority_table, doubted_of, elements_of
from jobs.rules.mentions import mention_sources
from jobs.rules.rule import SUSPECT, flag_sql
from jobs.standardise.policy import standard_of

DAY = "2026-03-02"


def says(catalog: Catalog, entity: str) -> list[Say]:
    """All says of the sources of one kind of entity."""
    declared = catalog.entities[entity]
    table = authority_table(declared, mention_sources(catalog, declared), DAY)
    return [Say(**row) for row in table.to_pylist()]


def test_every_value_of_a_source_is_heard_once(catalog: Catalog) -> None:
    """Twice, and a value that lost would stand twice among the conflicts; never, and it would be missing there."""
    for name, entity in catalog.entities.items():
        heard = Counter((say.resource, say.role, say.element) for say in says(catalog, name) if say.heard)
        carried = {
            (source.id, source.role, element)
            for source in mention_sources(catalog, entity)
            for element in source.elements
            if element in entity.authority
        }
        assert heard == Counter(carried)


def test_what_is_heard_stands_wherever_the_source_has_a_value(catalog: Catalog) -> None:
    for name in catalog.entities:
        for say in says(catalog, name):
            assert not say.heard or (say.lead, say.lead_doubt, say.case) == (say.position, say.doubt, 0)


def test_a_column_is_doubted_exactly_when_its_flag_may_be_a_suspect_one(catalog: Catalog) -> None:
    """Fusion asks no other column: a doubt that it missed would let a suspect value win."""
    seen = set()
    for entity in catalog.entities.values():
        for source in mention_sources(catalog, entity):
            for cell in standard_of(catalog, source.resource, DAY).cells:
                flag = flag_sql(cell.rule, "raw", "text", "parsed", cell.policy)
                is_suspect = any(f"'{one}'" in flag for one in SUSPECT)
                assert (cell.column in source.doubted) == is_suspect, (source.id, cell.column)
                seen.add(is_suspect)
    assert seen == {True, False}


def test_a_say_points_at_the_doubts_of_its_own_element_and_of_the_one_that_decides(catalog: Catalog) -> None:
    for name, entity in catalog.entities.items():
        sources = {(source.id, source.role): source for source in mention_sources(catalog, entity)}
        for say in says(catalog, name):
            source = sources[say.resource, say.role]
            elements, doubted = elements_of(entity, source), ["", *doubted_of(entity, source)]
            for position, doubt in ((say.position, say.doubt), (say.lead, say.lead_doubt)):
                element = elements[position - 1]
                is_doubted = source.elements.get(element) in source.doubted
                assert doubted[doubt - 1] == (element if is_doubted else "")
                assert is_doubted == (doubt != BEYOND_DOUBT)
