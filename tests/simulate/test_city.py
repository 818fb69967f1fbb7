"""A world, not random columns: identities that check, relations that fit, people whom systems forget."""

from __future__ import annotations

from collections import Counter

import pytest
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10, mod_37_36

from jobs.simulate import identifiers as ids
from tests.simulate.conftest import City


def test_resident_ids_check_and_are_unique(city: City) -> None:
    """By an independent implementation, for all who have one; residents from 港澳台 and abroad included."""
    persons = [p for p in city.table("world/persons") if p["resident_id"]]
    assert len({p["resident_id"] for p in persons}) == len(persons) > 1_900
    assert all(ric.calc_check_digit(p["resident_id"]) == p["resident_id"][-1] for p in persons)
    assert all(p["resident_id"][6:14] == p["birth_date"].replace("-", "") for p in persons)
    assert all((int(p["resident_id"][16]) % 2 == 1) == (p["sex"] == "1") for p in persons)


def test_credit_codes_check(city: City) -> None:
    """All organisations, each with a code of its own."""
    codes = [o["uscc"] for o in city.table("world/organisations")]
    assert all(uscc.calc_check_digit(code[:-1]) == code[-1] for code in codes)
    assert all(uscc.is_valid(code) for code in codes if code[0] in "159")
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("number", [0, 7, 96, 12_345, 99_999_999])
def test_other_numbers_check(number: int) -> None:
    """Registration numbers by MOD 11,10, licence identifiers by MOD 37,36."""
    assert mod_11_10.is_valid(ids.registration_no("441900", number))
    licence = ids.licence_identifier("11100000000013338W011", "11441900007330010R", number)
    body = licence.removeprefix("1.2.156.3005.2.").replace(".", "")
    assert mod_37_36.is_valid(body)


def test_people_whom_systems_forget(city: City) -> None:
    """Twins, rare characters, 港澳台 and foreign residents, persons without a number."""
    persons = {p["entity_id"]: p for p in city.table("world/persons")}
    twins = [r for r in city.table("world/relations") if r["kind"] == "twin"]
    assert twins
    for twin in twins:
        one, other = persons[twin["from_id"]], persons[twin["to_id"]]
        assert one["birth_date"] == other["birth_date"]
        assert one["resident_id"] != other["resident_id"]
        assert one["resident_id"][:14] == other["resident_id"][:14]
    assert any(char >= "\U00020000" for p in persons.values() for char in p["name"])
    kinds = Counter(p["document_type"] for p in persons.values())
    assert kinds["414"] and kinds["H01"] + kinds["H02"] and kinds["H03"]
    assert any(p["document_no"] is None for p in persons.values())
    assert any("·" in p["name"] for p in persons.values())


def test_names_are_skewed_as_real_ones(city: City) -> None:
    """Ten surnames carry a good third of the people, most given names are rare."""
    first = Counter(p["name"][0] for p in city.table("world/persons") if p["name"][0] > "\u3000")
    assert 0.35 < sum(count for _, count in first.most_common(10)) / first.total() < 0.75
    assert len(first) > 40


def test_relations_fit(city: City) -> None:
    """Spouses are mutual and married, parents are older, heads and owners are persons of the city."""
    persons = {p["entity_id"]: p for p in city.table("world/persons")}
    firms = {o["entity_id"] for o in city.table("world/organisations")}
    relations = city.table("world/relations")
    kinds = Counter(r["kind"] for r in relations)
    assert set(kinds) == {"spouse", "parent", "twin", "member_of", "employed_by", "represents", "holds", "branch_of"}
    for r in relations:
        if r["kind"] == "spouse":
            assert {persons[r["from_id"]]["marital"], persons[r["to_id"]]["marital"]} == {"20"}
        if r["kind"] == "parent":
            assert persons[r["to_id"]]["birth_date"][:4] < persons[r["from_id"]]["birth_date"][:4]
        if r["kind"] in ("represents", "holds"):
            assert r["from_id"] in persons
            assert r["to_id"] in firms


def test_days_bring_change(city: City) -> None:
    """Births, deaths, marriages, renamed, moved and cancelled firms, new ones and branches."""
    counts = city.counts
    assert counts["births"] >= 2
    assert counts["deaths"] >= 2
    assert counts["persons"] > 2_000
    assert counts["branches"] > 3
    firms = city.table("world/organisations")
    assert {o["kind"] for o in firms} == {"91", "92", "11", "12", "52", "N2"}
    assert any(o["former_name"] for o in firms)
    assert any((o["cancelled_on"] or "") > "2026-03-02" for o in firms)
    registered = city.out / "inbox" / "mzj" / "marriage"
    assert {path.name[5:13] for path in registered.glob("*.jsonl")} >= {"20260303", "20260304"}


def test_places_have_other_names(city: City) -> None:
    """Each address is in a real village of a real town and is written in three other ways."""
    villages = city.catalog.code_tables["dongguan_village"].values
    aliases = city.table("world/aliases")
    assert {a["address_id"][:12] for a in aliases} <= set(villages)
    assert Counter(a["kind"] for a in aliases).keys() == {"short", "old_name", "old_door"}
    assert any("东莞市东城区" in a["text"] or "东莞市南城区" in a["text"] for a in aliases)
