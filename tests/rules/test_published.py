"""The published examples of the standards, as they are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.rules import Policy
from jobs.rules.divisions import division_parts
from jobs.rules.identifiers import resident_birth
from tests.rules.evaluate import Read, read_cells, read_columns

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine
PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
RULES = {
    "resident_id": "resident_id",
    "uscc": "uscc",
    "org_code": "org_code",
    "business_reg_no": "business_reg_no",
    "e_license_id": "licence_identifier",
    "foreigner_pr_2017": "permanent_residence",
}
FLAGS = {
    "valid": {None},
    "invalid_check": {"check_digit"},
    "invalid_date": {"malformed"},
    "invalid_charset": {"malformed"},
    "filler_no_code": {"placeholder"},
}


@pytest.mark.parametrize("group", RULES)
def test_examples(session: SparkSession, group: str) -> None:
    for kind in FLAGS.keys() & PUBLISHED[group].keys():
        codes = PUBLISHED[group][kind]
        reads = read_cells(session, RULES[group], codes, Policy(as_of="2026-03-02"))
        assert {read.flag for read in reads} == FLAGS[kind], kind
        if kind == "valid":
            assert [read.value for read in reads] == codes


def test_what_a_resident_id_says(session: SparkSession) -> None:
    for told in PUBLISHED["resident_id"]["derive"]:
        born = session.sql(f"SELECT CAST({resident_birth(repr(told['id']))} AS STRING)").collect()[0][0]
        assert born == told["birth"]
    told_by = {"birth_in_id": "birth", "sex_in_id": "sex", "division_in_id": "address_code"}
    ids = [[told["id"]] * len(told_by) for told in PUBLISHED["resident_id"]["derive"]]
    said = read_columns(session, {rule: (rule, Policy()) for rule in told_by}, ids)
    for rule, name in told_by.items():
        assert [read.value for read in said[rule]] == [told[name] for told in PUBLISHED["resident_id"]["derive"]]
    old = [pair["in"] for pair in PUBLISHED["resident_id"]["convert15"]]
    new = [Read(pair["out"], "converted") for pair in PUBLISHED["resident_id"]["convert15"]]
    assert read_cells(session, "resident_id", old) == new


def test_what_a_division_code_says(session: SparkSession) -> None:
    for told in PUBLISHED["division12"]:
        parts = division_parts(repr(told["code"]))
        row = session.sql(f"SELECT {', '.join(f'{part} AS {name}' for name, part in parts.items())}").collect()[0]
        assert {name: row[name] for name in told if name != "code"} == {n: v for n, v in told.items() if n != "code"}
    town = division_parts("'441900003'")
    assert session.sql(f"SELECT {town['town']}, {town['village']}").collect()[0][1] is None
