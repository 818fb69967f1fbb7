"""Deliveries as files in a folder of the inbox, with or without a manifest beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jobs.contracts import Access
from jobs.errors import SourceError
from jobs.extract.manifest import read_manifest

MANIFEST_SUFFIX = ".manifest.json"
_PLACEHOLDERS = {"{period}": r"(?P<period>\d{8})", "{sequence}": r"(?P<sequence>\d{1,3})", "*": ".*"}


@dataclass(frozen=True)
class Found:
    """A file that matches a resource's pattern and what is said about it."""

    path: Path
    period: str
    sequence: int
    received_at: str
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Named:
    """A file whose name matches, and what its name says."""

    path: Path
    period: str = ""
    sequence: str = ""


def matching_files(resource: str, access: Access, inbox: Path) -> Iterator[Named]:
    """Files of ``resource`` in the order of their names; links, devices and folders outside the inbox are none."""
    folder = inside(inbox, access.path or "", resource)
    pattern = compile_pattern(access.pattern or "", resource)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and not path.name.endswith(MANIFEST_SUFFIX) and path.is_file() and not path.is_symlink():
            yield Named(path, **{key: value or "" for key, value in match.groupdict().items()})


def inside(inbox: Path, path: str, resource: str) -> Path:
    """``inbox / path``; SourceError if that lies, or leads by a link, outside the inbox."""
    folder = inbox / path
    if ".." in Path(path).parts or not folder.resolve().is_relative_to(inbox.resolve()):
        problem = "the path of a delivery leaves the inbox"
        raise SourceError(problem, remedy="Correct catalog/connections.yml", resource=resource)
    return folder


def compile_pattern(pattern: str, resource: str = "") -> re.Pattern[str]:
    """``hjrk_{period}_{sequence}.csv`` → a regular expression; ``*`` stands for anything."""
    parts = [part for part in re.split(r"(\{[^}]*\}|\*)", pattern) if part]
    known = [_PLACEHOLDERS.get(part) or (None if part.startswith("{") else re.escape(part)) for part in parts]
    doubled = any(parts.count(part) > 1 for part in ("{period}", "{sequence}"))
    if doubled or not all(known):
        remedy = "Use letters, *, and {period} or {sequence} once"
        raise SourceError(f"the file pattern {pattern!r} cannot be read", remedy=remedy, resource=resource)
    return re.compile("".join(part or "" for part in known), re.DOTALL)


def describe(resource: str, named: Named) -> Found:
    """What is known of a file: its manifest first, then its name; SourceError where that is not enough."""
    where = {"resource": resource, "file": shown(named.path.name)}
    manifest = read_manifest(named.path.with_name(named.path.name + MANIFEST_SUFFIX), resource)
    digits = named.period
    period = str(manifest.get("period") or (f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else ""))
    if not _is_day(period):
        remedy = "Put it into the file name ({period}) or into the manifest"
        raise SourceError("the period of a delivery is unknown or no day", remedy=remedy, **where)
    sequence = int(manifest.get("sequence") or named.sequence or 1)
    if not 1 <= sequence <= 999:
        raise SourceError("the sequence of a delivery is not between 1 and 999", remedy="Number it anew", **where)
    received = str(manifest.get("received_at") or f"{period}T23:59:59")
    return Found(named.path, period, sequence, received, manifest)


def shown(name: str) -> str:
    """A file name as text: bytes of another encoding than the system's are spelt out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
