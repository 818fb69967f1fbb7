"""Choosing the reader for a delivery and opening its bytes, also inside a ZIP archive."""

from __future__ import annotations

import fnmatch
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk
from jobs.land.delimited import read_delimited
from jobs.land.objects import read_document, read_lines
from jobs.land.tables import read_arrow, read_sqlite
from jobs.land.workbook import read_workbook

MAX_RATIO = 200
MAX_MEMBER = 8 << 30
_COPY = 1 << 20

_STREAMS = {"csv": read_delimited, "xlsx": read_workbook, "jsonl": read_lines, "json": read_document, "geojson": read_document}


def read_records(blob: Path, fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a delivery's records, columns in the declared order."""
    if fmt.kind == "sql":
        yield from read_arrow(blob, declared)
    elif fmt.kind == "sqlite":
        with _as_file(blob, fmt) as path:
            yield from read_sqlite(path, fmt, declared)
    elif fmt.kind in _STREAMS:
        with _as_stream(blob, fmt) as stream:
            yield from _STREAMS[fmt.kind](stream, fmt, declared)
    else:
        raise SourceError(f"deliveries of kind {fmt.kind!r} cannot be read yet", remedy="Declare another format")


@contextmanager
def _as_stream(blob: Path, fmt: Format) -> Iterator[IO[bytes]]:
    if not fmt.member:
        with blob.open("rb") as stream:
            yield stream
        return
    with _as_file(blob, fmt) as path, path.open("rb") as stream:
        yield stream


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
    try:
        with zipfile.ZipFile(blob) as archive:
            names = [info for info in archive.infolist() if fnmatch.fnmatch(info.filename, pattern)]
            if len(names) != 1:
                raise SourceError(f"the archive has {len(names)} members like {pattern!r}, not one", remedy="Ask again")
            limit = min(MAX_MEMBER, MAX_RATIO * max(blob.stat().st_size, 1 << 16))
            written = 0
            with archive.open(names[0]) as source:
                while piece := source.read(_COPY):
                    written += len(piece)
                    if written > limit:
                        raise SourceError("the archive unpacks to more than 200 times its size", remedy="Ask for the plain file")
                    target.write(piece)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise SourceError("the archive is damaged, encrypted or not a ZIP", remedy="Ask for it again") from None
