"""Choosing the reader for a delivery and opening its bytes, also inside a ZIP archive."""

from __future__ import annotations

import errno
import fnmatch
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jobs.contracts import Format
from jobs.errors import EnvironmentFault, SourceError
from jobs.land.chunk import Chunk
from jobs.land.delimited import read_delimited
from jobs.land.objects import read_document, read_lines
from jobs.land.tables import read_arrow, read_sqlite
from jobs.land.workbook import read_workbook

MAX_RATIO = 200
MAX_MEMBER = 64 << 30
_COPY = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What a damaged, encrypted or foreign archive makes the library raise."""

_STREAMS = {
    "csv": read_delimited,
    "xlsx": read_workbook,
    "jsonl": read_lines,
    "json": read_document,
    "geojson": read_document,
}


def read_records(blob: Path, fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a delivery's records, columns in the declared order."""
    if fmt.kind == "sql":
        yield from read_arrow(blob, declared)
        return
    with _as_file(blob, fmt) as path:
        if fmt.kind == "sqlite":
            yield from read_sqlite(path, fmt, declared)
        elif fmt.kind in _STREAMS:
            with path.open("rb") as stream:
                yield from _STREAMS[fmt.kind](stream, fmt, declared)
        else:
            raise SourceError(f"deliveries of kind {fmt.kind!r} cannot be read yet", remedy="Declare another format")


@contextmanager
def _as_file(blob: Path, fmt: Format) -> Iterator[Path]:
    """The member of an archive, unpacked while its real size is measured; the blob itself if there is none."""
    if not fmt.member:
        yield blob
        return
    with tempfile.NamedTemporaryFile(prefix="brain-land-") as target:
        _unpack(blob, fmt.member, target)
        target.flush()
        yield Path(target.name)


def _unpack(blob: Path, pattern: str, target: IO[bytes]) -> None:
    """Copy the one member that is named like ``pattern``; its name never becomes a path."""
    limit = min(MAX_MEMBER, MAX_RATIO * max(blob.stat().st_size, 1 << 16))
    written = 0
    try:
        with zipfile.ZipFile(blob, metadata_encoding="gb18030") as archive, _opened(archive, pattern) as source:
            while piece := source.read(_COPY):
                written += len(piece)
                if written > limit:
                    problem = f"the archive unpacks to more than {MAX_RATIO} times its size"
                    raise SourceError(problem, remedy="Ask for the plain file")
                target.write(piece)
    except _DAMAGED as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            problem = "no space left to unpack an archive"
            raise EnvironmentFault(problem, remedy="Free some, or set TMPDIR to a larger disk") from None
        raise SourceError("the archive is damaged, encrypted or not a ZIP", remedy="Ask for it again") from None


def _opened(archive: zipfile.ZipFile, pattern: str) -> IO[bytes]:
    """The one member; names without the UTF-8 mark are read as Chinese Windows writes them."""
    found = [info for info in archive.infolist() if not info.is_dir() and fnmatch.fnmatchcase(info.filename, pattern)]
    if len(found) != 1:
        raise SourceError(f"the archive has {len(found)} members like {pattern!r}, not one", remedy="Ask again")
    return archive.open(found[0])
