"""The unit that a heading names, however it is written, is the unit that is read."""

from __future__ import annotations

import pytest

from jobs.contracts import other_unit


@pytest.mark.parametrize(
    ("heading", "unit", "other"),
    [
        ("成交价(万元)", "元", "万元"),
        ("成交价（万元）", "元", "万元"),
        ("成交价【 万元 】", "元", "万元"),
        ("成交价（单位：万元）", "元", "万元"),
        ("成交价(人民币万元)", "元", "万元"),
        ("成交价(含税)(万元)", "元", "万元"),
        ("投资总额(万美元)", "万元", "万美元"),
        ("面积(公顷)", "平方米", "公顷"),
        ("长度(km)", "米", "公里"),
        ("成交价(万元)", "万元", ""),
        ("面积(㎡)", "平方米", ""),
        ("面积(m²)", "平方米", ""),
        ("桥长(m)", "米", ""),
        ("成交价", "元", ""),
        ("处理能力(吨/日)", "吨", ""),
        ("面积(公顷)", "元", ""),
        ("成交价(万元)", None, ""),
    ],
)
def test_a_heading_names_another_unit_of_the_same_kind(heading: str, unit: str | None, other: str) -> None:
    assert other_unit(unit, heading) == other


def test_the_first_of_several_headings_that_names_another_counts() -> None:
    assert other_unit("元", "成交价(元)", "成交价(税前)", "成交价（万元）") == "万元"
