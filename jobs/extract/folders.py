"""Deliveries as files in a folder, with or without a manifest beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.contracts import Access
from jobs.errors import SourceError

MANIFEST_SUFFIX = ".manifest.json"
_MAX_MANIFEST = 1_000_000
_PLACEHOLDERS = {"period": r"(?P<period>\d{8})", "sequence": r"(?P<sequence>\d{1,3})"}


@dataclass(frozen=True)
class Found:
    """A file that matches a resource's pattern and what is said about it."""

    path: Path
    period: str
    sequence: int
    received_at: str
    manifest: dict[str, Any]


def find_files(resource: str, access: Access, inbox: Path) -> Iterator[Found]:
    """Files of ``resource`` in the order of their names. Links and files outside the inbox are not followed."""
    folder = inbox / (access.path or "")
    if not folder.is_dir():
        return
    pattern = compile_pattern(access.pattern or "")
    for path in sorted(folder.iterdir()):
        match = pattern.fullmatch(path.name)
        if match and path.is_file() and not path.is_symlink():
            yield _describe(resource, path, match.groupdict())


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """``hjrk_{period}_{sequence}.csv`` → a regular expression; ``*`` stands for anything."""
    parts = re.split(r"(\{\w+\}|\*)", pattern)
    expression = ""
    for part in parts:
        if part == "*":
            expression += ".*"
        elif part.startswith("{"):
            expression += _PLACEHOLDERS[part[1:-1]]
        else:
            expression += re.escape(part)
    return re.compile(expression)


def _describe(resource: str, path: Path, named: dict[str, str | None]) -> Found:
    manifest = _read_manifest(resource, path)
    digits = named.get("period") or ""
    from_name = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else ""
    period = str(manifest.get("period") or from_name)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", period):
        raise SourceError(
            "the period of a delivery is unknown",
            remedy="Put it into the file name ({period}) or into the manifest",
            resource=resource,
            file=path.name,
        )
    return Found(
        path=path,
        period=period,
        sequence=int(manifest.get("sequence") or named.get("sequence") or 1),
        received_at=str(manifest.get("received_at") or f"{period}T23:59:59"),
        manifest=manifest,
    )


def _read_manifest(resource: str, path: Path) -> dict[str, Any]:
    beside = path.with_name(path.name + MANIFEST_SUFFIX)
    if not beside.exists():
        return {}
    where = {"resource": resource, "file": beside.name}
    if beside.stat().st_size > _MAX_MANIFEST:
        raise SourceError("the manifest is larger than 1 MB", remedy="Send counts, not rows", **where)
    try:
        manifest = json.loads(beside.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise SourceError("the manifest is not JSON", remedy="Send it again", **where) from None
    if not isinstance(manifest, dict) or manifest.get("resource") not in (None, resource):
        raise SourceError("the manifest speaks of another resource", remedy="Send file and manifest together", **where)
    return manifest
