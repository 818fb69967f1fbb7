"""The real catalog loads, nothing of it is lost on the way, and its words hold together."""

from __future__ import annotations

from pathlib import Path

import yaml

from jobs.contracts import Catalog, load_catalog


def _plain(path: Path) -> object:
    """The file as an ordinary YAML reader sees it: no caps, no models."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - texts only


def test_every_declaration_arrives(project: Path, catalog: Catalog) -> None:
    root = project / "catalog"
    files = [_plain(path) for path in root.glob("sources/*/*.yml")]
    resources = [resource for file in files for resource in file["resources"]]
    assert len(catalog.systems) == len(files)
    assert set(catalog.resources) == {resource["id"] for resource in resources}
    assert sum(len(r.fields) for r in catalog.resources.values()) == sum(len(r["fields"]) for r in resources)
    assert len(catalog.departments) == len(_plain(root / "departments.yml"))
    assert len(catalog.elements) == len(_plain(root / "standards" / "elements.yml")["elements"])
    assert set(catalog.code_tables) == set(_plain(root / "standards" / "codes.yml"))
    assert set(catalog.access) == set(_plain(root / "connections.yml"))
    assert set(catalog.themes) == {path.parent.name for path in root.glob("themes/*/theme.yml")}
    assert set(catalog.entities) == {path.stem for path in root.glob("entities/*.yml")}


def test_the_domain_is_there_in_full(catalog: Catalog) -> None:
    """The figures of the city's inventory; declarations may be added, never lost."""
    fields = sum(len(resource.fields) for resource in catalog.resources.values())
    assert len(catalog.departments) >= 71
    assert len(catalog.systems) >= 131
    assert len(catalog.resources) >= 172
    assert fields >= 2349
    assert len(catalog.elements) >= 528
    assert len(catalog.themes) >= 38
    assert {"person", "organisation", "address", "licence"} <= set(catalog.entities)


def test_every_code_of_every_table_arrives(project: Path, catalog: Catalog) -> None:
    for name, table in catalog.code_tables.items():
        lines = (project / "catalog" / "standards" / "codes" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert len(table.values) == len([line for line in lines[1:] if line]), name


def test_every_spelling_leads_to_a_code(catalog: Catalog) -> None:
    for name, table in catalog.code_tables.items():
        if not table.partial:
            assert set(table.wild.values()) <= set(table.values), name


def test_every_unit_answers_for_something(catalog: Catalog) -> None:
    assert {resource.department for resource in catalog.resources.values()} <= set(catalog.departments)


def test_every_authority_can_be_followed_to_a_field(catalog: Catalog) -> None:
    """One source per datum: from each claim to the column that carries the value."""
    from jobs.contracts import Choice, carried

    for entity in catalog.entities.values():
        for element, chain in entity.authority.items():
            sources = chain.among if isinstance(chain, Choice) else [claim.source for claim in chain]
            for source in sources:
                resource = catalog.resources[source]
                columns = {field.column for field in resource.fields}
                found = [carried(entity, resource, m) for m in resource.mentions if m.entity == entity.entity]
                assert any(one.get(element) in columns for one in found), f"{entity.entity}.{element} from {source}"


def test_the_fingerprint_follows_every_file(home: Path) -> None:
    before = load_catalog(home)
    assert before.fingerprint == load_catalog(home).fingerprint
    codes = home / "catalog" / "standards" / "codes" / "sex.csv"
    codes.write_text(codes.read_text(encoding="utf-8").replace("男", "男性", 1), encoding="utf-8")
    after = load_catalog(home)
    assert after.fingerprint != before.fingerprint
    assert after.fingerprint_of("catalog/standards/") != before.fingerprint_of("catalog/standards/")
    elsewhere = ("catalog/entities/", "catalog/sources/gaj/household.yml")
    assert after.fingerprint_of(*elsewhere) == before.fingerprint_of(*elsewhere)


def test_texts_that_look_like_numbers_days_or_switches_stay_texts(home: Path) -> None:
    """A code 0201, a day 2020-01-01 and a mark NO mean what was written."""
    rules = home / "expectations" / "3_standardised" / "gaj.household.person.yml"
    rules.write_text(
        "- expect: expect_column_values_to_be_between\n"
        "  with: {column: birth_date, min_value: 1900-01-01}\n"
        "  indicator: 0201\n"
        "- {expect: expect_column_values_to_be_in_set, with: {column: sex, value_set: [NO, on, '1']}}\n",
        encoding="utf-8",
    )
    first, second = load_catalog(home).expectations[("3_standardised", "gaj.household.person")]
    assert first.args["min_value"] == "1900-01-01"
    assert first.indicator == "0201"
    assert second.args["value_set"] == ["NO", "on", "1"]
