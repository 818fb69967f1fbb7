"""What a file is by its first bytes: a proposal, set beside what the catalog declares."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs.contracts import Format
from jobs.errors import SourceError

HEAD = 1 << 16
"""Bytes that are looked at."""


@dataclass(frozen=True)
class Found:
    """Words for what was found, and the format to declare if it may be delivered so."""

    words: str
    declare: str = ""


_MAGIC: tuple[tuple[bytes, Found], ...] = (
    (b"PAR1", Found("Parquet", "kind: parquet")),
    (b"PARE", Found("encrypted Parquet")),
    (b"SQLite format 3\0", Found("an SQLite database", "kind: sqlite")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Found("an old or a protected Office file", "kind: xls")),
    (b"\x09\x00\x04\x00", Found("an old workbook", "kind: xls")),
    (b"\x09\x02\x06\x00", Found("an old workbook", "kind: xls")),
    (b"\x09\x04\x06\x00", Found("an old workbook", "kind: xls")),
    (b"\x1f\x8b", Found("a gzip file", "archive: gz")),
    (b"Rar!", Found("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", Found("a 7z archive")),
    (b"BZh", Found("a bzip2 file")),
    (b"\xfd7zXZ", Found("an xz file")),
    (b"\x28\xb5\x2f\xfd", Found("a zstd file")),
    (b"%PDF", Found("a PDF")),
    (b"\x89PNG", Found("a picture")),
    (b"\xff\xd8\xff", Found("a picture")),
    (b"ARROW1", Found("an Arrow file")),
    (b"{\\rtf", Found("an RTF text")),
    (b"\x7fELF", Found("a program")),
    (b"MZ\x90", Found("a program")),
)
_ZIPPED: tuple[tuple[bytes, Found], ...] = (
    (b"mimetypeapplication/vnd.oasis", Found("an OpenDocument file")),
    (b"xl/", Found("a workbook", "kind: xlsx")),
    (b"word/", Found("a Word document")),
    (b"ppt/", Found("a presentation")),
    (b"[Content_Types].xml", Found("a workbook", "kind: xlsx")),
)
_DECLARED: dict[str, tuple[str, ...]] = {
    "xlsx": ("kind: xlsx",),
    "xls": ("kind: xls",),
    "parquet": ("kind: parquet",),
    "sqlite": ("kind: sqlite",),
    "dbf": ("kind: dbf",),
    "json": ("kind: json", "kind: jsonl"),
    "geojson": ("kind: json", "kind: jsonl"),
    "jsonl": ("kind: jsonl",),
    "xml": ("kind: xml",),
}
"""What a file of a kind may look like; delimited and fixed-width text look like nothing."""
_DBF_VERSIONS = b"\x02\x03\x04\x30\x31\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb"
_TAG = re.compile(rb"<[?!A-Za-z_\x80-\xff]")


def what_is(head: bytes) -> Found | None:
    """What the first bytes of a file are; None for other text."""
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return next((found for mark, found in _ZIPPED if mark in head), Found("a ZIP archive", "member: '*'"))
    if _is_dbf(head):
        return Found("a DBF table", "kind: dbf")
    return _what_text_is(head)


def _what_text_is(head: bytes) -> Found | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if text.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return Found("XML in UTF-16", "kind: xml")
    lower = text[:2048].lower()
    if text.startswith(b"<") and (b"<html" in lower or b"<!doctype html" in lower or b"<table" in lower):
        return Found("an HTML page")
    if _TAG.match(text):
        return Found("XML", "kind: xml")
    if text.startswith(b"["):
        return Found("a JSON array", "kind: json")
    if text.startswith(b"{"):
        line = text.partition(b"\n")[0].rstrip()
        return Found("JSON", "kind: jsonl" if line.endswith(b"}") or b"\n" not in text else "kind: json")
    return None


def _is_dbf(head: bytes) -> bool:
    """A version, a date, a header length that ends in its mark: nothing else begins so."""
    if len(head) < 33 or head[0] not in _DBF_VERSIONS or not (0 < head[2] < 13 and 0 < head[3] < 32):
        return False
    length = int.from_bytes(head[8:10], "little")
    return length > len(head) or head[length - 1 : length] == b"\r" or b"\r" in head[32:length]


def require_kind(head: bytes, fmt: Format) -> None:
    """SourceError where the first bytes contradict the declared kind: what was found, and what to declare."""
    if not head:
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    found, wanted = what_is(head), _DECLARED.get(fmt.kind, ())
    if found is None:
        if fmt.kind in ("csv", "fixed", "json", "jsonl", "geojson", "xml"):
            return
        raise SourceError(f"the file is not {_NAMES[fmt.kind]}", remedy=_ask(Found("text", "kind: csv"), fmt))
    if found.declare in wanted or (not wanted and found.declare in _LIKE_TEXT):
        return
    raise SourceError(f"the file is {found.words}, not {_NAMES[fmt.kind]}", remedy=_ask(found, fmt))


_LIKE_TEXT = ("kind: json", "kind: jsonl")
"""Delimited text may begin with a bracket too; its header decides."""
_NAMES = {
    "csv": "delimited text",
    "fixed": "fixed-width text",
    "xlsx": "an XLSX workbook",
    "xls": "an XLS workbook",
    "json": "a JSON document",
    "geojson": "GeoJSON",
    "jsonl": "JSON lines",
    "xml": "XML",
    "dbf": "a DBF table",
    "parquet": "Parquet",
    "sqlite": "an SQLite database",
}


def _ask(found: Found, fmt: Format) -> str:
    ask = f"Ask for {_NAMES[fmt.kind]}"
    return f"{ask}, or declare `{found.declare}`" if found.declare else ask
