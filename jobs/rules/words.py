"""Names of columns as people write them, made comparable: width, brackets, blanks, case, pinyin, equal words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SEPARATORS = re.compile(r"[\s_\-./\\:：,，、;；*#·|]+")
_BRACKETED = re.compile(r"[(\[{（【〔](.*?)[)\]}）】〕]")
_BRACKETS = re.compile(r"[()\[\]{}（）【】〔〕]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_DECORATION = re.compile(r"^(必填|选填|可选|必输|非空|\*|[0-9]+[.、])+|(必填|选填|可选|必输|非空|\*)+$")
_NEUTRAL = re.compile(r"(基本)?信息$|^(所在|所属)|的")
_EQUAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("号", ("号码", "编号", "代码", "编码", "代号", "码")),
    ("日", ("日期", "时间", "年月日", "时刻")),
    ("类", ("类型", "类别", "种类", "分类", "性质")),
    ("况", ("状态", "状况", "情况")),
    ("址", ("地址", "住址", "地点", "场所", "详址", "住所")),
    ("位", ("单位", "机构", "部门", "机关")),
    ("姓名", ("名字",)),
    ("至", ("截止", "终止", "结束", "止")),
    ("自", ("起始", "开始", "起")),
    ("标", ("标志", "标识", "标记")),
    ("金", ("金额", "资金")),
    ("数", ("数量", "次数", "人数", "总数")),
)
"""Words that stand for each other in names of columns; the first is what all of them become."""
_ONE = {word[::-1]: one for one, equal in _EQUAL for word in equal}
_FROM_THE_END = re.compile("|".join(sorted(_ONE, key=len, reverse=True)))
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_LETTERS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def plain(text: str) -> str:
    """Without width, case, blanks, separators and brackets (what they hold stays)."""
    return _SEPARATORS.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", text))).casefold()


def forms(text: str) -> list[str]:
    """Plain writings of one header, the most literal first: without what brackets hold, the last part of a path."""
    normal = unicodedata.normalize("NFKC", text)
    bare = _BRACKETED.sub("", normal)
    last = normal.rsplit(".", 1)[-1]
    found = [plain(part) for part in (normal, bare, last)]
    found += [_DECORATION.sub("", part) for part in found]
    return list(dict.fromkeys(part for part in found if part))


def undecorated(text: str) -> str:
    """The plain header without words that change nothing: 所在镇街 is 镇街."""
    return _NEUTRAL.sub("", forms(text)[-1])


def is_chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """A plain Chinese name with words of one meaning made one: 出生年月日 and 出生时间 are 出生日."""
    backwards = _NEUTRAL.sub("", text)[::-1]
    return _FROM_THE_END.sub(lambda found: _ONE[found[0]], backwards)[::-1]


def variants(text: str) -> list[str]:
    """A plain Chinese name with its last word replaced by equal ones: 发证机关 may be 发证单位, 发证机构, 发证部门."""
    for one, equal in _EQUAL:
        for word in sorted((*equal, one), key=len, reverse=True):
            if text.endswith(word) and len(text) > len(word):
                return [text.removesuffix(word) + other for other in (*equal, one) if other != word]
    return []


def syllables(text: str) -> tuple[str, ...]:
    """The syllables of a name written in whole pinyin, none if it is not."""
    found = tuple(_SYLLABLE.findall(text))
    return found if len(found) > 1 and "".join(found) == text else ()


@lru_cache(maxsize=65_536)
def initials(text: str) -> str:
    """First letters of the pinyin of a Chinese name; other letters stay."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()


@lru_cache(maxsize=65_536)
def spelt_out(text: str) -> tuple[str, ...]:
    """The pinyin of a Chinese name, syllable by syllable, without tones."""
    from pypinyin import lazy_pinyin

    return tuple(part.casefold() for part in lazy_pinyin(text))


def tokens(text: str) -> tuple[str, ...]:
    """Words of a name in Latin letters: ``regCapi``, ``REG_CAPI`` and ``reg capi`` are reg and capi."""
    normal = unicodedata.normalize("NFKC", text)
    return tuple(part.casefold() for part in _LETTERS.findall(normal))


@lru_cache(maxsize=65_536)
def grams(parts: str | tuple[str, ...]) -> frozenset[str]:
    """Characters (or syllables) and pairs of neighbours."""
    return frozenset(parts) | {parts[n] + parts[n + 1] for n in range(len(parts) - 1)}
