"""The town that an address names: by the code table, former names at its beginning, never from a road's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobs.contracts import load_catalog
from jobs.rules import Policy
from jobs.settings import PROJECT
from tests.rules.evaluate import read_cells

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine

ADDRESSES = {
    "东莞市莞城大西路三十三号": "莞城街道",
    "广东省东莞市虎门镇沙角社区": "虎门镇",
    "东莞南城区胜和塘贝商贸大厦": "南城街道",
    "东莞市东莞市南城街道新城社区": "南城街道",
    "凤岗镇五联管理区": "凤岗镇",
    "东莞市松山湖高新技术产业开发区": "松山湖",
    "广东省东莞市东莞生态园兴业路": "东莞生态园",
    "东莞市滨海湾新区湾区大道": "东莞滨海湾新区",
    # former names, only where an address begins
    "东莞市城区运河西三路4号": "莞城街道",
    "东莞市篁村区新基村": "南城街道",
    "东莞市附城镇主山管理区": "东城街道",
    "东莞市新湾开发区": "虎门镇",
    "东莞市石龙新城区广场": "石龙镇",
    "东莞市新城区一路": None,
    # roads and buildings that are called like towns
    "东莞市莞城东城大道12号": "莞城街道",
    "东莞市城区东城西路适泰大厦": "莞城街道",
    "东莞市东城大道骏达商业中心": None,
    "东莞市东城中路88号": None,
    "东莞市东城大道东城中心涌翠庭": "东城街道",
    "东莞市虎门路东村": "虎门镇",
    "东莞市大朗巷头银井工业区": "大朗镇",
    "东莞市望牛墩镇中路": "望牛墩镇",
    "东莞市石排镇大道西路": "石排镇",
    "东莞市厚街镇桥头管理区": "厚街镇",
    "东莞市运河桥头": None,
    "东莞市东部工业园桥头园区": "桥头镇",
    "东莞市莞樟公路寮步塘唇路段": "寮步镇",
    # no town, another city, nothing at all
    "东莞市体育路1号": None,
    "深圳市南山区长安大厦": None,
    "广东省惠州市东莞大道石龙镇路口": None,
    "N/A": None,
    "不详": None,
    "": None,
}


def test_towns_of_addresses(session: SparkSession) -> None:
    table = load_catalog(PROJECT).code_tables["dongguan_town"]
    policy = Policy(codes=table.values, wild=table.wild)
    read = read_cells(session, "town_in_address", ADDRESSES, policy)
    found = {address: table.values.get(cell.value or "") for address, cell in zip(ADDRESSES, read, strict=True)}
    assert found == ADDRESSES
    flags = {address: cell.flag for address, cell in zip(ADDRESSES, read, strict=True)}
    assert {flag for address, flag in flags.items() if ADDRESSES[address]} == {"repaired"}, "the address is kept"
    assert (flags["东莞市体育路1号"], flags["N/A"], flags["不详"]) == ("unparsed", None, "placeholder")


def test_without_a_table_no_address_names_a_town(session: SparkSession) -> None:
    assert [cell.value for cell in read_cells(session, "town_in_address", ["东莞市莞城"])] == [None]
