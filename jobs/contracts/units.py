"""Units of amounts and measures, and the one that a heading names in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

AMOUNT_UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
"""Units between which amounts are converted, in 元; any other unit must be the element's own."""

_KINDS = (
    (*AMOUNT_UNITS, "美元", "万美元", "亿美元", "港元", "万港元", "亿港元"),
    ("平方米", "亩", "公顷", "平方公里"),
    ("毫米", "厘米", "米", "公里"),
    ("克", "千克", "吨"),
)
_OTHER_WRITINGS = {
    **{"m2": "平方米", "平米": "平方米", "ha": "公顷", "km2": "平方公里", "平方千米": "平方公里"},
    **{"mm": "毫米", "cm": "厘米", "m": "米", "km": "公里", "千米": "公里"},
    **{"g": "克", "kg": "千克", "公斤": "千克", "t": "吨"},
}
_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_AROUND = re.compile(r"^(单位|人民币|:|\s)+|\s+$")


def other_unit(unit: str | None, *headings: str) -> str:
    """The first unit in brackets in one of ``headings`` that measures what ``unit`` measures and is another one; empty
    if there is none. 处理能力(吨/日) is of no kind that is known here, so nothing is said of it."""
    usual = _OTHER_WRITINGS.get(unit or "", unit)
    kind = next((kind for kind in _KINDS if usual in kind), ())
    return next((named for named in _named(headings) if named in kind and named != usual), "")


def _named(headings: tuple[str, ...]) -> Iterator[str]:
    for heading in headings:
        for found in _BRACKETED.findall(unicodedata.normalize("NFKC", heading)):
            named = _AROUND.sub("", found)
            yield _OTHER_WRITINGS.get(named, named)
