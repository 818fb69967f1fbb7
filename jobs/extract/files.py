"""Deliveries as files: which of those that a shelf holds are a resource's, and what their names and manifests say.

A shelf is any place that holds files: a folder of the inbox, a folder of an SFTP server, a prefix of a bucket.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Protocol

from jobs.contracts import Access
from jobs.errors import SourceError
from jobs.extract.blobs import Sink
from jobs.extract.manifest import parse_manifest
from jobs.extract.source import Fetched, Offer, located

MANIFEST_SUFFIX = ".manifest.json"
_PLACEHOLDERS = {"{period}": r"(?P<period>\d{8})", "{sequence}": r"(?P<sequence>\d{1,3})", "*": ".*"}
_MAX_NAME = 255
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
"""Characters that a name must not hold: control, direction and invisible ones, and breaks of lines."""


@dataclass(frozen=True)
class Entry:
    """A file on a shelf, as its listing shows it."""

    name: str
    size: int
    stamp: str
    """Changes whenever the content does."""
    is_file: bool = True
    """False for what only stands in the place of one: a link, a pipe, a device."""


class Shelf(Protocol):
    """A place that holds files. Everything it raises is a SourceError."""

    def entries(self) -> Iterator[Entry]:
        """All but folders."""

    def small(self, entry: Entry, limit: int) -> bytes:
        """The first ``limit`` bytes of a small file."""

    def copy(self, entry: Entry, sink: Sink) -> Fetched:
        """Write the whole file; raises where it is no longer what the listing showed."""


class Files:
    """The files of one resource on a shelf. ``is_known`` tells of a file and its stamp whether it was taken before."""

    def __init__(
        self, resource: str, access: Access, member: str, shelf: Shelf, is_known: Callable[[str, str], bool]
    ) -> None:
        self._resource, self._member, self._shelf, self._is_known = resource, member, shelf, is_known
        self._pattern = compile_pattern(access.pattern or "")
        self.listed: frozenset[str] = frozenset()
        """Names of all that is on the shelf, once :meth:`offers` has looked."""

    def offers(self) -> Iterator[Offer | SourceError]:
        """Files whose names match, without those known, and withdrawals, whose manifest may stand alone; an error for
        each that cannot be placed."""
        entries = {entry.name: entry for entry in self._shelf.entries()}
        self.listed = frozenset(entries)
        for name in sorted({name.removesuffix(MANIFEST_SUFFIX) for name in entries}):
            match = self._pattern.fullmatch(name)
            if not match or name.endswith(MANIFEST_SUFFIX):
                continue
            try:
                require_plain(name)
                told = entries.get(name + MANIFEST_SUFFIX)
                for entry in (entries.get(name), told):
                    _require_file(entry)
                said = match.groupdict()
                if name not in entries:
                    yield from self._withdrawal(name, told, said)
                    continue
                stamp = "|".join([entries[name].stamp, told.stamp if told else "", str(said), self._member])
                if not self._is_known(shown(name), stamp):
                    yield self._offer(entries[name], told, stamp, said)
            except SourceError as error:
                yield located(error, file=shown(name))

    def _offer(self, entry: Entry, told: Entry | None, stamp: str, said: dict[str, Any]) -> Offer:
        manifest = self._manifest(told) if told else {}
        period, sequence = placed(manifest, said.get("period") or "", said.get("sequence") or "")
        received = str(manifest.get("received_at") or f"{period}T23:59:59")
        fetch = partial(self._shelf.copy, entry)
        return Offer(shown(entry.name), period, sequence, received, fetch, manifest, stamp)

    def _withdrawal(self, name: str, told: Entry | None, said: dict[str, Any]) -> Iterator[Offer]:
        """What a manifest whose file is gone takes back; one that takes nothing back waits for its file."""
        if told and self._manifest(told).get("withdrawn"):
            yield replace(self._offer(told, told, "", said), file=shown(name))

    def _manifest(self, told: Entry) -> dict[str, Any]:
        try:
            return parse_manifest(partial(self._shelf.small, told), self._resource)
        except SourceError as error:
            raise located(error, file=shown(told.name)) from None


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """``hjrk_{period}_{sequence}.csv`` → a regular expression; ``*`` stands for anything."""
    parts = [part for part in re.split(r"(\{[^}]*\}|\*)", pattern) if part]
    known = [_PLACEHOLDERS.get(part) or (None if part.startswith("{") else re.escape(part)) for part in parts]
    doubled = any(parts.count(part) > 1 for part in ("{period}", "{sequence}"))
    if doubled or not all(known):
        remedy = "Use letters, *, and {period} or {sequence} once"
        raise SourceError(f"the file pattern {pattern!r} cannot be read", remedy=remedy)
    return re.compile("".join(part or "" for part in known), re.DOTALL)


def require_plain(name: str) -> None:
    """SourceError unless ``name`` is the name of a file and nothing else: no path, nothing that a log would obey."""
    hidden = any(unicodedata.category(character) in _UNSEEN for character in name)
    if hidden or name in ("", ".", "..") or "/" in name or "\\" in name or len(name) > _MAX_NAME:
        problem = "the name of a delivery is a path, too long, or holds characters that cannot be seen"
        raise SourceError(problem, remedy="Ask for plain file names")


def _require_file(entry: Entry | None) -> None:
    if entry and not entry.is_file:
        what = "the manifest" if entry.name.endswith(MANIFEST_SUFFIX) else "the delivery"
        raise SourceError(f"{what} is a link, pipe or device, which is not followed", remedy="Ask for the file itself")


def placed(manifest: dict[str, Any], digits: str, sequence: str) -> tuple[str, int]:
    """Period and sequence by the manifest, else by the file name; SourceError where neither says a day.

    A correction is a delivery of the period that it corrects.
    """
    corrects = manifest.get("corrects")
    if corrects and manifest.get("period") not in (None, corrects):
        remedy = "A correction is of the period it corrects: leave one of them out"
        raise SourceError("the manifest's 'period' and 'corrects' differ", remedy=remedy)
    period = str(corrects or manifest.get("period") or (f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else ""))
    if not _is_day(period):
        remedy = "Put it into the file name ({period}) or into the manifest"
        raise SourceError("the period of a delivery is unknown or no day", remedy=remedy)
    number = int(manifest.get("sequence") or sequence or 1)
    if not 1 <= number <= 999:
        raise SourceError("the sequence of a delivery is not between 1 and 999", remedy="Number it anew")
    return period, number


def changed_while_read() -> SourceError:
    """What to say of a file that is not the same before and after it was read."""
    remedy = "Ask for files to be written under another name and renamed when whole, then run again"
    return SourceError("the file changed while it was read", remedy=remedy)


def require_length(sink: Sink, entry: Entry) -> None:
    """SourceError as soon as more came than was listed: a file that grows as it is read has no end."""
    if sink.size > entry.size:
        raise changed_while_read()


def shown(name: str) -> str:
    """A file name as text: bytes of another encoding than UTF-8 and characters that cannot be seen are spelt out."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    plain = (c if unicodedata.category(c) not in _UNSEEN else c.encode("unicode_escape").decode() for c in text)
    return "".join(plain)[:_MAX_NAME]


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
