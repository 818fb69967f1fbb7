"""Blobs: bytes named by their SHA-256, kept once, visible only when whole."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_CHUNK = 1 << 20
_PARTIAL = ".partial-"


def keep_blob(source: Path, folder: Path) -> str:
    """Copy ``source`` into ``folder`` under its SHA-256; returns the hash. A blob that is there is not rewritten."""
    partial = partial_file(folder)
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reader, partial.open("wb") as writer:
            while chunk := reader.read(_CHUNK):
                digest.update(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        name = digest.hexdigest()
        try:
            os.link(partial, folder / name)
        except FileExistsError:
            return name
        _sync_folder(folder)
        return name
    finally:
        partial.unlink(missing_ok=True)


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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
