"""The manifest beside a delivery: what its sender says it holds. Hostile until checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from jobs.errors import SourceError

MAX_BYTES = 1_000_000
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_TEXTS = {
    "period": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    "corrects": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    "received_at": _MOMENT,
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "member": re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e]{1,255}"),
}


_EXPECTED = {
    "period": "a day, as 2026-03-05",
    "corrects": "a day, as 2026-03-05",
    "received_at": "a day or a moment, as 2026-03-05T08:30:00+08:00",
    "sha256": "64 hexadecimal digits, small letters",
    "member": "the name of one file of the archive",
    "rows": "a whole number, not in quotes",
    "removed": "a whole number, not in quotes",
    "sequence": "a whole number, not in quotes",
    "withdrawn": "true or false, not in quotes",
    "sums": 'a number for each column, as {"AMOUNT": 1234.50}',
}
"""Entries that are read, with what each must be. Others may be anything: senders keep notes of their own there."""


def parse_manifest(read: Callable[[int], bytes], resource: str) -> dict[str, Any]:
    """The checked manifest of ``resource``; SourceError when it is not what a manifest must be.

    ``read`` gives its first n bytes.
    """
    data = read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError("the manifest is larger than 1 MB", remedy="Send counts, not rows")
    try:
        manifest = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
        json.dumps(manifest, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
    except (RecursionError, ValueError):
        raise SourceError("the manifest is not JSON", remedy="Send it again") from None
    if not isinstance(manifest, dict):
        raise SourceError("the manifest is not a JSON object", remedy="Send it again")
    if manifest.get("resource") not in (None, resource):
        raise SourceError("the manifest speaks of another resource", remedy="Send file and manifest together")
    for key, value in manifest.items():
        if not _is_sound(key, value):
            remedy = f"Correct and send it again: {_EXPECTED[key]}"
            raise SourceError(f"the manifest's {key!r} cannot be meant", remedy=remedy)
        if near := _misspelt(key):
            remedy = f"Correct it to {near!r} if that is meant, else name it otherwise"
            raise SourceError(f"the manifest's {key!r} is no entry that is read", remedy=remedy)
    return {key: _plain(value) for key, value in manifest.items() if value is not None}


def _is_sound(key: str, value: Any) -> bool:
    """Whether a known entry has its shape; entries that nobody reads may be anything."""
    if value is None:
        return True
    if key in _TEXTS:
        return isinstance(value, str) and bool(_TEXTS[key].fullmatch(value))
    if key in ("rows", "removed", "sequence"):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
    if key == "withdrawn":
        return isinstance(value, bool)
    if key == "sums":
        return isinstance(value, dict) and all(map(_is_number, value.values()))
    return True


def _misspelt(key: str) -> str:
    """The entry that an unknown key is most like, if it is so like one that a count would go unchecked; else empty."""
    if key in _EXPECTED or key == "resource":
        return ""
    return next(iter(get_close_matches(key.lower(), _EXPECTED, n=1, cutoff=0.8)), "")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return False
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    return number.is_finite() and abs(number.adjusted()) <= 30


def _plain(value: Any) -> Any:
    """Decimals as text: the journal keeps JSON."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
