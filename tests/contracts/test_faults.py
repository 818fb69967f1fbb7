"""Wrong catalogs: each mistake is one fault that names file, line and key, and says what was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from jobs.contracts import CatalogFaults, Fault, load_catalog

HOUSEHOLD = "catalog/sources/gaj/household.yml"
RULES = "expectations/3_standardised/gaj.household.person.yml"
NULL = "expect: expect_column_values_to_not_be_null"


@dataclass(frozen=True)
class Wrong:
    """One mistake, made by ``make`` in ``file``; the fault stands on the line that holds ``at`` and ``says`` so."""

    name: str
    file: str
    at: str
    says: tuple[str, ...]
    make: Callable[[Path], None]


def replacing(old: str, new: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text, f"the catalog has changed: {old!r} is gone, correct this test"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return make


def holding(content: str | bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return make


def ending(text: str) -> Callable[[Path], None]:
    return lambda path: holding(path.read_bytes() + text.encode())(path)


def declared() -> list[Wrong]:
    """Mistakes of ``wrong.yml``."""
    rows = yaml.safe_load(Path(__file__).with_name("wrong.yml").read_text(encoding="utf-8"))
    return [
        Wrong(row["name"], row["file"], row["at"], tuple(row["says"]), replacing(row["old"], row["new"]))
        for row in rows
    ]


def rule(name: str, text: str, at: str, *says: str) -> Wrong:
    return Wrong(name, RULES, at, says, holding(text))


BOMB = "bomb: [&x 1, " + ", ".join(["*x"] * 100) + "]\n"
WRONG = [
    *declared(),
    Wrong("alias bomb", HOUSEHOLD, "bomb: [", ("more than 20 aliases", "write the values out"), ending(BOMB)),
    Wrong("oversized file", HOUSEHOLD, "", ("larger than 4,000,000 bytes", "split it"), ending("#" * 4_000_000)),
    Wrong("not UTF-8", HOUSEHOLD, "", ("not UTF-8 at byte 2", "as UTF-8"), holding("# 户籍".encode("gb18030"))),
    Wrong("empty file", HOUSEHOLD, "", ("input should be a mapping",), holding("# nothing\n")),
    Wrong(
        "code given twice",
        "catalog/standards/codes/sex.csv",
        "9,再来",
        ("code '9' is given twice", "keep one"),
        ending("9,再来\n"),
    ),
    Wrong(
        "file with a wrong ending",
        "catalog/sources/gaj/household.yaml",
        "",
        ("nothing reads this file", "<system>.yml"),
        holding("system: {}\n"),
    ),
    Wrong(
        "expectations of an unknown table",
        "expectations/3_standardised/gaj.household.persons.yml",
        "expect:",
        ("resource 'gaj.household.persons' is unknown", "gaj.household.person"),
        holding(f"- {NULL}\n  with: {{column: sex}}\n"),
    ),
    Wrong(
        "expectations of an unknown layer",
        "expectations/standardised/gaj.household.person.yml",
        "expect:",
        ("no layer is called 'standardised'", "3_standardised"),
        holding(f"- {NULL}\n"),
    ),
    Wrong(
        "expectations of an unknown theme table",
        "expectations/6_derived/population__residents.yml",
        "expect:",
        ("table of population 'residents' is unknown", "resident_count"),
        holding(f"- {NULL}\n  with: {{column: n}}\n"),
    ),
    Wrong(
        "expectation of an element without authority",
        "expectations/5_fused/person.yml",
        "with",
        ("column 'height_cm' is unknown",),
        holding(f"- {NULL}\n  with: {{column: height_cm}}\n"),
    ),
    rule("expectations that are no list", "expect: all good\n", "", "expected a list of rules"),
    rule(
        "expectation of an unknown column",
        f"- {NULL}\n  with: {{column: residentid}}\n",
        "with",
        "column 'residentid' is unknown",
        "resident_id",
    ),
    rule(
        "unknown severity", f"- {NULL}\n  severity: fatal\n  with: {{column: sex}}\n", "fatal", "severity", "'critical'"
    ),
    rule(
        "pattern that engines read differently",
        "- expect: expect_column_values_to_match_regex\n  with: {column: sex, regex: '^\\d$'}\n",
        "with",
        "read differently by each engine",
        "[0-9]",
    ),
    rule(
        "limit of another type",
        "- expect: expect_column_values_to_be_between\n  with: {column: birth_date, min_value: 1900}\n",
        "with",
        "do not fit a column of type date",
        "yyyy-MM-dd",
    ),
    rule(
        "unknown argument",
        "- expect: expect_column_values_to_be_in_set\n  with: {column: sex, values: ['1']}\n",
        "with",
        "'values' is not one that",
        "value_set",
    ),
]


def faults_of(home: Path) -> list[Fault]:
    with pytest.raises(CatalogFaults) as caught:
        load_catalog(home)
    assert "brain check" in caught.value.remedy
    return caught.value.faults


def test_the_part_itself_is_without_fault(home: Path) -> None:
    assert load_catalog(home).resources


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_a_mistake_is_one_fault_with_its_place_and_remedy(home: Path, wrong: Wrong) -> None:
    wrong.make(home / wrong.file)
    faults = [fault for fault in faults_of(home) if not _follows(wrong, fault)]
    assert len(faults) == 1, [str(fault) for fault in faults]
    fault = faults[0]
    for part in wrong.says:
        assert part in str(fault)
    assert "Planted" not in str(fault), "what may be a secret is not repeated"
    if wrong.at:
        assert fault.file == wrong.file
        lines = (home / wrong.file).read_text(encoding="utf-8").splitlines()
        assert wrong.at in lines[fault.line - 1], f"line {fault.line}: {lines[fault.line - 1]}"


def _follows(wrong: Wrong, fault: Fault) -> bool:
    """An id given to two things is wrong where it stands, and the one that it should have been is missing."""
    return wrong.name.startswith("duplicate id") and "is unknown" in fault.problem


def test_five_mistakes_are_five_faults(home: Path) -> None:
    chosen = ["unknown key", "bad type", "unknown code table", "access without pattern", "group without authority"]
    wrongs = [wrong for wrong in WRONG if wrong.name in chosen]
    for wrong in wrongs:
        wrong.make(home / wrong.file)
    faults = faults_of(home)
    assert len(faults) == 5
    for wrong in wrongs:
        assert sum(all(part in str(fault) for part in wrong.says) for fault in faults) == 1, wrong.name


def test_what_a_field_and_the_key_name_is_looked_up_whatever_else_is_wrong_with_the_resource(home: Path) -> None:
    replacing("cycle: daily", "cycle: fortnightly")(home / HOUSEHOLD)
    replacing("element: birth_date", "element: birthdate")(home / HOUSEHOLD)
    replacing("label: 姓名, element: person_name", "lable: 姓名, element: personname")(home / HOUSEHOLD)
    replacing("key: [GMSFHM]", "key: [SFZH]")(home / HOUSEHOLD)
    said = [fault.problem for fault in faults_of(home)]
    assert sum("column 'SFZH' is not among the fields" in problem for problem in said) == 1
    assert sum("cycle" in problem or "'daily'" in problem for problem in said) == 1
    assert sum("element 'birthdate' is unknown" in problem for problem in said) == 1
    assert not any("personname" in problem for problem in said), "a field is read once its own form is right"


def test_an_unreadable_register_is_one_fault_not_thousands(home: Path) -> None:
    for name in ("departments.yml", "standards/elements.yml", "standards/codes.yml"):
        ending("\t- [")(home / "catalog" / name)
    assert [fault.file.removeprefix("catalog/") for fault in faults_of(home)] == [
        "departments.yml",
        "standards/codes.yml",
        "standards/elements.yml",
    ]


def test_a_missing_register_is_named(home: Path) -> None:
    (home / "catalog" / "departments.yml").unlink()
    assert [str(fault) for fault in faults_of(home)] == [
        "catalog/departments.yml:1: file is missing; `brain check` needs it"
    ]


@pytest.mark.parametrize(
    "hostile",
    ["[" * 100_000, "- " * 50_000, f"a: {'9' * 100_000}", "a: !!int x", "&a [*a]", "a: &a {b: *a}", "? {a: b}\n: c"],
    ids=["brackets", "dashes", "digits", "tag", "list in itself", "mapping in itself", "mapping as key"],
)
def test_a_hostile_file_is_a_fault_and_not_a_crash(home: Path, hostile: str) -> None:
    holding(hostile)(home / HOUSEHOLD)
    assert {fault.file for fault in faults_of(home)} == {HOUSEHOLD}


def test_an_anchor_means_what_it_marks_wherever_it_is_named(home: Path) -> None:
    written = load_catalog(home).resources["gaj.household.person"]
    replacing("load: {mode: full, key: [GMSFHM]}", "load: {mode: full, key: &key [GMSFHM]}")(home / HOUSEHOLD)
    replacing("  level: G3\n  items", "  totals: *key\n  level: G3\n  items")(home / HOUSEHOLD)
    meant = load_catalog(home).resources["gaj.household.person"]
    assert meant == written.model_copy(update={"totals": ("GMSFHM",)})


@pytest.mark.parametrize("text", ["no", "on", "12:30:45", "2_950_000", "0o12", "2026-03-01", "~x", "=1"])
def test_a_text_that_older_yaml_reads_as_another_thing_stays_a_text(home: Path, text: str) -> None:
    replacing('volume: "2950000"', f"volume: {text}")(home / HOUSEHOLD)
    assert load_catalog(home).resources["gaj.household.person"].volume == text


@pytest.mark.parametrize("subject", ["family", "plan", "place", "event", "licence", "water"])
def test_a_resource_may_be_about_something_of_its_own(home: Path, subject: str) -> None:
    replacing("subject: person", f"subject: {subject}")(home / HOUSEHOLD)
    assert load_catalog(home).resources["gaj.household.person"].subject == subject
