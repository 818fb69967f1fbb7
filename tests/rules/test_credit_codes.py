"""What a credit code says beside its check, and the number of a taxpayer, by its four lengths."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest

from jobs.contracts import load_catalog
from jobs.rules.divisions import division_pattern, divisions_ever
from jobs.rules.identifiers import USCC_KINDS
from jobs.settings import PROJECT
from tests.rules.evaluate import Read, read_cells
from tests.rules.test_checks import USCC as ALPHABET
from tests.rules.test_checks import credit, resident
from tests.rules.test_vectors import rows_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_kinds_are_those_of_the_code_table() -> None:
    listed = set(load_catalog(PROJECT).code_tables["uscc_authority_category"].values)
    written = re.compile(f"(?:{USCC_KINDS.replace(' ', '|')})")
    pairs = {a + b for a in ALPHABET for b in ALPHABET}
    assert {pair for pair in pairs if written.fullmatch(pair)} == listed


def test_the_pattern_of_divisions_is_their_list() -> None:
    pattern = re.compile(division_pattern("100000"))
    found = {f"{number:06d}" for number in range(1_000_000) if pattern.fullmatch(f"{number:06d}")}
    assert found == {*divisions_ever(), "100000"}
    assert {"442527", "442502", "441900", "440300", "110105"} < found
    assert len(pattern.pattern) < 13_000


@pytest.mark.engine
def test_a_credit_code_is_read_alike_as_a_taxpayer_s_number(session: SparkSession) -> None:
    """Every code with one wrong character too, unless what comes out is a person's number."""
    random = Random("taxpayers")
    codes = [credit(random) for _ in range(500)]
    codes += [
        code[:place] + random.choice("0159AINOX") + code[place + 1 :] for code in codes for place in (0, 1, 9, 17)
    ]
    codes += [row["text"] for row in rows_of("uscc")]
    reads = read_cells(session, "uscc", codes)
    assert {read.flag for read in reads} > {None, "check_digit", "malformed", "unknown_kind", "placeholder", "repaired"}
    told = dict(zip(codes, read_cells(session, "taxpayer_id", codes), strict=True))
    differ = {code for code, read in zip(codes, reads, strict=True) if told[code] != read}
    assert differ == {code for code in differ if len(re.sub("[^0-9A-Z]", "", code)) in (15, 17, 20)}


@pytest.mark.engine
def test_a_person_s_number_is_a_taxpayer_s_alone_and_with_two_digits(session: SparkSession) -> None:
    random = Random("persons")
    people = [resident(random) for _ in range(500)]
    numbers = [number for person in people for number in (person, f"{person}01")]
    assert read_cells(session, "taxpayer_id", numbers) == [Read(number, None) for number in numbers]
