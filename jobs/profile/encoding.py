"""Encoding and delimiter that a text file seems to have: proposals that the reader of the land stage then tries."""

from __future__ import annotations

import codecs
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

import duckdb

from jobs.errors import SourceError
from jobs.land.encodings import found_encoding

HEAD = 1 << 20
TAIL = 64 << 10
Encoding = Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "utf-16", "utf-16-le", "utf-16-be"]
_ALL: tuple[Encoding, ...] = ("utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be")
_DELIMITERS = (",", "\t", "|", ";", "^", "\x01", "\x1f")


class Dialect(NamedTuple):
    """How fields are separated and quoted."""

    delimiter: str
    quote: Literal['"', "'", ""]


def propose_encoding(head: bytes) -> Encoding:
    """By its mark, else what reads as usual text, else what decodes; SourceError if nothing does."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    found = found_encoding(head)
    for encoding in _ALL:
        if encoding == found:
            return encoding
    for encoding in _ALL[:3]:
        if _decodes(head, encoding):
            return encoding
    raise SourceError(
        "the bytes are neither UTF-8 nor GB18030 nor Big5", remedy="Ask for UTF-8, or for an undamaged file"
    )


def _decodes(head: bytes, encoding: str) -> bool:
    """Whether the bytes decode; a character cut at the end does not count."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head, final=False)
    except UnicodeError:
        return False
    return True


def text_of(path: Path, encoding: Encoding) -> str:
    """Whole lines at the beginning of a file."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        more = bool(stream.read(1))
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=not more).removeprefix("\ufeff")
    return text[: text.rfind("\n") + 1] or text if more else text


def tail_of(path: Path, encoding: Encoding) -> str:
    """Whole lines at the end of a file."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - TAIL) & ~1)
        text = stream.read().decode(encoding, "replace")
    return text if size <= TAIL else text.partition("\n")[2]


def propose_dialect(text: str) -> Dialect:
    """What DuckDB's sniffer finds in the lines; it reads files, so they stand in one that nobody else can open."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", prefix="brain-profile-") as lines:
        lines.write(text)
        lines.flush()
        try:
            found = duckdb.execute(
                "SELECT delimiter, quote FROM sniff_csv(?, all_varchar = true, ignore_errors = true)", [lines.name]
            ).fetchone()
        except duckdb.Error:  # its message would show a line
            found = None
    delimiter, quote = found or ("", "")
    first = text.partition("\n")[0]
    if delimiter not in _DELIMITERS or delimiter not in first:
        delimiter = max(_DELIMITERS, key=first.count)
    return Dialect(delimiter, "'" if quote == "'" else '"')
