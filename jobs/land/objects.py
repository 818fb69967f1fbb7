"""JSON: one object a line, or an array inside a document; nested values are reached by dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Reject, chunk_of
from jobs.land.header import match_columns

MAX_BYTES = 256 << 20
MAX_LINE = 1 << 20
_ROWS = 20_000


def read_lines(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a file with one object a line; a line that is not an object is set aside."""
    records: list[list[str | None]] = []
    rejects: list[Reject] = []
    first = number = 0
    names: set[str] = set()
    for line in _lines(stream):
        number += 1
        flat = _parse(line)
        if flat is None:
            if records:
                yield chunk_of(records, len(declared), first)
                records = []
            rejects.append(Reject(number, "not_an_object: the line is not one JSON object", line.decode("utf-8", "replace")))
            continue
        names |= flat.keys()
        first = first if records else number
        records.append([flat.get(name) for name in declared])
        if len(records) == _ROWS:
            yield chunk_of(records, len(declared), first)
            records = []
    if number > len(rejects):
        match_columns(sorted(names), declared)
    yield chunk_of(records, len(declared), first or 1, rejects)


def read_document(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of the array at the declared path of one document."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError("the document is larger than 256 MB", remedy="Ask for one object a line")
    found: Any = _load(data)
    for step in (fmt.records or "").split("."):
        found = found.get(step) if step and isinstance(found, dict) else found
    if not isinstance(found, list):
        raise SourceError(f"no array at {fmt.records!r}", remedy="Correct `records` or ask for the file again")
    flats = [_flatten(item) if isinstance(item, dict) else None for item in found]
    match_columns(sorted({name for flat in flats if flat for name in flat}), declared)
    good = [(n, flat) for n, flat in enumerate(flats, 1) if flat is not None]
    bad = [Reject(n, "not_an_object: the item is not an object", "") for n, flat in enumerate(flats, 1) if flat is None]
    if not bad:
        yield chunk_of([[flat.get(name) for name in declared] for _, flat in good], len(declared), 1)
        return
    for number, flat in good:
        yield chunk_of([[flat.get(name) for name in declared]], len(declared), number)
    yield chunk_of([], len(declared), 1, bad)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    first = True
    while line := stream.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise SourceError("a line is longer than 1 MB", remedy="Ask for the delivery again")
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if line.strip():
            yield line


def _parse(line: bytes) -> dict[str, str | None] | None:
    try:
        item = _load(line)
    except SourceError as error:
        if "UTF-8" in error.problem:
            raise
        return None
    return _flatten(item) if isinstance(item, dict) else None


def _load(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"bytes that are not UTF-8 at {error.start}", remedy="Ask for the file in UTF-8") from None
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except (json.JSONDecodeError, RecursionError, ValueError):
        raise SourceError("the text is not JSON, or nested too deeply", remedy="Ask for the delivery again") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _flatten(item: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in item.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            flat |= _flatten(value, f"{name}.")
        elif isinstance(value, bool):
            flat[name] = "true" if value else "false"
        elif isinstance(value, list):
            flat[name] = json.dumps(value, ensure_ascii=False)
        else:
            flat[name] = value
    return flat
