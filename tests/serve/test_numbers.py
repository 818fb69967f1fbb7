"""How numbers, days and foreign text are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jobs.serve.portal.names import page_name
from jobs.serve.portal.numbers import age, count, large, limit, long_day, percent, score, short_day, signed, visible
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.samples import mask
from jobs.serve.portal.words import outcome, state


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "—"), (0, "0"), (9_999, "9,999"), (10_038, "1 万"), (88_125, "8.81 万"), (36_000_000_000, "360 亿")],
)
def test_large(value: int | None, written: str) -> None:
    assert large(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "未测"), (Decimal("96.25"), "96.3"), (Decimal("99.97"), "99.9"), (100, "100.0"), (0, "0.0")],
)
def test_score_never_rounds_to_perfection(value: object, written: str) -> None:
    assert score(value) == written


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, "—"),
        (0, 10, "0.00%"),
        (1, 100_000, "<0.01%"),
        (151, 7_846, "1.92%"),
        (99_999, 100_000, "99.99%"),
        (7, 7, "100.00%"),
    ],
)
def test_percent_never_rounds_to_nothing_or_all(part: int, whole: int, written: str) -> None:
    assert percent(part, whole) == written


def test_days() -> None:
    assert long_day("2026-11-22") == "2026 年 11 月 22 日" and long_day("") == "—"
    assert short_day("2026-11-02", "2026-11-22") == "11-02" and short_day("2025-12-31", "2026-11-22") == "2025-12-31"
    assert age("2026-11-20", "2026-11-22") == "已 2 日" and age("2026-11-22", "2026-11-22") == "当日"
    assert signed(14) == "+14" and signed(-1_009) == "−1,009" and signed(0) == "0"
    assert count(10_038) == "10,038" and limit(Decimal("0.5000")) == "0.50%" and limit(0) == "0"


def test_unseen_characters_are_spelt_out() -> None:
    assert visible("甲\u202e乙\u200b\x00") == "甲[U+202E]乙[U+200B][U+0000]"
    assert visible("𠮷 普通\n文字") == "𠮷 普通\n文字"


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", ".hidden", "a b", "甲", "a" * 200, "CON\x00", "a..b"])
def test_page_names_stay_in_their_folder(key: str) -> None:
    assert page_name(key).isalnum() and page_name(key).isascii()
    assert page_name("gaj.household.person") == "gaj.household.person"


def test_unknown_states_are_never_success() -> None:
    assert state("new").icon == state("").icon == "none"
    assert outcome("failed", "critical").word == "未过" and outcome("failed", "warning").word == "有提示"
    assert outcome("passed", "critical", 0).word == "未测" and outcome("passed", "critical", 1).word == "通过"
    assert outcome("error", "info").tone == "block" and outcome("odd", "info").icon == "none"


def test_reasons_are_chinese_where_the_engine_is_known() -> None:
    assert reason("column_count: 3 fields instead of 4") == "列数不符：3 列，应为 4 列"
    assert reason("the header lacks XM, XB. Ask the department, or declare the new name") == "表头缺少 XM, XB"
    assert (
        reason("bytes that are not gb18030 (illegal multibyte sequence). Ask for the file") == "字节不合 gb18030 编码"
    )
    assert (
        reason("批次被拒收：批次不为空（1 / 1）；无空行（2 / 9）")
        == "批次被拒收：未过“批次不为空”（1 / 1）；未过“无空行”（2 / 9）"
    )
    refused = (
        "the manifest's 'row' is no entry that is read (file x.manifest.json). Correct it to 'rows' if that is meant"
    )
    assert reason(refused) == "清单中没有 row 这一项，疑为笔误 (file x.manifest.json)"
    assert reason("尚无可用数据（演示）") == "尚无可用数据（演示）"


CODE = {"mask": "", "pii": "none", "code_table": "sex", "type": "string"}
ID = {"mask": "ID18", "pii": "direct", "code_table": "", "type": "string"}
NAME = {"mask": "NAME", "pii": "direct", "code_table": "", "type": "string"}
PHONE = {"mask": "MOBILE", "pii": "direct", "code_table": "", "type": "string"}
PLACE = {"mask": "ADDR", "pii": "direct", "code_table": "", "type": "string"}
DAY = {"mask": "", "pii": "none", "code_table": "", "type": "date"}


@pytest.mark.parametrize(
    ("value", "declared", "shown"),
    [
        ("", ID, "（空）"),
        ("441900199001011236", ID, "4****************6"),
        ("张伟", ID, "****（2 字）"),
        ("张伟", NAME, "张*"),
        ("欧阳晓明", NAME, "欧阳**"),
        ("441900199001011236", NAME, "****（18 字）"),
        ("13800138000", PHONE, "138****8000"),
        ("441900199001011236", PHONE, "****（18 字）"),
        ("东莞市厚街镇康乐路 7 号", PLACE, "厚街镇****"),
        ("张镇", PLACE, "****"),
        ("9", CODE, "9"),
        ("张伟", CODE, "****（2 字）"),
        ("441900199001011236", CODE, "****（18 字）"),
        ("20260631", DAY, "2026-**-**"),
        ("1990年1月1日", DAY, "1990-**-**"),
        ("张伟", DAY, "****（2 字）"),
        ("张伟", {}, "****（2 字）"),
        ("张锟斤拷", NAME, "含乱码（4 字）"),
    ],
)
def test_a_value_in_the_wrong_column_is_hidden(value: str, declared: dict[str, str], shown: str) -> None:
    assert mask(value, declared, frozenset({"厚街镇"})) == shown
