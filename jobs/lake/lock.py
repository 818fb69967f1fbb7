"""One writer per table, across processes: an OS lock on a file beside the journal.

On a local disk two Delta writers can both believe they wrote the same version, so nobody writes without this lock.
The kernel frees it when Python dies, but a killed Python leaves its JVM alive for about half a second, and that JVM
may still commit: the lock file names the JVM, and the next holder ends it first.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.errors import RunConflict

WAIT_SECONDS = 600.0


@contextmanager
def table_lock(folder: Path, name: str, jvm_pid: int | None = None, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock ``name``; raises :class:`RunConflict` after ``wait`` seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.lock"
    with path.open("a+", encoding="utf-8") as handle:
        _acquire(handle.fileno(), name, wait)
        try:
            _end_orphan(handle.seek(0) or handle.read())
            handle.truncate(0)
            json.dump({"pid": os.getpid(), "jvm": jvm_pid, "jvm_started": started_at(jvm_pid)}, handle)
            handle.flush()
            yield
            handle.truncate(0)
        finally:
            fcntl.flock(handle.fileno(), fcntl.LOCK_UN)


def _acquire(descriptor: int, name: str, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise RunConflict(
                    f"another run has held the lock of {name} for {wait:.0f} s", remedy="Wait for it to end, or end it"
                ) from None
            time.sleep(0.02)


def started_at(pid: int | None) -> str:
    """Start time of a process in clock ticks since boot; with the pid it names a process for good. Empty if gone."""
    if pid is None:
        return ""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _end_orphan(record: str) -> None:
    """End the JVM of a holder that died while holding the lock, and wait until it is gone."""
    if not record.strip():
        return
    last = json.loads(record)
    pid, started = last.get("jvm"), last.get("jvm_started")
    if pid is None or started_at(last.get("pid")) or not started or started_at(pid) != started:
        return
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while started_at(pid) == started:
        if time.monotonic() > until:
            raise RunConflict("the JVM of a killed run does not end", remedy=f"End process {pid} and run again")
        time.sleep(0.01)
