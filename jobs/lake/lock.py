"""One run a home and one writer a table, across processes: OS locks on files beside the journal.

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
DYING_SECONDS = 3.0
"""A killed process holds its locks until its memory is taken down, and looks alive for a moment after."""
_END_SECONDS = 10.0


@contextmanager
def table_lock(folder: Path, name: str, jvm_pid: int | None = None, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock ``name``; raises :class:`RunConflict` after ``wait`` seconds."""
    problem = f"another run has held the lock of {name} for {wait:.0f} s"
    with file_lock(folder / f"{name}.lock", problem, wait) as handle:
        handle.seek(0)
        _end_orphan(handle.read())
        _write(handle, json.dumps(_own() | {"jvm": jvm_pid, "jvm_started": started_at(jvm_pid)}))
        try:
            yield
        finally:
            _write(handle, "")


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Be the only run on a home; raises :class:`RunConflict` where another lives.

    The kernel frees the lock with its holder, however that ended: nothing is to be cleaned up after a kill.
    """
    path = folder / "run.lock"
    with file_lock(path, f"another run ({_holder(path)}) is at work on this home", DYING_SECONDS) as handle:
        _write(handle, json.dumps(_own()))
        try:
            yield
        finally:
            _write(handle, "")


@contextmanager
def file_lock(path: Path, problem: str, wait: float) -> Iterator[IO[str]]:
    """Hold the OS lock of a file; raises :class:`RunConflict` that tells ``problem`` after ``wait`` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        _acquire(handle.fileno(), problem, wait)
        try:
            yield handle
        finally:
            fcntl.flock(handle.fileno(), fcntl.LOCK_UN)


def _own() -> dict[str, object]:
    return {"pid": os.getpid(), "started": started_at(os.getpid())}


def _holder(path: Path) -> str:
    """Who holds a lock by its own record, for people."""
    try:
        return f"process {json.loads(path.read_text(encoding='utf-8'))['pid']}"
    except (OSError, ValueError, KeyError):
        return "a process that has just begun"


def _write(handle: IO[str], record: str) -> None:
    handle.truncate(0)
    handle.write(record)
    handle.flush()


def _acquire(descriptor: int, problem: str, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise RunConflict(problem, remedy="Wait for it to end, or end it") from None
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
    if pid is None or not started or not _has_ended(last.get("pid"), last.get("started")):
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


def _has_ended(pid: int | None, started: str | None) -> bool:
    """Whether the holder of a record is gone, or will be: the kernel frees the locks of a killed process shortly
    before it shows it as dead, and nobody's JVM may be left at work for that moment.
    """
    until = time.monotonic() + DYING_SECONDS
    while _is_running(pid, started):
        if pid == os.getpid() or time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _is_running(pid: int | None, started: str | None) -> bool:
    return bool(started) and started_at(pid) == started


def _refuse(pid: int) -> None:
    raise RunConflict("the JVM of a killed run does not end", remedy=f"End process {pid} and run again")
