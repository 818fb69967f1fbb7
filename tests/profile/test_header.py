"""Where tables begin and end."""

from __future__ import annotations

import pytest

from jobs.errors import SourceError
from jobs.profile.header import Layout, footer_words, layout_of
from jobs.profile.likeness import Index

NAMES = ["姓名", "公民身份号码", "手机号码", "登记日期"]
PEOPLE = [
    ["张三", "11010519491231002X", "13812345678", "2026-01-02"],
    ["李四", "110105194912310038", "13812345679", "2026-01-03"],
    ["王小五", "110105194912310054", "13812345670", "2026-01-04"],
    ["赵六", "110105194912310070", "13812345671", "2026-01-05"],
]
TITLE = ["某某街道人员登记表", "", "", ""]
GROUPS = ["人员", "", "", "登记"]


@pytest.mark.parametrize(
    ("above", "layout"),
    [
        ([NAMES], Layout(0, 1)),
        ([TITLE, NAMES], Layout(1, 1)),
        ([TITLE, ["填报日期：2026年1月"], NAMES], Layout(2, 1)),
        ([GROUPS, NAMES], Layout(0, 2)),
        ([NAMES, ["XM", "GMSFHM", "SJHM", "DJRQ"]], Layout(0, 2)),
        ([["甲项", "乙项", "丙项", "丁项"]], Layout(0, 1)),
        ([["COL1", "COL2", "COL3", "COL4"]], Layout(0, 1)),
        ([["张三", "11010519491231002X", "13812345678", "2026-01-02"]], Layout(0, 0)),
        ([], Layout(0, 0)),
    ],
)
def test_layout(index: Index, above: list[list[str]], layout: Layout) -> None:
    assert layout_of([*above, *PEOPLE], index.is_name) == layout


def test_a_row_of_words_like_those_below_is_no_header(index: Index) -> None:
    """A name of a person must not become the name of a column: names of columns stand in the draft."""
    rows = [["张三", "莞城"], ["李四", "石龙"], ["王五", "虎门"], ["赵六", "东坑"], ["孙七", "常平"]]
    assert layout_of(rows, index.is_name).header_rows == 0


def test_nothing_is_no_table(index: Index) -> None:
    with pytest.raises(SourceError, match="no header"):
        layout_of([[""]], index.is_name)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["合计", "", "", "3"]], ("合计",)),
        ([["合计：3"], ["制表人：某某"]], ("合计", "制表人")),
        ([["合计算力公司", "1", "2", "3"]], ()),
        ([], ()),
    ],
)
def test_footers(rows: list[list[str]], words: tuple[str, ...]) -> None:
    assert footer_words([*PEOPLE, *rows], 4) == words
