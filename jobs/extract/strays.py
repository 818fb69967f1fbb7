"""Files that are no resource's, in the inbox and at places of others, by their names alone: what is in them is
nobody's business."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jobs.contracts import Access
from jobs.errors import SourceError
from jobs.extract.files import MANIFEST_SUFFIX, compile_pattern, shown

NAMED = 20
"""Files of one folder that are named; all are counted."""
_NEAREST, _LIKE = 3, 0.5
_UNFINISHED = re.compile(r"[.~].*|.*(~|\.(tmp|temp|part|partial|filepart|crdownload|swp|lock))", re.I | re.DOTALL)
"""Names that programs give to what they are still writing, and hidden ones."""
_BESIDE_DATABASE = "(-wal|-shm|-journal)?"


@dataclass(frozen=True)
class Strays:
    """What lies in one folder though nobody declared it, and the patterns that come nearest."""

    folder: str
    count: int
    files: tuple[str, ...]
    nearest: tuple[str, ...]


def find_strays(inbox: Path, access: Mapping[str, Access], is_looked_at: Callable[[str], bool]) -> Iterator[Strays]:
    """Folders below ``inbox`` with files that match no pattern of ``access`` (that of all live resources), or that are
    links or devices, which nobody takes. ``is_looked_at`` chooses among the folders right below the inbox.

    Each folder is listed once, and nothing of a file but its name is looked at.
    """
    declared = patterns_by_folder(access)
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        known = _known(declared.get(folder, []))
        found: list[str] = []
        with suppress(FileNotFoundError), os.scandir(inbox / folder) as entries:  # a folder may go at any time
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and os.access(entry.path, os.R_OK | os.X_OK):
                    if folder or is_looked_at(entry.name):
                        waiting.append(f"{folder}/{entry.name}" if folder else entry.name)
                elif not _is_passing(entry.name) and not (known.fullmatch(entry.name) and _is_plain(entry)):
                    found.append(entry.name)
        if found:
            files = tuple(shown(name) for name in sorted(found)[:NAMED])
            yield Strays(folder, len(found), files, _nearest(files, folder, declared))


def strays_at(place: str, names: Collection[str], access: Mapping[str, Access]) -> Strays | None:
    """The same of a place of others, as :func:`place_of` names it, by the names that were listed there; None where all
    are claimed. Folders are not among the names."""
    patterns = [one.pattern or "" for one in access.values() if place_of(one) == place]
    known = _known(patterns)
    found = sorted(name for name in names if not _is_passing(name) and not known.fullmatch(name))
    files = tuple(shown(name) for name in found[:NAMED])
    return Strays(place, len(found), files, _nearest(files, place, {place: patterns})) if found else None


def place_of(access: Access) -> str:
    """Address and path of a server's folder or a bucket's prefix; empty for what is listed nowhere but here."""
    if access.kind not in ("sftp", "objects"):
        return ""
    return "/".join(filter(None, ((access.url or "").rstrip("/"), (access.path or "").strip("/"))))


def patterns_by_folder(access: Mapping[str, Access]) -> dict[str, list[str]]:
    """Patterns of file names by the folder they are looked for in; a database in the inbox is a file there too."""
    found: dict[str, list[str]] = {}
    for one in access.values():
        if one.kind == "files":
            path, pattern = one.path or "", one.pattern or ""
        elif one.kind == "sql" and "{inbox}/" in (one.url or ""):
            path, _, pattern = (one.url or "").partition("{inbox}/")[2].partition("?")[0].rpartition("/")
        else:
            continue
        found.setdefault(str(PurePosixPath(path)).removeprefix("."), []).append(pattern)
    return found


def folders_at_top(access: Mapping[str, Access], resources: Collection[str]) -> set[str]:
    """Folders right below the inbox in which ``resources`` are looked for."""
    chosen = {resource: access[resource] for resource in resources if resource in access}
    return {folder.partition("/")[0] for folder in patterns_by_folder(chosen)}


def _known(patterns: Collection[str]) -> re.Pattern[str]:
    """What any of the patterns matches; one that cannot be read is its own resource's fault and matches nothing."""
    parts = []
    for pattern in patterns:
        with suppress(SourceError):
            parts.append(_regex(pattern))
    return re.compile("|".join(parts) or "(?!)", re.DOTALL)


def _regex(pattern: str) -> str:
    plain = re.sub(r"\?P<\w+>", "?:", compile_pattern(pattern).pattern)
    return f"(?:{plain})" if "{" in pattern or "*" in pattern else f"(?:{plain}{_BESIDE_DATABASE})"


def _is_plain(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _is_passing(name: str) -> bool:
    return name.endswith(MANIFEST_SUFFIX) or _UNFINISHED.fullmatch(name) is not None


def _nearest(files: Collection[str], folder: str, declared: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Patterns of the same folder, else of its neighbours, that the names may have been meant to match."""
    top = folder.partition("/")[0]
    around = [p for other, patterns in declared.items() if other.partition("/")[0] == top for p in patterns]
    beside = sorted(set(declared.get(folder) or around))
    examples = {p.replace("{period}", "20260101").replace("{sequence}", "1"): p for p in beside}
    close = [examples[found] for name in files for found in difflib.get_close_matches(name, examples, 1, _LIKE)]
    return tuple(dict.fromkeys([*close, *(examples.values() if not close else ())]))[:_NEAREST]
