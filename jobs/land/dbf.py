"""DBF tables: text fields in the declared encoding, numbers as they were written."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dbfread import DBF

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject, chunks_of, noted
from jobs.land.encodings import SAMPLE, require_declared
from jobs.land.header import match_columns

_AGAIN = "Ask for the delivery again"
_TEXT = frozenset("CNFDL")
_BROKEN = (ValueError, struct.error, EOFError, OSError, LookupError, TypeError, AttributeError)
"""What a damaged table makes the library raise."""


def read_dbf(path: Path, fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a table; deleted records are passed over and counted."""
    try:
        table = DBF(
            str(path), encoding=fmt.encoding, ignore_missing_memofile=True, raw=True, char_decode_errors="strict"
        )
    except UnicodeDecodeError:
        problem = f"a field name is not {fmt.encoding}"
        raise SourceError(problem, remedy="Ask for the file in the declared encoding") from None
    except _BROKEN:
        raise SourceError("the table is damaged", remedy=_AGAIN) from None
    _require_whole(path, table.header)
    with path.open("rb") as content:
        content.seek(table.header.headerlen)
        require_declared(content.read(SAMPLE), fmt.encoding)
    wanted = match_columns(table.field_names, declared)
    kinds = [table.fields[n].type for n in wanted]
    if odd := {kind for kind in kinds if kind not in _TEXT}:
        problem = f"fields of type {', '.join(sorted(odd))} are not read"
        raise SourceError(problem, remedy="Ask for text fields, or for delimited text")
    names = [table.field_names[n] for n in wanted]
    records = (_record(number, row, names, kinds, fmt.encoding) for number, row in enumerate(table, 1))
    deleted = len(table.deleted)
    yield from noted(chunks_of(records, len(wanted)), {"deleted": deleted} if deleted else {}, len(wanted))


def _require_whole(path: Path, header: Any) -> None:
    """A table says how many records it has: fewer bytes were cut off, many more were put behind."""
    size, said = path.stat().st_size, header.headerlen + header.numrecords * header.recordlen
    if header.recordlen < 1 or header.headerlen < 33:
        raise SourceError("the table is damaged", remedy=_AGAIN)
    if size < said:
        held = max(size - header.headerlen, 0) // header.recordlen
        raise SourceError(f"the table is cut off: {held} of {header.numrecords} records", remedy=_AGAIN)
    if size - said >= header.recordlen:
        raise SourceError(f"the table holds more than the {header.numrecords} records that it says", remedy=_AGAIN)


def _record(number: int, row: dict[str, Any], names: list[str], kinds: list[str], encoding: str) -> Record | Reject:
    try:
        cells = [_text(row[name], kind, encoding) for name, kind in zip(names, kinds, strict=True)]
    except UnicodeDecodeError:
        return Reject(number, f"not_text: bytes that are not {encoding}", "")
    if any(cell and "*" in cell for cell, kind in zip(cells, kinds, strict=True) if kind in "NF"):
        return Reject(number, "overflow: a number did not fit its field", "")
    return cells


def _text(value: bytes, kind: str, encoding: str) -> str | None:
    text = value.rstrip(b"\0 ").decode(encoding)
    text = text if kind == "C" else text.strip()
    return None if kind != "C" and (not text or text == "?") else text
