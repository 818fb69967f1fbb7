"""One cell, two readings: how much, and in which money; ``unknown`` where nobody says."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from jobs.contracts import load_catalog
from jobs.rules import Policy
from jobs.settings import PROJECT
from tests.rules.evaluate import read_columns

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine

CAPITALS = {
    "125.3000(万元人民币)": ("125.3", "CNY"),
    "3,000(万元(人民币))": ("3000", "CNY"),
    "138万人民币": ("138", "CNY"),
    "50（万元人民币）": ("50", "CNY"),
    "１，２００(万人民币)": ("1200", "CNY"),
    "1,083(万香港元)": ("1083", "HKD"),
    "55(万元(港币))": ("55", "HKD"),
    "55(万港元)": ("55", "HKD"),
    "55(万元港币)": ("55", "HKD"),
    "55万港币": ("55", "HKD"),
    "20(万美元)": ("20", "USD"),
    "20(万元(美元))": ("20", "USD"),
    "200000(美元)": ("20", "USD"),
    "5000(元人民币)": ("0.5", "CNY"),
    "9,000(万日元)": ("9000", "JPY"),
    "3(万元(欧元))": ("3", "EUR"),
    "30(万)": ("30", "unknown"),
    "30（万元）": ("30", "unknown"),
    "30": ("30", "unknown"),
    "1亿元": ("10000", "unknown"),
    "人民币": (None, None),
    "五十万": (None, None),
    "50(万元)港口": (None, None),
    "N/A": (None, None),
    "无": (None, None),
}


def test_amount_and_currency_of_capitals(session: SparkSession) -> None:
    table = load_catalog(PROJECT).code_tables["currency"]
    policy = Policy(codes=table.values, wild=table.wild, unit="万元", target_unit="万元")
    columns = {"amount": ("amount", policy), "currency": ("currency_in_amount", policy)}
    read = read_columns(session, columns, [(capital, capital) for capital in CAPITALS])
    amounts = [Decimal(cell.value).normalize() if cell.value else None for cell in read["amount"]]
    expected = [Decimal(amount).normalize() if amount else None for amount, _ in CAPITALS.values()]
    assert dict(zip(CAPITALS, amounts, strict=True)) == dict(zip(CAPITALS, expected, strict=True))
    currencies = {capital: cell.value for capital, cell in zip(CAPITALS, read["currency"], strict=True)}
    assert currencies == {capital: currency for capital, (_, currency) in CAPITALS.items()}
    assert {cell.flag for cell in read["currency"] if cell.value} == {"repaired"}, "the amount is kept beside it"
