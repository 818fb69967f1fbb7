"""Delta on a local disk can lose a commit: Spark sees that a version is free, then renames over it.

The time between the two is stretched from outside, so that another writer always comes between. Without the table
lock both writers report success and one commit is gone; through the lock they take turns.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.lake.java import find_java
from jobs.lake.journal import Journal
from jobs.lake.store import Lake
from jobs.settings import PROJECT, Settings

_DELAY = 0.7
_SLOW_JAVA = """#!/bin/sh
exec strace -f -qq --seccomp-bpf -o /dev/null -e trace=rename -e inject=rename:delay_enter={delay} {java} "$@"
"""


class Unlocked(Lake):
    """The negative control: the same lake without its lock."""

    def lock(self, layer: str, name: str) -> AbstractContextManager[None]:
        return contextlib.nullcontext()


@pytest.fixture
def slow_java(settings: Settings, tmp_path: Path) -> Path:
    """A Java home in which every rename waits before it happens."""
    if settings.engine != "spark":
        pytest.skip("only Spark commits by renaming; the lane `spark` runs this")
    launcher = tmp_path / "java" / "bin" / "java"
    launcher.parent.mkdir(parents=True)
    java = find_java(settings.cache).home / "bin" / "java"
    launcher.write_text(_SLOW_JAVA.format(delay=int(_DELAY * 1_000_000), java=java))
    launcher.chmod(0o755)
    if shutil.which("strace") is None or subprocess.run([launcher, "-version"], capture_output=True).returncode:
        pytest.skip("strace is not installed or may not trace here: the race cannot be forced")
    return launcher.parent.parent


@pytest.mark.engine
def test_two_writers_take_turns_and_without_the_lock_a_commit_is_lost(slow_java: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.lake.test_race", str(tmp_path)]
    environment = os.environ | {"BRAIN_JAVA_HOME": str(slow_java)}
    answer = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    expected = {"Lake": {"successes": 2, "commits": 2}, "Unlocked": {"successes": 2, "commits": 1}}
    assert json.loads(answer.stdout.splitlines()[-1]) == expected, answer.stderr[-2000:]


def _race(lake: Lake) -> dict[str, int]:
    """Spark and delta-rs write one table at once: how many report success, how many versions there are more."""
    lake.write_table("fused", "t", _numbers(1))
    frame = lake.session.range(2)
    head = lake.head("fused", "t")
    assert head is not None
    log = lake.path("fused", "t") / "_delta_log"

    def by_spark() -> None:
        lake.write("fused", "t", frame, 1)

    def by_delta_rs() -> None:
        until = time.monotonic() + 100
        while not any(path.stat().st_size for path in log.glob(f".{head + 1:020d}.json.*.tmp")):
            assert time.monotonic() < until, "Spark wrote nothing"
            time.sleep(0.02)
        time.sleep(_DELAY / 2)  # written, found free, and now waiting in the rename
        lake.write_table("fused", "t", _numbers(3))

    with ThreadPoolExecutor(2) as pool:
        errors = [run.exception() for run in [pool.submit(by_spark), pool.submit(by_delta_rs)]]
    for error in errors:
        print(repr(error)[:500] if error else "", file=sys.stderr)
    return {"successes": errors.count(None), "commits": (lake.head("fused", "t") or 0) - head}


def _numbers(count: int) -> pa.Table:
    return pa.table({"id": pa.array(range(count), pa.int64())})


def _main(folder: Path) -> None:
    """The race through the lake, then without its lock until it is lost: on a busy machine it may need a second try."""
    found = {"Lake": _race(_lake(Lake, folder / "locked"))}
    for attempt in range(4):
        found["Unlocked"] = _race(_lake(Unlocked, folder / f"unlocked{attempt}"))
        if found["Unlocked"]["successes"] > found["Unlocked"]["commits"]:
            break
    print(json.dumps(found))


def _lake(kind: type[Lake], home: Path) -> Lake:
    settings = Settings(home=home, master="local[1]", small_rows=0, driver_memory="1g")
    return kind(settings, Journal("", settings.lake / "0_journal"))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
