"""JSON: one object a line, or an array inside a document; nested values are reached by dotted names.

Numbers stay as they are written. An object that gives a key twice is set aside: one of the values would be lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject, chunks_of, noted
from jobs.land.columns import clean_name, picked, spellings_of
from jobs.land.header import AbsentColumns, match_columns
from jobs.land.limits import beyond, bound
from jobs.land.textstream import AGAIN, utf8_lines

MAX_NAMES = 10_000
_MAX_SHOWN = 4_000
_BLANK, _MARK = b" \t\r\x0b\x0c", b"\xef\xbb\xbf"


class _Unusable(ValueError):
    """What is wrong with one object."""


class Names(set[str]):
    """All keys met, as they are meant; ``respelt`` are those that were written otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.respelt: set[str] = set()


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def read_lines(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a file with one object a line; a line that is not an object is set aside."""
    names, notes = Names(), dict[str, int]()
    depth, lines = bound(fmt, "depth"), utf8_lines(stream, fmt.encoding, bound(fmt, "record_kb"), _BLANK, notes)
    records = (_of_line(number, line, declared, names, depth) for number, line in enumerate(lines, 1))
    yield from matched(records, declared, names, notes)


def read_document(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of the array at the declared path of one document; of the features of a GeoJSON by default."""
    names, notes = Names(), dict[str, int]()
    depth, items = bound(fmt, "depth"), _array(stream, fmt, notes)
    records = (_of_item(number, item, declared, names, depth) for number, item in enumerate(items, 1))
    yield from matched(records, declared, names, notes)


def matched(
    records: Iterable[Record | Reject], declared: list[str], names: set[str], notes: dict[str, int]
) -> Iterator[Chunk]:
    """The chunks; SourceError at the end when a declared name came in no object at all."""
    taken = 0
    if isinstance(names, Names):
        records = _to_end(records, declared, names, notes)
    for chunk in noted(chunks_of(records, len(declared)), notes, len(declared)):
        if len(names) > MAX_NAMES:
            raise SourceError(f"the objects have more than {MAX_NAMES} different keys", remedy=AGAIN)
        taken += chunk.rows
        yield chunk
    if taken:
        with suppress(AbsentColumns):
            match_columns(sorted(names), declared)


def _to_end(
    records: Iterable[Record | Reject], declared: list[str], names: Names, notes: dict[str, int]
) -> Iterator[Record | Reject]:
    """The records; behind the last one it is noted how many declared names were written otherwise."""
    yield from records
    if respelt := names.respelt.intersection(name for spelt in spellings_of(declared) for name in spelt):
        notes["respelt_names"] = len(respelt)


def _of_line(number: int, line: bytes, declared: list[str], names: Names, depth: int) -> Record | Reject:
    try:
        return _cells(_load(line.decode()), declared, names, depth)
    except _Unusable as problem:
        return Reject(number, str(problem), line.decode()[:_MAX_SHOWN])


def _of_item(number: int, item: Any, declared: list[str], names: Names, depth: int) -> Record | Reject:
    try:
        return _cells(item, declared, names, depth)
    except _Unusable as problem:
        return Reject(number, str(problem), json.dumps(item)[:_MAX_SHOWN])


def _cells(item: Any, declared: list[str], names: Names, depth: int) -> Record:
    """The cells of one object in the declared order; ``names`` gathers all keys met."""
    if not isinstance(item, dict):
        raise _Unusable("not_an_object: the record is not one JSON object")
    cells: dict[str, str | None] = {}
    if not _flatten(item, "", cells, depth, names.respelt):
        raise _Unusable(f"not_flat: objects stand more than {depth} deep in each other (limits.depth)")
    names.update(cells)
    return picked(cells, declared)


def _array(stream: IO[bytes], fmt: Format, notes: dict[str, int]) -> list[Any]:
    most = bound(fmt, "size_mb")
    data = stream.read((most << 20) + 1)
    if len(data) > most << 20:
        raise beyond(f"the document is larger than {most} MB", "size_mb", "Ask for one object a line")
    if fmt.encoding == "utf-8" and data.startswith(_MARK):
        notes["bom"] = 1
    try:
        found = _load(_decoded(data, fmt.encoding))
    except _Unusable as problem:
        raise SourceError(f"the document cannot be read ({problem})", remedy=AGAIN) from None
    path = fmt.records or ("features" if fmt.kind == "geojson" else "")
    for step in path.split(".") if path else ():
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise SourceError(f"there is no array at {path!r}", remedy="Correct `records` or ask for the file again")
    return found


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not {encoding} ({error.reason})"
        raise SourceError(problem, remedy="Ask for the file in the declared encoding") from None


def _load(text: str) -> Any:
    try:
        return json.loads(
            text,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_doubles,
        )
    except (json.JSONDecodeError, RecursionError):
        raise _Unusable("not_json: the text is not JSON, or nested too deeply") from None


def _refuse_constant(_name: str) -> None:
    raise _Unusable("not_json: NaN and Infinity are no JSON")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unusable("duplicate_key: an object gives a key twice")
    return found


def _flatten(item: dict[str, Any], prefix: str, cells: dict[str, str | None], depth: int, respelt: set[str]) -> bool:
    """Gather the cells of an object; False where objects stand deeper in it."""
    if depth == 0:
        return False
    for key, value in item.items():
        name = prefix + (clean := clean_name(key))
        if clean != key:
            respelt.add(name)
        if isinstance(value, dict):
            if not _flatten(value, f"{name}.", cells, depth - 1, respelt):
                return False
        elif name in cells:
            raise _Unusable("duplicate_key: two keys read as one name")
        else:
            cells[name] = _text(value)
    return True


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = str(value) if isinstance(value, str) else _written(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _Unusable("not_text: half of a surrogate pair") from None
    return text


def _written(value: Any) -> str:
    """JSON text with numbers as they came."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_written(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return json.dumps(value, ensure_ascii=False)
