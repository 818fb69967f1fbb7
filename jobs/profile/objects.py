"""Proposals for JSON: one object a line, or an array inside one document; nested values have dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.columns import clean_name
from jobs.profile.encoding import Encoding
from jobs.profile.proposal import Proposal

_OBJECTS = 1_000


def propose_objects(path: Path, encoding: Encoding, lines: str) -> Proposal:
    """One object a line, or the longest array of objects inside one document."""
    first, _, rest = lines.strip().partition("\n")
    try:
        item = json.loads(first)
    except ValueError:
        item = None
    facts: dict[str, Any] = {"encoding": encoding}
    if isinstance(item, dict) and (rest.strip() or not any(_arrays(item, ""))):
        objects = (_parsed(line) for line in islice(lines.splitlines(), _OBJECTS))
        return Proposal(Format.model_validate({"kind": "jsonl", **facts}), _keys(objects))
    try:
        document = json.loads(path.read_bytes().decode(encoding))
    except (ValueError, RecursionError):
        raise SourceError("the file begins like JSON and is none", remedy="Ask for the delivery again") from None
    arrays = [("", document)] if isinstance(document, list) else list(_arrays(document, ""))
    if not arrays:
        raise SourceError("the document holds no array of objects", remedy="Ask for one object a record")
    where, records = max(arrays, key=lambda pair: len(pair[1]))
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        kind: dict[str, Any] = {"kind": "geojson"}
    else:
        kind = {"kind": "json", **({"records": where} if where else {})}
    return Proposal(Format.model_validate(kind | facts), _keys(islice(records, _OBJECTS)))


def _parsed(line: str) -> Any:
    try:
        return json.loads(line) if line.strip() else None
    except ValueError:
        return None


def _arrays(item: dict[str, Any], prefix: str, depth: int = 5) -> Iterator[tuple[str, list[Any]]]:
    for key, value in item.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield prefix + key, value
        elif isinstance(value, dict) and depth:
            yield from _arrays(value, f"{prefix}{key}.", depth - 1)


def _keys(objects: Iterable[Any]) -> tuple[str, ...]:
    """Dotted names of the values of all objects, in the order in which they are met."""
    names: dict[str, None] = {}
    for item in objects:
        if isinstance(item, dict):
            names.update(dict.fromkeys(_dotted(item, "")))
    return tuple(names)


def _dotted(item: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in item.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{clean_name(key)}.")
        else:
            yield prefix + clean_name(key)
