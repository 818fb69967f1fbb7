"""What a workbook's reader does not say of cells: errors, formulas that nobody calculated, merged areas."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

Place = tuple[int, int]
"""Row and column, both from 0."""
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_AT = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_FORMULA, _VALUE = re.compile(rb"<(?:\w+:)?f\b"), re.compile(rb"<(?:\w+:)?(?:v|is)\b[^/>]*>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def doubtful_cells(data: bytes, sheet: str) -> dict[Place, str]:
    """Cells of an XLSX sheet that hold no value of their own, with the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = archive.read(_part_of(archive, sheet))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, DefusedXmlException):
        return {}  # the reader of its cells has its own word on such a workbook
    if b't="e"' not in part and not _FORMULA.search(part):
        return {}
    found: dict[Place, str] = {}
    for cell in _CELL.finditer(part):
        at = _AT.search(cell.group(1))
        reason = _doubt(cell.group(1), cell.group(2) or b"")
        if at and reason:
            found[int(at.group(2)) - 1, _column(at.group(1))] = reason
    return found


def merged_cells(sheet: Any, first: int) -> dict[Place, Place]:
    """Cells that merged areas leave empty from row ``first`` on, and the cell that holds their value."""
    found: dict[Place, Place] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top < first or (bottom - top + 1) * (right - left + 1) > 1_000_000:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    found[row, column] = (top, left)
    return found


def _doubt(opening: bytes, content: bytes) -> str:
    if b't="e"' in opening:
        return "error_cell: a cell holds an error in place of a value"
    if _FORMULA.search(content) and not _VALUE.search(content):
        return "formula: a cell was never calculated"
    return ""


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The archive's member that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
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
