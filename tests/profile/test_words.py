"""Names of columns made comparable, and what a name is like."""

from __future__ import annotations

import pytest

from jobs.profile.likeness import DECORATED, FOLDED, INITIALS, LISTED, SAME, SPELT, Index
from jobs.rules import words


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("姓 名", "姓名"),
        ("ＸＭ", "xm"),
        ("reg_capi", "regcapi"),
        ("镇（街道）", "镇街道"),
        ("*姓名：", "姓名"),
        ("id.card-no", "idcardno"),
    ],
)
def test_width_case_blanks_and_brackets_do_not_count(written: str, plain: str) -> None:
    assert words.plain(written) == plain


def test_equal_words_fold_from_the_end() -> None:
    assert words.folded("出生年月日") == words.folded("出生时间") == words.folded("出生日期")
    assert words.folded("邮编号码") == "邮编号"
    assert words.folded("姓名") != words.folded("名称")


def test_pinyin() -> None:
    assert words.initials("公民身份号码") == "gmsfhm"
    assert words.syllables("chushengriqi") == words.spelt_out("出生日期") == ("chu", "sheng", "ri", "qi")
    assert words.syllables("ENTNAME".casefold()) == ()


@pytest.mark.parametrize(
    ("header", "element", "score"),
    [
        ("公民身份号码", "resident_id", SAME),
        ("SFZH", "resident_id", SAME),
        ("sfz_h", "resident_id", SAME),
        ("data.gmsfhm", "resident_id", DECORATED),
        ("注册资本(亿元)", "registered_capital", DECORATED),
        ("所在镇街的", "town_name", FOLDED),
        ("address", "event_address", LISTED),
        ("死亡年月日", "death_date", FOLDED),
        ("ChuShengRiQi", "birth_date", SPELT),
        ("jmsfzhm", "resident_id", INITIALS),
    ],
)
def test_a_name_is_found_however_it_is_written(index: Index, header: str, element: str, score: float) -> None:
    found = index.likenesses(header)
    assert found[element].score == score, found[element]
    assert found[element].score == max(likeness.score for likeness in found.values())


@pytest.mark.parametrize(
    ("header", "element"),
    [("现在居住地址", "residence_address"), ("regCapital", "registered_capital"), ("JMSFZBH", "resident_id")],
)
def test_a_name_nobody_declared_is_still_like_one(index: Index, header: str, element: str) -> None:
    assert not index.is_word(header)
    assert 0.4 < index.likenesses(header)[element].score < FOLDED


def test_numbered_codes_are_not_like_each_other(index: Index) -> None:
    """AAC006 is the day of birth: AAC007 is another column, not another writing."""
    assert "birth_date" in index.likenesses("AAC006")
    assert index.likenesses("AAX77") == {}


def test_vague_words(index: Index) -> None:
    assert index.is_vague("编号")
    assert not index.is_vague("公民身份号码")
