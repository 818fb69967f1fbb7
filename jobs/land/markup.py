"""XML: one element a record, streamed; what it declares of itself (entities, document types) is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject
from jobs.land.columns import clean_name, picked
from jobs.land.limits import beyond, bound
from jobs.land.objects import matched
from jobs.land.textstream import AGAIN, utf8_blocks

_BLOCK = 1 << 16
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w-]+)[\"'][^>]*\?>")
_SAME = {"utf-8": "utf-8", "utf8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def read_xml(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of the elements at the declared path (``root.list.item``); children are columns, attributes ``@name``."""
    if not fmt.records:
        raise SourceError("the format says no path of records", remedy="Declare `records`, as in 'root.list.item'")
    names: set[str] = set()
    notes: dict[str, int] = {}
    elements = _elements(stream, fmt, notes)
    records = (_record(number, item, declared, names) for number, item in enumerate(elements, 1))
    yield from matched(records, declared, names, notes)


def _elements(stream: IO[bytes], fmt: Format, notes: dict[str, int]) -> Iterator[Element]:
    """The elements at the path, one by one; what was read of the document is let go."""
    path, stack, parents, since, found = (fmt.records or "").split("."), [], [], 0, False
    held, longest, deepest = False, bound(fmt, "record_kb"), bound(fmt, "depth")
    parser: Any = XMLPullParser(("start", "end"), _parser=DefusedXMLParser(encoding="utf-8", forbid_dtd=True))
    try:
        for block in utf8_blocks(stream, fmt.encoding, _BLOCK, notes):
            if not found:
                _require_encoding(block, fmt.encoding, notes)
            since += len(block)
            if since > longest << 10:
                raise beyond(f"a record is longer than {longest} kB, or `records` fits none", "record_kb", AGAIN)
            parser.feed(block)
            found = True
            for event, element in parser.read_events():
                if event == "start":
                    stack.append(_local(element.tag))
                    parents.append(element)
                    held = held or stack in (path[:-1], path)
                    if len(stack) > deepest:
                        raise beyond(f"elements stand more than {deepest} deep", "depth", AGAIN)
                    continue
                if stack == path:
                    since = 0
                    yield element
                stack.pop()
                parents.pop()
                if len(stack) < len(path):
                    element.clear()
                    if parents:
                        parents[-1].remove(element)
        parser.close()
        if not held:
            raise SourceError(f"there are no records at {fmt.records!r}", remedy="Correct `records` or ask again")
    except DefusedXmlException:
        problem = "the document defines a document type or entities"
        raise SourceError(problem, remedy="Ask for it without `<!DOCTYPE`") from None
    except ParseError as error:
        line, column = error.position
        raise SourceError(f"the document is no XML at line {line}, column {column}", remedy=AGAIN) from None


def _require_encoding(block: bytes, encoding: str, notes: dict[str, int]) -> None:
    said = _DECLARED.match(block)
    name = said.group(1).decode().lower() if said else ""
    if name in _SAME and _SAME[name] != _SAME.get(encoding.removesuffix("-sig"), encoding):
        problem = f"the document says that it is in {name}, the catalog says {encoding}"
        raise SourceError(problem, remedy=f"Declare `encoding: {_SAME[name]}` or ask for the file in {encoding}")
    if name and name.replace("utf8", "utf-8") != encoding.removesuffix("-sig"):
        notes["said_encoding"] = 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _record(number: int, item: Element, declared: list[str], names: set[str]) -> Record | Reject:
    cells: dict[str, str | None] = {}
    problem = _flatten(item, "", cells)
    names.update(cells)
    if problem:
        return Reject(number, problem, json.dumps(cells, ensure_ascii=False)[:4_000])
    return picked(cells, declared)


def _flatten(item: Element, prefix: str, cells: dict[str, str | None]) -> str:
    """Cells of an element and its children; what is wrong with them, or nothing."""
    problem = ""
    for key, value in item.attrib.items():
        if key != _NIL:
            cells[f"{prefix}@{_local(key)}"] = value
    for child in item:
        name = prefix + clean_name(_local(child.tag))
        if name in cells or any(key.startswith(f"{name}.") for key in cells):
            problem = problem or "duplicate_key: an element gives a child twice"
        if (child.tail or "").strip() or (len(child) and (child.text or "").strip()):
            problem = problem or "mixed_content: text stands between elements"
        if len(child):
            problem = _flatten(child, f"{name}.", cells) or problem
        else:
            cells[name] = None if child.get(_NIL) in ("true", "1") else child.text or ""
            problem = _flatten(child, f"{name}.", cells) or problem
    return problem
