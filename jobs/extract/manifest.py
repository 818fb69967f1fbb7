"""The manifest beside a delivery: what its sender says it holds. Hostile until checked."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from jobs.errors import SourceError

MAX_BYTES = 1_000_000
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_TEXTS = {
    "period": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "received_at": _MOMENT,
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "member": re.compile(r"[^\x00-\x1f]{1,255}"),
}


def read_manifest(path: Path, resource: str) -> dict[str, Any]:
    """The checked manifest, empty if there is none; SourceError when it is not what a manifest must be."""
    if not path.is_file() or path.is_symlink():
        return {}
    where = {"resource": resource, "file": path.name.encode("utf-8", "backslashreplace").decode()}
    if path.stat().st_size > MAX_BYTES:
        raise SourceError("the manifest is larger than 1 MB", remedy="Send counts, not rows", **where)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
        json.dumps(manifest, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
    except (RecursionError, ValueError):
        raise SourceError("the manifest is not JSON", remedy="Send it again", **where) from None
    if not isinstance(manifest, dict):
        raise SourceError("the manifest is not a JSON object", remedy="Send it again", **where)
    if manifest.get("resource") not in (None, resource):
        raise SourceError("the manifest speaks of another resource", remedy="Send file and manifest together", **where)
    for key in manifest:
        if not _is_sound(key, manifest[key]):
            raise SourceError(f"the manifest's {key!r} cannot be meant", remedy="Correct and send it again", **where)
    return {key: _plain(value) for key, value in manifest.items() if value is not None}


def _is_sound(key: str, value: Any) -> bool:
    """Whether a known entry has its shape; entries that nobody reads may be anything."""
    if value is None:
        return True
    if key in _TEXTS:
        return isinstance(value, str) and bool(_TEXTS[key].fullmatch(value))
    if key in ("rows", "removed", "sequence"):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
    if key == "sums":
        return isinstance(value, dict) and all(map(_is_number, value.values()))
    return True


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
