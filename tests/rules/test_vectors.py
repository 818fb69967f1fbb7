"""What each rule makes of texts met in deliveries: tables that a domain person can read and extend.

``vectors/<rule>.csv`` holds the text as delivered, the value and the flag that a reader must get, and where it matters
what the field declares. An empty value or flag is none.
"""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.rules import FLAGS, RULES, Policy
from tests.rules.evaluate import Read, read_cells

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

VECTORS = Path(__file__).with_name("vectors")
SEX = Policy(
    codes={"0": "未知的性别", "1": "男性", "2": "女性", "9": "未说明的性别"}, wild={"男": "1", "女": "2", "M": "1"}
)


def rows_of(rule: str) -> list[dict[str, str]]:
    with (VECTORS / f"{rule}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def policy_of(row: dict[str, str]) -> Policy:
    named = {key: row[key] for key in ("unit", "target_unit", "element", "as_of") if row.get(key)}
    formats = tuple(row["formats"].split("|")) if row.get("formats") else ()
    return Policy(formats=formats, **named)


BY_TABLE = {"code", "currency_in_amount", "town_in_address"}
"""Rules that read by a code table: tested with the tables of the catalog."""


def test_every_rule_has_its_vectors() -> None:
    assert {path.stem for path in VECTORS.glob("*.csv")} | BY_TABLE == set(RULES)


def test_vectors_use_flags_that_exist() -> None:
    used = {row["flag"] for path in VECTORS.glob("*.csv") for row in rows_of(path.stem)}
    assert used <= {*FLAGS, ""}


@pytest.mark.engine
@pytest.mark.parametrize("rule", sorted(path.stem for path in VECTORS.glob("*.csv")))
def test_vectors(session: SparkSession, rule: str) -> None:
    wrong = []
    for policy, group in groupby(rows_of(rule), key=policy_of):
        rows = list(group)
        for row, read in zip(rows, read_cells(session, rule, [row["text"] for row in rows], policy), strict=True):
            if read != Read(row["value"] or None, row["flag"] or None):
                wrong.append((row["text"], read, row["value"], row["flag"]))
    assert wrong == []


@pytest.mark.engine
@pytest.mark.parametrize(
    ("rule", "text", "value", "flag"),
    [
        ("resident_id", None, None, None),
        ("resident_id", "\u200b441900199003071238\ufeff", "441900199003071238", "repaired"),
        ("person_name", "张三\t", "张三", "repaired"),
        ("person_name", "王\ue123三", "王\ue123三", "malformed"),
        ("person_name", "王\U000f0001", "王\U000f0001", "malformed"),
        ("person_name", "王\ufffd", "王\ufffd", "malformed"),
        ("text", "\u3000甲\u00a0", "甲", "repaired"),
        ("text", "\n", None, None),
        ("text", "甲\n乙", "甲\n乙", None),
        ("text", 'it\'s a \\ "b"', 'it\'s a \\ "b"', None),
    ],
)
def test_characters_that_no_table_shows(
    session: SparkSession, rule: str, text: str | None, value: str | None, flag: str | None
) -> None:
    assert read_cells(session, rule, [text]) == [Read(value, flag)]


@pytest.mark.engine
def test_codes(session: SparkSession) -> None:
    """A code, a name, a known spelling; anything else is a finding and never a guess."""
    texts = ["1", "男性", "男", "１", " 1", "M", "5", "未知", "无", "", None]
    assert read_cells(session, "code", texts, SEX) == [
        Read("1", None),
        Read("1", "repaired"),
        Read("1", "repaired"),
        Read("1", "repaired"),
        Read("1", "repaired"),
        Read("1", "repaired"),
        Read(None, "unseen_code"),
        Read(None, "placeholder"),
        Read(None, "placeholder"),
        Read(None, None),
        Read(None, None),
    ]


@pytest.mark.engine
@pytest.mark.parametrize("codes", [{"1": "男性"}, {}])
def test_a_spelling_that_is_known_to_say_nothing_is_no_finding(session: SparkSession, codes: dict[str, str]) -> None:
    policy = Policy(codes=codes, wild={"男": "1", "请选择": "", "N.A.": ""})
    assert read_cells(session, "code", ["男", "请选择", "Ｎ.Ａ.", "无"], policy) == [
        Read("1", "repaired"),
        Read(None, "placeholder"),
        Read(None, "placeholder"),
        Read(None, "placeholder"),
    ]


@pytest.mark.engine
def test_a_name_that_two_codes_share_says_nothing(session: SparkSession) -> None:
    policy = Policy(codes={"1": "其他", "2": "其他", "3": "it's \\ own"})
    assert read_cells(session, "code", ["其他", "1", "it's \\ own"], policy) == [
        Read(None, "unseen_code"),
        Read("1", None),
        Read("3", "repaired"),
    ]


@pytest.mark.engine
def test_an_extract_of_a_code_table_keeps_other_codes(session: SparkSession) -> None:
    policy = Policy(wild={"东莞": "441900"})
    assert read_cells(session, "code", ["441900", "东莞", "110105", "无"], policy) == [
        Read("441900", None),
        Read("441900", "repaired"),
        Read("110105", None),
        Read(None, "placeholder"),
    ]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("rule", "formats", "text", "flag"),
    [
        ("date", ("yyyyMMdd",), "19900307", None),
        ("date", ("yyyyMMdd",), "1990-03-07", "repaired"),
        ("date", ("yyyyMMdd", "yyyy-MM-dd"), "1990-03-07", None),
        ("date", ("yyyy/M/d",), "1990/3/7", None),
        ("date", ("yyyy年M月d日",), "1990年3月7日", None),
        ("datetime", ("yyyy-MM-dd HH:mm",), "1990-03-07 12:34", None),
        ("datetime", ("yyyyMMddHHmmss",), "19900307123456", None),
        ("datetime", ("yyyy-MM-dd HH:mm",), "1990-03-07 12:34:56", "repaired"),
    ],
)
def test_a_day_in_the_declared_writing_is_no_repair(
    session: SparkSession, rule: str, formats: tuple[str, ...], text: str, flag: str | None
) -> None:
    assert read_cells(session, rule, [text], Policy(formats=formats))[0].flag == flag
