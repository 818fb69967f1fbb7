"""Columns find their elements: the short version of ``make bench NAME=profile``, and what makes a match certain."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from jobs.contracts import Catalog
from jobs.profile import profile_file
from jobs.profile.facts import Codes, gather_facts
from jobs.profile.likeness import Index, make_index
from jobs.profile.match import Match, Matcher, can_hold
from jobs.rules import words
from tests.profile.conftest import City
from tests.profile.deliveries import Delivery, renamed

DECLARED = ("gaj.household.person", "wbb.sydw.institution", "zfw.zwgc.staff")
RENAMED = (("gaj.household.person", "written"), ("zsj.hotline.order", "initials"), ("zfw.zwgc.staff", "abbreviated"))
PEOPLE = [["11010519491231002X"], ["440524188001010014"], ["441900199003071238"], ["441900198506152465"]]


def outcomes(catalog: Catalog, deliveries: list[Delivery]) -> Counter[str]:
    found: Counter[str] = Counter()
    for delivery in deliveries:
        for match in profile_file(delivery.path, catalog).matches:
            right = match.chosen is not None and match.chosen.element == delivery.truth[match.column]
            found[f"{'right' if right else 'wrong'} {match.grade}"] += 1
    return found


def share(found: Counter[str]) -> float:
    return sum(count for outcome, count in found.items() if outcome.startswith("right")) / found.total()


def test_declared_names(city: City) -> None:
    found = outcomes(city.catalog, [city.delivery(resource) for resource in DECLARED])
    assert share(found) >= 0.9, found
    assert found["right certain"] > 30
    assert found["wrong certain"] == 0


def test_names_nobody_declared(city: City, tmp_path: Path) -> None:
    deliveries = [
        renamed(city.catalog, city.index, city.delivery(resource), style, 1, tmp_path) for resource, style in RENAMED
    ]
    for delivery in deliveries:
        assert not any(map(city.index.is_word, delivery.truth))
    found = outcomes(city.catalog, deliveries)
    assert share(found) >= 0.6, found
    assert found["wrong certain"] == 0


def test_content_alone_finds_ids_and_is_never_certain(city: City, tmp_path: Path) -> None:
    source = city.delivery("rsj.si.person")
    delivery = renamed(city.catalog, city.index, source, "numbered", 1, tmp_path)
    matches = profile_file(delivery.path, city.catalog).matches
    right = {m.chosen.element for m in matches if m.chosen and m.chosen.element == delivery.truth[m.column]}
    assert {"resident_id", "person_name", "birth_date", "sex"} <= right
    assert all(match.grade != "certain" for match in matches)


def matched(catalog: Catalog, index: Index, header: str, values: list[str]) -> Match:
    facts = gather_facts([values], Codes(catalog))
    return Matcher(catalog, index).match([(header, "", facts[0])])[0]


IDS = [row[0] for row in PEOPLE]
WORDS = ["不适用", "另行登记", "见附件", "不适用"]


@pytest.mark.parametrize(
    ("header", "values", "element", "grade"),
    [
        ("公民身份号码", IDS, "resident_id", "certain"),
        ("公民身份号码(必填)", IDS, "resident_id", "certain"),
        ("公民身份号码", WORDS, "resident_id", "likely"),
        ("身份证件", IDS, "resident_id", "likely"),
        ("ZJHM", IDS, "id_document_no", "likely"),
    ],
)
def test_grades(catalog: Catalog, index: Index, header: str, values: list[str], element: str, grade: str) -> None:
    found = matched(catalog, index, header, values)
    assert (found.chosen.element if found.chosen else None, found.grade) == (element, grade)


def test_an_ambiguous_name_lists_its_candidates(catalog: Catalog, index: Index) -> None:
    found = matched(catalog, index, "ZJHM", IDS)
    assert {other.element for other in found.others} & {"right_holder_id_no", "exit_document_no"}


def test_nothing_known_stays_unknown(catalog: Catalog, index: Index) -> None:
    assert matched(catalog, index, "ZZZ99", ["a", "b", "c"]).grade == "unknown"


def test_nothing_of_a_resource_is_in_the_index(catalog: Catalog, index: Index) -> None:
    """What the measurement takes for the truth must not be among what is matched with."""
    words = {word for e in catalog.elements.values() for word in (e.id, e.name, e.identifier, *e.synonyms)}
    declared = {field.name for resource in catalog.resources.values() for field in resource.delivered}
    foreign = {name for name in declared if not any(name.casefold() == word.casefold() for word in words)}
    assert len([name for name in foreign if not index.is_word(name)]) > 100


def test_no_header_is_a_name_of_one_element_alone_where_a_resource_means_another(catalog: Catalog) -> None:
    """What departments write for two elements is a name of both: a draft must not call either certain."""
    index = make_index(catalog)
    alone = {}
    for resource in catalog.resources.values():
        for field in resource.delivered:
            named = {element for form in words.forms(field.name) for element in index.exact.get(form, ())}
            named = {element for element in named if can_hold(catalog.elements[element], field.name)}
            if len(named) == 1 and field.element not in named:
                alone[field.name] = (resource.id, field.element, *named)
    assert alone == {}
