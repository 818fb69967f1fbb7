"""What holds for any text: cleaning is idempotent, and full-width writing means what half-width writing means."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jobs.rules import RULES, Policy
from jobs.rules.documents import DOCUMENTS
from jobs.rules.rule import NULL_TOKENS
from tests.rules.evaluate import read_columns

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine

ON_SPARK = os.environ.get("BRAIN_ENGINE") == "spark"
SIZE = 2_000
"""A query over all rules costs seconds of planning and next to nothing a row, so batches are few and large; they are
drawn from a seed, because Hypothesis refuses examples of that size."""
BATCHES = settings(
    max_examples=1 if ON_SPARK else 2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

CODES = {"1": "男性", "2": "女性", "01": "汉族", "A-1": "甲（乙）"}
POLICIES = {"code": Policy(codes=CODES, wild={"男": "1"})}
NARROWED = (
    "resident_id",
    "identity_document",
    "uscc",
    "org_code",
    "business_reg_no",
    "licence_identifier",
    *(rule.name for rule in DOCUMENTS),
    "date",
    "datetime",
    "month",
    "integer",
    "decimal",
    "amount",
    "mobile",
    "phone",
    "longitude",
    "latitude",
)
"""Rules in whose texts every full-width character means its half-width one."""

_PIECES = [
    *"0123456789Xx-/.年月日时分:：,，%+*() （）〔〕[]【】'\"?？□·•．\\ \t\n　\u00a0\u200b\ufeff|$^",
    *["441900199003071238", "441900900307123", "91350100M000100Y43", "13812345678", "+86", "86", "0769"],
    *["1990", "03", "07", "2024", "12:30", "T", "Z", "+08:00", "1900-01-01", "00", "19900307"],
    *[
        "张",
        "三",
        "阿不都",
        "𬭶",
        "\ue123",
        "Smith",
        "J",
        "公司",
        "东莞",
        "之子",
        "测试",
        "无",
        "不详",
        "NULL",
        "\\N",
        "N/A",
    ],
    *["万", "亿", "元", "千元", "人", "平方米", "美元", "整", "1,234", "1.50", "1e5", "NaN", "1.2.156.3005.2."],
    *["男", "男性", "ＮＵＬＬ", "－", "—", "——", "Ａ１", "１２３", "é", "ß", "😀"],
]


def pieced(random: Random) -> str:
    """Pieces of what deliveries hold, in any order."""
    return "".join(random.choice(_PIECES) for _ in range(random.randrange(8)))


def anything(random: Random) -> str:
    """Any characters but surrogates and NUL."""
    codes = (random.choice((random.randrange(1, 0xD800), random.randrange(0xE000, 0x110000))) for _ in range(99))
    return "".join(chr(code) for code, _ in zip(codes, range(random.randrange(12)), strict=False))


def printable(random: Random) -> str:
    return "".join(chr(random.randrange(0x20, 0x7F)) for _ in range(random.randrange(16)))


def batch_of(seed: int, *kinds: Callable[[Random], str]) -> list[str]:
    random = Random(seed)
    return [kinds[number % len(kinds)](random) for number in range(SIZE)]


seeds = st.integers(0, 2**32)


def wide(text: str) -> str:
    """Every printable ASCII character as its full-width form."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else {" ": "\u3000"}.get(char, char) for char in text)


def wide_alphanumeric(text: str) -> str:
    return "".join(wide(char) if char.isascii() and (char.isalnum() or char == " ") else char for char in text)


WHOLE = [rule for rule in RULES if "_in_" not in rule and "_of_" not in rule]
"""Rules that read the whole text; the others take one fact out of a text that says more."""


@BATCHES
@given(seed=seeds)
def test_a_clean_value_is_never_changed(session: SparkSession, seed: int) -> None:
    """Reading what a rule has made gives the same again, and never a lost or doubted value that was not so before."""
    batch = batch_of(seed, pieced, anything)
    columns = {rule: (rule, POLICIES.get(rule, Policy())) for rule in WHOLE}
    once = read_columns(session, columns, [[text] * len(columns) for text in batch])
    values = [[once[rule][row].value for rule in columns] for row in range(len(batch))]
    twice = read_columns(session, columns, values)
    for rule in columns:
        for text, first, second in zip(batch, once[rule], twice[rule], strict=True):
            assert second.value == first.value, (rule, text, first, second)
            if first.value is not None:
                kept = {first.flag, None} - {"repaired", "converted"}
                assert second.flag in kept, (rule, text, first, second)


@BATCHES
@given(seed=seeds)
def test_full_width_means_half_width(session: SparkSession, seed: int) -> None:
    batch = batch_of(seed, pieced, printable)
    columns: dict[str, tuple[str, Policy]] = {}
    for rule in RULES:
        columns |= {f"{side} {rule}": (rule, POLICIES.get(rule, Policy())) for side in ("narrow", "wide")}
    rows = [[_written(name.split(" ")[0], name.split(" ")[1], text) for name in columns] for text in batch]
    reads = read_columns(session, columns, rows)
    for rule in RULES:
        for text, left, right in zip(batch, reads[f"narrow {rule}"], reads[f"wide {rule}"], strict=True):
            assert left.value == right.value, (rule, text, left, right)
            assert (left.flag or "repaired") == (right.flag or "repaired") or left.value is None, (rule, text)


def _written(side: str, rule: str, text: str) -> str:
    if side == "narrow":
        return text
    return wide(text) if rule in NARROWED else wide_alphanumeric(text)


@BATCHES
@given(seed=seeds)
def test_only_nothing_is_read_as_nothing_without_a_flag(session: SparkSession, seed: int) -> None:
    """A value that a reader does not get is explained by a flag, unless nothing was delivered."""
    batch = batch_of(seed, pieced, anything)
    columns = {rule: (rule, POLICIES.get(rule, Policy())) for rule in WHOLE}
    reads = read_columns(session, columns, [[text] * len(columns) for text in batch])
    tokens = {wide(token) for token in NULL_TOKENS} | set(NULL_TOKENS)
    for rule in columns:
        for text, read in zip(batch, reads[rule], strict=True):
            if read.value is None and read.flag is None:
                bare = "".join(char for char in text if char.isprintable() and not char.isspace())
                assert bare in tokens or wide(bare) in {wide(token) for token in tokens}, (rule, text)
            if read.value is not None and read.value != text:
                assert read.flag is not None or RULES[rule].type.startswith(("decimal", "bigint")), (rule, text, read)
