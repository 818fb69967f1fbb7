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
from typing import IO

from jobs.errors import RunConflict

WAIT_SECONDS = 600.0
_END_SECONDS = 10.0


@contextmanager
def table_lock(folder: Path, name: str, jvm_pid: int | None = None, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock ``name``; raises :class:`RunConflict` after ``wait`` seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("a+", encoding="utf-8") as handle:
        _acquire(handle.fileno(), name, wait)
        try:
            handle.seek(0)
            _end_orphan(handle.read())
            holder = {"pid": os.getpid(), "started": started_at(os.getpid())}
            _write(handle, json.dumps(holder | {"jvm": jvm_pid, "jvm_started": started_at(jvm_pid)}))
            try:
                yield
            finally:
                _write(handle, "")
        finally:
            fcntl.flock(handle.fileno(), fcntl.LOCK_UN)


def _write(handle: IO[str], record: str) -> None:
    handle.truncate(0)
    handle.write(record)
    handle.flush()


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
    """Start time of a running process in clock ticks since boot; with the pid it names a process for good.

    Empty if it is gone, or dead and not yet fetched by its parent.
    """
    if pid is None:
        return ""
    try:
        state, *facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else facts[18]
    except (OSError, IndexError):
        return ""


def _end_orphan(record: str) -> None:
    """End the JVM of a holder that died while holding the lock, and wait until it is gone.

    A holder that ended its work leaves no record, however that work ended.
    """
    if not record.strip():
        return
    try:
        last = json.loads(record)
    except json.JSONDecodeError:  # it died while it wrote this, before it had the lock's use
        return
    pid, started = last.get("jvm"), last.get("jvm_started")
    if pid is None or not started or _is_running(last.get("pid"), last.get("started")):
        return
    until = time.monotonic() + _END_SECONDS
    while _is_running(pid, started):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        except PermissionError:
            _refuse(pid)
        if time.monotonic() > until:
            _refuse(pid)
        time.sleep(0.01)


def _is_running(pid: int | None, started: str | None) -> bool:
    return bool(started) and started_at(pid) == started


def _refuse(pid: int) -> None:
    raise RunConflict("the JVM of a killed run does not end", remedy=f"End process {pid} and run again")
