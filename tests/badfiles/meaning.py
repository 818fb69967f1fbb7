"""Cells that are doubtful in what they mean: they land as they stand, and the rules of their elements judge them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.badfiles.clean import NAMES, PLAIN, text
from tests.badfiles.recipe import Recipe, Row, Verdict

CELLS: dict[str, tuple[str, ...]] = {
    "identity numbers": (
        "441900199001011234",
        "44190020010229001x",
        "441900900101123",
        "441900299901011233",
        "441900199002301233",
        "H1234567(8)",
        "81000019900101123X",
    ),
    "codes of firms": ("91441900MA4W0I0S1V", "91441900MA4W00001Z", "441900000012345", "91441900ma4w00001z"),
    "telephones": ("+86 138 1234 5678", "008613812345678", "0769-22223333-801", "１３８１２３４５６７８"),
    "days": (
        "2月30日",
        "1900-01-01",
        "2024年2月29日",
        "二〇二四年二月二十九日",
        "民国113年",
        "甲辰年正月十五",
        "29.02.2024",
        "2567-02-28",
        "2024Q1",
        "2024年3月上旬",
        "2024-02-29T08:00:00+08:00",
        "24:00",
    ),
    "amounts": ("100万元", "1.5亿元", "一百二十三", "壹佰贰拾叁元整", "廿三", "１２３", "5-", "-0"),
    "codes of sex": ("1", "男", "M", "0", "9"),
    "names": ("阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽‧买买提", "阿依古丽・买买提", "欧阳 娜娜", "李 John"),
    "places": ("东莞县篁村镇", "莞城区", "441900999000"),
    "spellings of nothing": ("NULL", "\\N", "-", "/", "无", "不详", "—", "#N/A", "0000-00-00"),
    "exported formulas": (
        "=1+1",
        "+1",
        "-5",
        "@x",
        "\t=1",
        " =1",
        "\xa0=1",
        "＝1",
        "－1",
        "=HYPERLINK(1)",
        "=WEBSERVICE(1)",
    ),
    "markup": (
        "<script>x</script>",
        "<img onerror=x>",
        "</title>",
        '" onmouseover="x',
        "javascript:x",
        "<!--",
        "url(x)",
    ),
    "names as statements": ('x"; DROP TABLE y; --', "`a`b`", "t' OR '1'='1", "$(id)", "${jndi:x}", "{{ config }}"),
}


def recipes() -> Iterator[Recipe]:
    for name, cells in CELLS.items():
        rows: tuple[Row, ...] = tuple((*PLAIN[0][:4], cell) for cell in cells)
        for encoding in ("utf-8", "gb18030"):
            data = text(rows).encode(encoding)
            fmt = {"kind": "csv", "encoding": encoding}
            label = f"{name} in {encoding}"
            yield Recipe("meaning", label, lambda data=data: data, fmt, NAMES, rows, Verdict.EXACT)
    twice = (*PLAIN, (*PLAIN[0][:2], PLAIN[1][2], *PLAIN[0][3:]), (PLAIN[2][0], "某", *PLAIN[2][2:]))
    data = text(twice).encode()
    name = "one person with two numbers, two persons with one"
    yield Recipe("meaning", name, lambda: data, {"kind": "csv"}, NAMES, twice, Verdict.EXACT)
