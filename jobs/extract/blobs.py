"""Blobs: bytes named by their SHA-256, kept once, visible only when whole."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from jobs.errors import EnvironmentFault, SourceError

_CHUNK = 1 << 20
_PARTIAL = ".partial-"
NO_LIMIT = 1 << 62


class Sink(io.RawIOBase):
    """A blob in the making: hashed and measured as it is written, gone unless it is kept.

    ``max_bytes`` and ``max_seconds`` bound what one delivery may bring; beyond them ``write`` raises SourceError.
    """

    def __init__(self, folder: Path, max_bytes: int = NO_LIMIT, max_seconds: float = NO_LIMIT) -> None:
        self._folder, self._max_bytes, self._max_seconds = folder, max_bytes, max_seconds
        self._digest = hashlib.sha256()
        self._began = time.monotonic()
        self.size = 0

    def __enter__(self) -> Sink:
        self._path = partial_file(self._folder)
        self._file = self._path.open("wb")
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)

    @property
    def seconds_left(self) -> float:
        """How long the delivery may still take; SourceError where that is over."""
        left = self._max_seconds - (time.monotonic() - self._began)
        if left <= 0:
            problem = f"the transfer took longer than {self._max_seconds / 60:g} minutes"
            raise SourceError(problem, remedy="Ask for smaller deliveries, or raise `max_minutes`")
        return left

    @property
    def sha256(self) -> str:
        """Hash of what was written so far, hex."""
        return self._digest.hexdigest()

    @property
    def modified_ns(self) -> int:
        """When the last byte was written, by the clock of the file system."""
        self._file.flush()
        return os.fstat(self._file.fileno()).st_mtime_ns

    def require_room(self, size: int) -> None:
        """SourceError if a delivery of ``size`` bytes is more than may come."""
        if size > self._max_bytes:
            problem = f"the delivery is larger than {self._max_bytes >> 20:,} MB"
            raise SourceError(problem, remedy="Ask for smaller deliveries, or raise `max_mb`")

    def writable(self) -> bool:
        """As every file that is written into says."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Append ``data``."""
        self.require_room(self.size + len(data))
        _ = self.seconds_left
        self._digest.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise _no_room(error) from None
        self.size += len(data)
        return len(data)

    def keep(self) -> str:
        """Make the blob visible under its hash, which is returned; one that is there is not rewritten.

        Its bytes are durable; its name is when the folder is synced (:func:`sync_folder`), once for many blobs.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _no_room(error) from None
        with suppress(FileExistsError):
            os.link(self._path, self._folder / self.sha256)
        return self.sha256


def _no_room(error: OSError) -> EnvironmentFault:
    """Our own disk failed, not the source."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentFault("no space left to keep a delivery", remedy="Free some in data/lake and run again")
    problem = f"a delivery cannot be written to disk ({errno.errorcode.get(error.errno or 0, 'unknown')})"
    return EnvironmentFault(problem, remedy="Check the disk of data/lake and run again")


def keep_blob(source: Path, folder: Path) -> str:
    """Copy ``source`` into ``folder`` under its SHA-256; returns the hash. A blob that is there is not rewritten."""
    with Sink(folder) as sink, source.open("rb") as reader:
        while chunk := reader.read(_CHUNK):
            sink.write(chunk)
        kept = sink.keep()
    sync_folder(folder)
    return kept


def partial_file(folder: Path) -> Path:
    """An empty file in ``folder`` that no reader takes for a blob, named by the process that fills it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f"{_PARTIAL}{os.getpid()}-", dir=folder)
    os.close(descriptor)
    return Path(name)


def sweep_partials(folder: Path) -> None:
    """Remove what processes that are gone have left half-written."""
    for path in folder.glob(f"{_PARTIAL}*"):
        if not _is_alive(int(path.name.removeprefix(_PARTIAL).partition("-")[0])):
            path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def hash_file(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
