"""One writer per table: across processes and threads, after a kill, and with the JVM that a killed run leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jobs.errors import RunConflict
from jobs.lake import lock
from jobs.lake.lock import started_at, table_lock

_HOLD = """
import sys, time
from pathlib import Path
from jobs.lake.lock import table_lock
with table_lock(Path(sys.argv[1]), "t", int(sys.argv[2]) or None):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(folder: Path, jvm: int = 0) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(folder), str(jvm)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    process.stdout.close()
    return process


def _sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def test_a_second_process_waits_and_then_says_who_is_in_the_way(tmp_path: Path) -> None:
    holder = _holder(tmp_path)
    try:
        with table_lock(tmp_path, "other"):
            pass
        with pytest.raises(RunConflict, match="lock of t for 0 s") as conflict, table_lock(tmp_path, "t", wait=0.1):
            pass
        assert conflict.value.transient, "the scheduler may try again"
    finally:
        holder.kill()
        holder.wait()


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    holder = _holder(tmp_path)
    os.kill(holder.pid, signal.SIGKILL)
    with table_lock(tmp_path, "t", wait=5):  # not yet waited for: the holder may be a zombie
        record = json.loads((tmp_path / "t.lock").read_text())
        assert record["pid"] == os.getpid()
    holder.wait()
    assert (tmp_path / "t.lock").read_text() == ""


def test_the_orphan_of_a_killed_holder_is_ended_before_the_next_may_write(tmp_path: Path) -> None:
    orphan = _sleeper()
    holder = _holder(tmp_path, orphan.pid)
    os.kill(holder.pid, signal.SIGKILL)
    with table_lock(tmp_path, "t", wait=5):
        assert started_at(orphan.pid) == ""
    assert orphan.wait() == -signal.SIGKILL
    holder.wait()


def test_the_orphan_of_a_holder_that_still_looks_alive_is_ended_too(tmp_path: Path) -> None:
    """The kernel frees the locks of a dying process first, and its number a moment later."""
    orphan = _sleeper()
    dying = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"])
    names = {"pid": dying.pid, "started": started_at(dying.pid)}
    (tmp_path / "t.lock").write_text(json.dumps(names | {"jvm": orphan.pid, "jvm_started": started_at(orphan.pid)}))
    with table_lock(tmp_path, "t", wait=1):
        assert started_at(dying.pid) == started_at(orphan.pid) == ""
    assert orphan.wait() == -signal.SIGKILL
    assert dying.wait() == 0


def test_nobody_is_ended_on_a_mere_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pid that another process has by now, a holder that lives, a record cut short: all leave the process alone."""
    monkeypatch.setattr(lock, "DYING_SECONDS", 0.1)
    bystander, other = _sleeper(), _sleeper()
    started, mine = started_at(bystander.pid), started_at(os.getpid())
    records = [
        {"pid": 2**22 + 1, "started": "1", "jvm": bystander.pid, "jvm_started": "12"},
        {"pid": os.getpid(), "started": mine, "jvm": bystander.pid, "jvm_started": started},
        {"pid": other.pid, "started": started_at(other.pid), "jvm": bystander.pid, "jvm_started": started},
        {"pid": 2**22 + 1, "started": "1", "jvm": None, "jvm_started": ""},
    ]
    for record in [*map(json.dumps, records), '{"pid": 1, "jvm"', ""]:
        (tmp_path / "t.lock").write_text(record)
        with table_lock(tmp_path, "t", wait=1):
            pass
    assert bystander.poll() is None
    for process in (bystander, other):
        process.kill()
        process.wait()


def test_a_holder_that_failed_leaves_no_record(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), table_lock(tmp_path, "t", os.getpid()):
        raise ZeroDivisionError
    assert (tmp_path / "t.lock").read_text() == ""


def test_threads_of_one_process_take_turns(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(5):
            with table_lock(tmp_path, "t"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.002)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
