"""Bytes of a delivery, also out of a ZIP or gzip file, measured while they are unpacked.

What an archive says of itself is never believed: sizes are counted as they come, and no name becomes a path.
"""

from __future__ import annotations

import errno
import fnmatch
import gzip
import io
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from jobs.contracts import Format
from jobs.errors import EnvironmentFault, SourceError
from jobs.land.limits import beyond, bound

MAX_ENTRIES = 10_000
_SMALL = 1 << 16
"""Archives below this may unpack to what one of this size may."""
_DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What a damaged or foreign archive makes the library raise."""


class Measured(io.RawIOBase):
    """A stream out of an archive: SourceError when it gives more than the archive may hold, or breaks off."""

    def __init__(self, source: IO[bytes], size: int, words: str, fmt: Format) -> None:
        self._source, self._words, self._given = source, words, 0
        ratio, most, own = fmt.limits.ratio, bound(fmt, "unpacked_mb"), fmt.limits.size_mb
        limits = [
            (ratio * max(size, _SMALL), f"{ratio} times its size", "ratio"),
            (most << 20, f"{most} MB", "unpacked_mb"),
        ]
        self._limit, self._bound, self._key = min([*limits, *([(own << 20, f"{own} MB", "size_mb")] if own else [])])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._source.read(len(buffer))
        except _DAMAGED as error:
            raise _damaged(error, self._words) from None
        self._given += len(piece)
        if self._given > self._limit:
            raise beyond(f"the archive unpacks to more than {self._bound}", self._key, "Ask for the plain file")
        buffer[: len(piece)] = piece
        return len(piece)


@contextmanager
def opened(blob: Path, fmt: Format, notes: dict[str, int]) -> Iterator[io.BufferedReader]:
    """The bytes that the format speaks of: the blob's, or those of the one member of the archive that it is; what else
    an archive holds is counted in ``notes``."""
    size = blob.stat().st_size
    with blob.open("rb") as plain:
        if fmt.archive == "gz":
            if plain.peek(2)[:2] != b"\x1f\x8b":
                raise SourceError("the file is not a gzip file", remedy="Ask for it again, or declare no `archive`")
            with gzip.GzipFile(fileobj=plain) as source:
                yield io.BufferedReader(Measured(source, size, "a gzip file", fmt), _SMALL)  # type: ignore[arg-type]
        elif fmt.archive == "zip" or fmt.member:
            with _zip(plain, notes) as archive, _member(archive, fmt.member or "*", notes) as source:
                yield io.BufferedReader(Measured(source, size, "a ZIP", fmt), _SMALL)
        else:
            if fmt.limits.size_mb and size > fmt.limits.size_mb << 20:
                raise beyond(f"the file is larger than {fmt.limits.size_mb} MB", "size_mb", "Ask for it in parts")
            yield plain


@contextmanager
def as_path(stream: io.BufferedReader, blob: Path, fmt: Format) -> Iterator[Path]:
    """A path to the bytes of ``stream``: the blob's own, or that of a copy for readers that need a file."""
    if not (fmt.member or fmt.archive):
        yield blob
        return
    with tempfile.NamedTemporaryFile(prefix="brain-land-") as target:
        try:
            shutil.copyfileobj(stream, target, 1 << 20)
            target.flush()
        except OSError as error:
            raise _damaged(error, "a ZIP") from None
        yield Path(target.name)


def _zip(plain: IO[bytes], notes: dict[str, int]) -> zipfile.ZipFile:
    """The archive; names without the UTF-8 mark are UTF-8 if they can be, else as Chinese Windows writes them."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return zipfile.ZipFile(plain, metadata_encoding=encoding)
        except UnicodeDecodeError:
            notes["member_names"] = 1
        except _DAMAGED as error:
            raise _damaged(error, "a ZIP") from None
    raise SourceError("the archive's names are in no known encoding", remedy="Ask for it again")


def _member(archive: zipfile.ZipFile, pattern: str, notes: dict[str, int]) -> IO[bytes]:
    """The one member that is named like ``pattern``."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise SourceError(f"the archive has more than {MAX_ENTRIES} entries", remedy="Ask for the plain file")
    found = [info for info in entries if _is_file(info) and fnmatch.fnmatchcase(info.filename, pattern)]
    if len(found) != 1:
        raise SourceError(f"the archive has {len(found)} members like {pattern!r}, not one", remedy=_naming(entries))
    _require_apart(entries)
    member = found[0]
    if others := sum(map(_is_file, entries)) - 1:
        notes["other_members"] = others
    if member.flag_bits & 1:
        raise SourceError("the archive is encrypted", remedy="Ask for it without a password")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise SourceError("the member of the archive is a link", remedy="Ask for the file itself")
    try:
        return archive.open(member)
    except _DAMAGED as error:
        raise _damaged(error, "a ZIP") from None


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is no folder; ``is_dir`` fails on one without a name."""
    return not info.filename.endswith("/")


def _naming(entries: list[zipfile.ZipInfo]) -> str:
    """What to declare: the kinds of members that there are, without their names."""
    endings = sorted({Path(info.filename).suffix.lower() for info in entries if _is_file(info)} - {""})
    held = f" (it holds {', '.join(endings[:5])})" if endings else ""
    return f"Ask for an archive with one such file, or correct `member`{held}"


def _require_apart(entries: list[zipfile.ZipInfo]) -> None:
    """Members that share bytes are how a small archive unpacks to a huge one."""
    reached = 0
    for info in sorted(entries, key=lambda info: info.header_offset):
        if info.header_offset < reached:
            raise SourceError("members of the archive overlap", remedy="Ask for the plain file")
        reached = info.header_offset + 30 + info.compress_size


def _damaged(error: BaseException, words: str) -> Exception:
    if isinstance(error, SourceError):
        return error
    if getattr(error, "errno", None) == errno.ENOSPC:
        problem = "no space left to unpack an archive"
        return EnvironmentFault(problem, remedy="Free some, or set TMPDIR to a larger disk")
    return SourceError(f"the archive is damaged, encrypted or not {words}", remedy="Ask for it again")
