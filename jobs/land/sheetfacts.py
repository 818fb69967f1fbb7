"""What an XLSX reader does not say of cells: errors, formulas that nobody calculated, numbers that are no days."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from jobs.land.sheet import ERROR, NO_DAY, UNCALCULATED, Place

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_AT = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_FORMULA, _VALUE = re.compile(rb"<(?:\w+:)?f\b"), re.compile(rb"<(?:\w+:)?(?:v|is)\b[^/>]*>")
_ZERO = re.compile(rb"<(?:\w+:)?v>0</")
_SMALL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>(-|0?\.|0<|\d[\d.]*[eE]-)"
)
"""A cell with a negative number or one below 1, or not much above."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_TIMES = frozenset({18, 19, 20, 21, 45, 46, 47})
_DAYS = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
"""Numbers of built-in formats that show a day; those of China and Japan among them."""


def doubtful_cells(data: bytes, sheet: str) -> dict[Place, str]:
    """Cells of an XLSX sheet that hold no value of their own, or a number that is not the day it is written as."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            part = archive.read(_part_of(archive, book, sheet))
            days, times = _date_styles(archive) if _SMALL.search(part) else (frozenset(), frozenset())
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, DefusedXmlException):
        return {}  # the reader of its cells has its own word on such a workbook
    found = dict(_no_days(part, days, times)) if days or times else {}
    if b't="e"' in part or _FORMULA.search(part):
        found |= _without_value(part, _is_uncalculated(book))
    return found


def _without_value(part: bytes, uncalculated: bool) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for cell in _CELL.finditer(part):
        reason = _doubt(cell.group(1), cell.group(2) or b"", uncalculated)
        place = _place(cell.group(1)) if reason else None
        if place:
            found[place] = reason
    return found


def _doubt(opening: bytes, content: bytes, uncalculated: bool) -> str:
    if b't="e"' in opening:
        return ERROR
    if not _FORMULA.search(content):
        return ""
    if not _VALUE.search(content) or (uncalculated and _ZERO.search(content)):
        return UNCALCULATED
    return ""


def _is_uncalculated(book: Any) -> bool:
    """Whether a workbook asks to be calculated when it is opened: a program wrote its formulas, with 0 as values."""
    return any(
        element.tag.endswith("}calcPr") and element.get("fullCalcOnLoad") in ("1", "true") for element in book.iter()
    )


def _no_days(part: bytes, days: frozenset[int], times: frozenset[int]) -> Iterator[tuple[Place, str]]:
    """Cells that are written as days and hold less than one, and those written as times that hold less than none."""
    for cell in _SMALL.finditer(part):
        style, place = _STYLE.search(cell.group(1)), _place(cell.group(1))
        number = int(style.group(1)) if style else 0
        if place and (number in days or (number in times and cell.group(2) == b"-")):
            yield place, NO_DAY


def _date_styles(archive: zipfile.ZipFile) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of the cell styles that show a day, and of those that show nothing but a time."""
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    kinds: dict[int, str] = dict.fromkeys(_DAYS, "day") | dict.fromkeys(_TIMES, "time")
    cells: list[int] = []
    for element in styles.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt":
            kinds[int(element.get("numFmtId", -1))] = kind_of_format(element.get("formatCode", ""))
        elif tag == "cellXfs":
            cells = [int(xf.get("numFmtId", 0)) for xf in element]
    of = [kinds.get(number, "") for number in cells]
    return (
        frozenset(n for n, kind in enumerate(of) if kind == "day"),
        frozenset(n for n, kind in enumerate(of) if kind == "time"),
    )


def kind_of_format(code: str) -> str:
    """``day``, ``time`` (of the day), ``span`` (hours beyond 24) or nothing, for a number format's code."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code.partition(";")[0]).lower()
    if re.search(r"\[(h+|m+|s+)\]", bare):
        return "span"
    letters = re.sub(r"\[[^\]]*\]|am/pm|a/p|general", "", bare)
    if re.search(r"[yd]", letters) or ("m" in letters and not re.search(r"[hs]", letters)):
        return "day"
    return "time" if re.search(r"[hs]", letters) else ""


def _place(opening: bytes) -> Place | None:
    at = _AT.search(opening)
    return (int(at.group(2)) - 1, _column(at.group(1))) if at else None


def _part_of(archive: zipfile.ZipFile, book: Any, sheet: str) -> str:
    """The archive's member that holds a sheet."""
    related = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in related}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            target: str = targets.get(element.get(_RELATION) or element.get(_STRICT), "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
