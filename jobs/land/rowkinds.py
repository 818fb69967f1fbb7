"""Rows of a table that are no records: footers, sums, a header that comes again, the beginning of another table.

A declared footer is passed over and counted. What only looks like one is set aside with what to declare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs.land.columns import clean_name
from jobs.land.header import Cells

SUMS = ("合计", "小计", "总计", "共计", "累计")
_CLERKS = ("制表", "填表", "审核", "复核", "经办", "单位负责人", "负责人")
FOOTERS = (*SUMS, *_CLERKS, "打印", "导出", "备注", "说明", "注：", "注:", "共")
"""Words that footers of Chinese tables begin with."""
DAMAGED = ("锟斤拷", "烫烫烫", "屯屯屯", "\ufffd")
"""What is left of text that was decoded wrongly: UTF-8's replacement read as GBK, memory that was never filled."""
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+%?")
_MISREAD = re.compile(r"[\u00e3-\u00e9][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]{2}")
"""A Chinese character of UTF-8 read byte by byte."""
_COUNT = re.compile(r"共\s*(?:计\s*)?\d+\s*[条行户人笔项家个]")


def is_footer(cells: Cells, words: tuple[str, ...], width: int) -> bool:
    """Whether a record of a table ``width`` columns wide reads as a footer: it starts with a declared word, and either
    no letter follows the word or most of its cells are empty.

    Readers ask this of the last records only: a firm may be called 合计算力.
    """
    filled = _filled(cells)
    rests = [filled[0][len(word) :] for word in words if filled and filled[0].startswith(word)]
    return bool(rests) and (2 * len(filled) < width or any(not rest[:1].isalpha() for rest in rests))


def is_like_footer(cells: Cells, width: int) -> bool:
    """Whether one of the last records reads as a footer that nobody declared."""
    filled = _filled(cells)
    if not filled:
        return False
    if filled[0].startswith("共"):
        return len(filled) == 1 and _COUNT.match(filled[0]) is not None
    if len(filled) > 2 and filled[0].startswith(FOOTERS) and all(map(_is_label, filled[0::2])):
        return True
    return is_footer(cells, FOOTERS, width) and 2 * len(filled) <= width


def is_sum(cells: Cells, width: int) -> bool:
    """Whether a record anywhere is a line of sums: the word alone, then nothing but numbers and empty cells."""
    filled = _filled(cells)
    if not filled or filled[0].rstrip("：:") not in SUMS or width < 2:
        return False
    return all(_NUMBER.fullmatch(cell) for cell in filled[1:])


def is_header_again(cells: Cells, last: Sequence[str]) -> bool:
    """Whether a record repeats the header."""
    return len(last) > 1 and tuple(clean_name(cell or "") for cell in cells) == tuple(last)


def begins_another(cells: Cells, following: Cells, last: Sequence[str], width: int) -> bool:
    """Whether a record behind a blank line is the header of another table, or its title with a header below it."""
    filled, below = _filled(cells), _filled(following)
    if width < 3 or not filled:
        return False
    names = {name for name in last if name}
    if any(clean_name(cell) in names for cell in filled):
        return True
    return len(filled) == 1 and len(below) > 1 and not any(map(str.isdigit, "".join(below)))


def is_title(cells: Cells, width: int) -> bool:
    """Whether a record of a table of several columns has one filled cell."""
    return width > 2 and len(_filled(cells)) == 1


def is_damaged(text: str) -> bool:
    """Whether text was decoded wrongly before it was sent."""
    return any(mark in text for mark in DAMAGED) or _MISREAD.search(text) is not None


def _is_label(cell: str) -> bool:
    return cell.startswith(FOOTERS) or cell.endswith(("人", "：", ":"))


def _filled(cells: Cells) -> list[str]:
    return [cell.strip() for cell in cells if cell and cell.strip()]
