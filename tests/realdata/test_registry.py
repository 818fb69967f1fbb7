"""A real registry, declared in YAML alone, reaches the organisation library; damaged, it loses only the damaged."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jobs.context import Context
from jobs.pipeline import run_pipeline
from jobs.settings import PROJECT, Settings
from tests.realdata.mutation import CODE, Mutated, Row, mutate, read_rows

pytestmark = pytest.mark.pipeline
RESOURCE = "scjgj.registry.company"
HOME = Path(__file__).parent / "home"
SEEDS = (1, 7)


@dataclass(frozen=True)
class Library:
    """What one run made of one registry."""

    landed: list[dict[str, Any]]
    land_rejects: list[dict[str, Any]]
    kept: dict[int, dict[str, Any]]
    quarantined: dict[int, dict[str, Any]]
    fused: dict[int, dict[str, Any]]
    events: list[dict[str, Any]]
    towns: dict[str, str]


def _run(home: Path, text: bytes) -> Library:
    shutil.copytree(HOME, home)
    shutil.copytree(PROJECT / "catalog" / "standards", home / "catalog" / "standards", dirs_exist_ok=True)
    inbox = home / "data" / "inbox" / "scjgj"
    inbox.mkdir(parents=True)
    (inbox / "registry_20260302.csv").write_bytes(text)
    engine = "spark" if os.environ.get("BRAIN_ENGINE") == "spark" else "sail"
    ctx = Context(Settings(home=home, engine=engine, driver_memory="1g"), "2026-03-02")
    steps = run_pipeline(ctx, last="fuse").steps
    assert {step.state for step in steps} == {"built"}, [step for step in steps if step.state != "built"]
    return _library(ctx)


def _library(ctx: Context) -> Library:
    def rows(layer: str, name: str) -> list[dict[str, Any]]:
        passed = ctx.lake.passed(layer, name)
        return ctx.lake.read_arrow(layer, name).to_pylist() if passed else []

    return Library(
        landed=rows("landed", RESOURCE),
        land_rejects=rows("landed", f"{RESOURCE}__rejects"),
        kept={row["_row_no"]: row for row in rows("standardised", RESOURCE)},
        quarantined={row["_row_no"]: row for row in rows("standardised", f"{RESOURCE}__rejects")},
        fused={source["row_no"]: row for row in rows("fused", "organisation") for source in row["_sources"]},
        events=rows("resolved", "organisation__events"),
        towns=ctx.catalog.code_tables["dongguan_town"].values,
    )


@pytest.fixture(scope="module")
def clean(registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return _run(tmp_path_factory.mktemp("clean") / "home", registry.read_bytes())


@pytest.fixture(scope="module", params=SEEDS)
def damaged(
    request: pytest.FixtureRequest, registry: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Mutated, Library]]:
    header, rows = read_rows(registry)
    made = mutate(rows, request.param)
    yield made, _run(tmp_path_factory.mktemp("damaged") / "home", made.text(header).encode())


def test_every_company_reaches_the_library(clean: Library, registry: Path) -> None:
    _, rows = read_rows(registry)
    assert len(rows) == len(clean.landed) == len(clean.kept) == len(clean.fused) == 6893
    assert (clean.land_rejects, clean.quarantined, clean.events) == ([], {}, [])
    for number, row in enumerate(rows, 1):
        company = clean.fused[number]
        assert (company["uscc"], str(company["established_on"])) == (row[1], row[2])
        assert company["_sources"][0]["row_no"] == number
        assert re.sub(r"\W", "", company["org_name"]) == re.sub(r"\W", "", _narrow(row[0]))


def _narrow(text: str) -> str:
    return "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)


CURRENCIES = {"人民币": "CNY", "港元": "HKD", "港币": "HKD", "美元": "USD", "日元": "JPY", "欧元": "EUR"}


def test_every_stated_capital_is_an_amount_and_a_currency(clean: Library, registry: Path) -> None:
    _, rows = read_rows(registry)
    stated = 0
    for number, row in enumerate(rows, 1):
        company = clean.fused[number]
        found = (company["registered_capital"], company["capital_currency"])
        if row[4] == "N/A":
            assert found == (None, None)
            continue
        stated += 1
        amount = Decimal(re.match(r"[\d,.]+", row[4])[0].replace(",", ""))  # type: ignore[index]
        currency = next((code for word, code in CURRENCIES.items() if word in row[4]), "unknown")
        assert found == (amount, currency), row[4]
    assert stated == 5515
    assert sum(company["capital_currency"] == "unknown" for company in clean.fused.values()) == 3


FORMER = {"城区": "莞城街道", "篁村": "南城街道", "附城": "东城街道", "新湾": "虎门镇"}


def test_the_town_is_found_where_the_address_names_one(clean: Library, registry: Path) -> None:
    """The oracle reads the beginning of an address; what it cannot read may hold no 镇 and no 街道 of ours."""
    _, rows = read_rows(registry)
    spelt = {re.sub("(街道|镇)$", "", name): name for name in clean.towns.values()} | FORMER
    names = "|".join(sorted(spelt, key=len, reverse=True))
    road = r"(?![东南西北中]?大道|[东南西北中]路|路[段\d])"
    begins = re.compile(rf"(广东省)?(东莞市?)*({names}){road}")
    read, unread = 0, []
    for number, row in enumerate(rows, 1):
        found = clean.towns.get(clean.fused[number]["town_code"] or "")
        if match := begins.match(row[8]):
            read += 1
            assert found == spelt[match[3]], row[8]
        elif found is None:
            unread.append(row[8])
    assert read >= 6860
    assert not [address for address in unread if re.search(rf"({names})(镇|街道)", address)]
    assert len(unread) <= 25


def test_shifted_and_garbled_rows_are_set_aside_and_no_other(damaged: tuple[Mutated, Library]) -> None:
    made, library = damaged
    refused = {row["_row_no"] for row in library.land_rejects}
    assert refused | set(library.quarantined) == made.lost
    assert not refused & set(library.quarantined)
    assert set(library.kept) == set(range(1, 6894)) - made.lost
    assert all(row["_reason"].startswith("column_count") for row in library.land_rejects)
    assert all(row["_rules"] for row in library.quarantined.values())


def test_wrong_check_digits_are_kept_and_suspect(damaged: tuple[Mutated, Library]) -> None:
    made, library = damaged
    flags = {number: row["_flag"]["uscc"] for number, row in library.kept.items()}
    assert {number for number, flag in flags.items() if flag == "check_digit"} == made.wrong
    assert len(made.wrong) == 68
    assert made.wrong <= set(library.fused)


def test_a_shared_code_makes_no_one_firm(damaged: tuple[Mutated, Library]) -> None:
    made, library = damaged
    assert len(made.shared) == 20
    for number, owner in made.shared.items():
        one, other = library.fused[number], library.fused[owner]
        assert one["canonical_id"] != other["canonical_id"]
        assert (len(one["_sources"]), len(other["_sources"])) == (1, 1)
    contradictions = [event for event in library.events if event["kind"] == "name_contradicts"]
    assert len(contradictions) == 20
    assert len({row["canonical_id"] for row in library.fused.values()}) == len(library.kept)


def test_no_other_row_is_touched(damaged: tuple[Mutated, Library], clean: Library) -> None:
    made, library = damaged
    touched = made.lost | made.wrong | set(made.shared)
    for number in set(library.kept) - touched:
        assert _content(library.kept[number]) == _content(clean.kept[number])
    for number in made.wrong | set(made.shared):
        after, before = _content(library.kept[number]), _content(clean.kept[number])
        assert {name for name in after if after[name] != before[name]} <= {"uscc", "_flag", "_raw"}
        assert after["uscc"] == made.rows[number - 1][CODE]


def _content(row: Row | dict[str, Any]) -> dict[str, Any]:
    assert isinstance(row, dict)
    return {
        name: value for name, value in row.items() if not name.startswith("_") or name in ("_flag", "_raw", "_fate")
    }
