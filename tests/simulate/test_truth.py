"""The truth: every planted error recorded, rows that balance, cells that follow from the catalog."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict

from jobs.simulate.errors import CODE_KINDS, KINDS, ROW_KINDS, STRANGER_KIND
from tests.simulate.conftest import LAST, City


def test_kinds_of_planted_errors(city: City) -> None:
    """At least 25 kinds are met at 2,000 persons, each of a known name, each kind with one verdict."""
    verdicts = defaultdict(set)
    for error in city.errors:
        verdicts[error["kind"]].add(error["verdict"])
    known = {kind.id for kind in KINDS} | set(CODE_KINDS) | set(ROW_KINDS) | {STRANGER_KIND}
    assert set(verdicts) <= known
    assert len(verdicts) >= 45
    assert all(len(found) == 1 for found in verdicts.values())
    assert set().union(*verdicts.values()) >= {"repaired", "flagged", "converted", "empty", "disputed", "quarantined"}


def test_errors_stand_where_the_truth_says(city: City) -> None:
    """The delivered text of each cell error is found in its file, row and column; the clean value is another."""
    catalog = city.catalog
    checked = 0
    for resource in ("gaj.household.person", "rsj.si.person", "shwj.tax.register", "zsj.hotline.order"):
        access, fmt = catalog.access[resource], catalog.format_of(resource)
        found = defaultdict(list)
        for error in city.errors:
            if error["resource"] == resource and error["column"] and error["delivery"] == "landed":
                found[error["file"]].append(error)
        for file, errors in found.items():
            text = (city.out / "inbox" / (access.path or "") / file).read_bytes().decode(fmt.encoding)
            rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=fmt.delimiter))
            for error in errors:
                cell = rows[error["row_no"]][rows[0].index(error["column"])]
                assert error["clean"] != error["delivered"]
                assert cell in (error["delivered"], "", "锟斤拷锟斤拷")
                checked += cell == error["delivered"]
    assert checked > 50


def test_errors_stay_until_they_are_corrected(city: City) -> None:
    """A department that sends everything every day sends most of its errors again."""
    days = defaultdict(set)
    people = {(r["file"], r["row_no"]): r["entity_id"] for r in city.records if r["resource"] == "rsj.si.person"}
    for error in city.errors:
        if error["resource"] == "rsj.si.person" and error["column"]:
            who = people[error["file"], error["row_no"]]
            days[error["period"]].add((who, error["column"], error["delivered"]))
    first, second = days["2026-03-02"], days["2026-03-03"]
    assert 0.6 < len(first & second) / len(first) < 1


def test_ledger_balances(city: City) -> None:
    """Received = landed + rejected; landed = current + quarantined + duplicate + superseded + withdrawn."""
    assert {entry["date"] for entry in city.ledger} == {"2026-03-02", "2026-03-03", LAST}
    for e in city.ledger:
        assert e["received"] == e["landed"] + e["rejected"]
        assert e["landed"] == sum(
            e[name] for name in ("current", "quarantined", "duplicate", "superseded", "withdrawn")
        )
    total = Counter[str]()
    for e in city.ledger:
        if e["date"] == LAST:
            total.update(
                {name: e[name] for name in ("rejected", "quarantined", "duplicate", "superseded", "withdrawn")}
            )
    assert all(total.values())


def test_ledger_counts_what_was_landed(city: City) -> None:
    """Rows of refused, repeated and not yet received deliveries are not in it."""
    for day in ("2026-03-02", LAST):
        expected = Counter[str]()
        for d in city.deliveries:
            if d["verdict"] == "landed" and d["received_at"][:10] <= day:
                expected[d["resource"]] += d["rows"]
        received = {e["resource"]: e["received"] for e in city.ledger if e["date"] == day}
        assert received == dict(expected)


def test_golden_cells_have_one_source_that_the_catalog_names(city: City) -> None:
    """One value an entity and element, from a source with a claim."""
    for name, entity in city.catalog.entities.items():
        seen = set()
        for cell in city.table(f"golden/{name}"):
            assert (cell["key"], cell["element"]) not in seen
            seen.add((cell["key"], cell["element"]))
            chain = entity.authority[cell["element"]]
            allowed = [c.source for c in chain] if isinstance(chain, tuple) else list(chain.among)
            assert cell["source"] in allowed
        assert seen


def test_golden_values_are_those_of_the_city(city: City) -> None:
    """A registered person's name and birthday are the true ones, but where an error stands undetected."""
    persons = {p["entity_id"]: p for p in city.table("world/persons")}
    wrong = Counter[str]()
    n = 0
    for cell in city.table("golden/person"):
        if cell["source"] == "gaj.household.person" and cell["element"] in ("person_name", "birth_date", "resident_id"):
            column = {"person_name": "name"}.get(cell["element"], cell["element"])
            wrong[cell["element"]] += persons[cell["entity_id"]][column] != cell["value"]
            n += 1
    assert n > 1_000
    assert sum(wrong.values()) < 0.02 * n


def test_losing_values_differ_from_the_chosen(city: City) -> None:
    """Known disagreements are there: old addresses, old phones, stale marital status."""
    golden = {(c["key"], c["element"]): c["value"] for c in city.table("golden/person")}
    losers = city.table("conflicts/person")
    assert all(golden[row["key"], row["element"]] == row["chosen"] != row["value"] for row in losers)
    assert {"residence_address", "mobile_phone", "marital_status"} <= {row["element"] for row in losers}


def test_every_mention_has_its_entity(city: City) -> None:
    """A marriage speaks of a man and a woman, a firm's record of the firm and its head."""
    roles = defaultdict(set)
    for mention in city.table("mentions"):
        assert mention["entity_id"]
        roles[mention["resource"]].add((mention["entity"], mention["role"]))
    assert roles["mzj.marriage.registration"] == {("person", "man"), ("person", "woman")}
    assert ("person", "legal_rep") in roles["scjgj.reg.enterprise"]
    assert ("organisation", "subject") in roles["scjgj.reg.enterprise"]
