"""The clean table that most recipes damage, and how a careful writer puts it down."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from tests.badfiles.recipe import Row

NAMES = ("编号", "姓名", "证件号码", "住址", "备注")
ASCII = ("BH", "XM", "ZJHM", "ZZ", "BZ")
ROWS: tuple[Row, ...] = (
    ("0012", "陈伟强", "441900199001011233", "东莞市莞城街道东正路1号", ""),
    ("0013", "李秀英", "441900198512120021", "东莞市虎门镇人民南路3号", "独居老人，每周走访"),
    ("0014", "欧阳梓涵", "44190020010229001X", "东莞市长安镇锦厦社区", "1,234.56"),
    ("0015", "何佳乐", "441900197507070077", "东莞市厚街镇宝屯村二巷5号", '他说"好"'),
    ("0016", "黎国栋", "441900196203040011", "东莞市寮步镇药勒村", "电话 0769-22223333"),
    ("0017", "袁凤娇", "441900195011110022", "东莞市大朗镇长富东路", "-"),
)
"""Six invented persons. Leading zeros, 18 digits, a delimiter and quotes inside cells."""
PLAIN: tuple[Row, ...] = tuple((*row[:4], "无") for row in ROWS)
"""The same without anything that needs quoting."""


def text(
    rows: Sequence[Row] = ROWS,
    names: Sequence[str] | None = NAMES,
    *,
    delimiter: str = ",",
    quote: str = '"',
    end: str = "\r\n",
    every: bool = False,
) -> str:
    """Delimited text with a header (none if ``names`` is None), quoted where it must be or everywhere."""
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    writer = csv.writer(out, delimiter=delimiter, quotechar=quote or None, lineterminator=end, quoting=quoting)
    writer.writerows([*([names] if names else []), *rows])
    return out.getvalue()


def lines(rows: Sequence[Row] = PLAIN, names: Sequence[str] = NAMES) -> list[str]:
    """Header and records of a plain table, one line each, without line ends."""
    return [",".join(names), *(",".join(cell or "" for cell in row) for row in rows)]


def joined(parts: Sequence[str], end: str = "\r\n") -> bytes:
    """Lines as a UTF-8 file."""
    return "".join(part + end for part in parts).encode()
