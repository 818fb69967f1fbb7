"""Publish and serve, killed at each call that makes something visible: readers see the old release or the new one.

The kills come from outside, by strace at the entry of the call, so none is missed and none is a matter of luck.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from jobs.context import Context
from jobs.lake.journal import RELEASES
from jobs.lake.manifest import folder, numbers
from jobs.pipeline import run_pipeline
from jobs.settings import PROJECT
from tests.publish.numbered import again, make_lake, pass_tables
from tests.publish.reader import numbers as served_numbers
from tests.publish.reader import numbers_of_newest, open_served

_CALLS = "link,linkat,symlink,symlinkat,rename,renameat,renameat2,unlink,unlinkat"


@pytest.fixture
def served(tmp_path: Path) -> Context:
    """Release 1 is served; tables that say 2 have passed since."""
    ctx = make_lake(tmp_path / "home")
    pass_tables(ctx, 1)
    run_pipeline(ctx, "publish", "serve")
    pass_tables(ctx, 2)
    return ctx


@pytest.mark.pipeline
def test_killed_at_any_call_that_shows_something_readers_see_one_release(served: Context, tmp_path: Path) -> None:
    seen, kills = [], 0
    for name, nth in _calls_in_the_lake(served, tmp_path):
        call = f"{name}-{nth}"
        ctx = _copy(served, tmp_path / call)
        code = _run(ctx, f"inject={name}:signal=SIGKILL:when={nth}")
        assert code in (0, -signal.SIGKILL)
        kills += code != 0
        seen.append(_told(ctx))
        run_pipeline(again(ctx), "publish", "serve")
        assert _told(ctx) == (2, 2), f"{call}"
        assert numbers(ctx.settings.lake) == [1, 2], f"{call}: not released twice"
        rows = ctx.journal.newest(RELEASES, "seq", event="release")
        assert [row["release"] for row in rows] == [1, 2], f"{call}: testified once"
        assert _hidden(ctx) == [], f"{call}"
    assert seen == sorted(seen), "what was seen is never taken back"
    assert kills >= 5
    assert {(1, 1), (2, 1)} <= set(seen) <= {(1, 1), (2, 1), (2, 2)}, "nothing yet, released, served"


def _calls_in_the_lake(served: Context, tmp_path: Path) -> list[tuple[str, int]]:
    """Which calls of the main thread speak of releases and what is served, in their order, by a run that nobody kills.

    Each as its name and its number among the calls of that name, from 1: so strace counts, each thread apart (those
    that build the files of a role make calls of their own, in a hidden folder). Skips where none can be seen.
    """
    log = tmp_path / "calls"
    ctx = _copy(served, tmp_path / "whole")
    try:
        code = _run(ctx, f"trace={_CALLS}", log)
    except FileNotFoundError:
        pytest.skip("strace is not installed: the kills cannot be placed")
    if code and _told(ctx) == (1, 1):
        pytest.skip("strace may not trace here: the kills cannot be placed")
    lines = [
        found for line in log.read_text().splitlines() if (found := re.match(r"([0-9]+) +([a-z0-9]+)\((.*)", line))
    ]
    main = next(thread for thread, _, what in (line.groups() for line in lines) if "/8_published/" in what)
    calls, counts = [], Counter[str]()
    for thread, name, what in (line.groups() for line in lines):
        if thread == main:
            counts[name] += 1
            if re.search("/(8_published|9_served)/", what):
                calls.append((name, counts[name]))
    assert len(calls) >= 6, calls
    return calls


def _copy(served: Context, home: Path) -> Context:
    return make_lake(shutil.copytree(served.settings.home, home, symlinks=True))


def _run(ctx: Context, expression: str, log: Path = Path(os.devnull)) -> int:
    """Publish and serve in a process of its own under strace; its exit code, negative if a signal ended it. The threads
    of that process are followed, the one it starts for the workbooks is not: its calls would be counted as well."""
    command = ["strace", "-f", "-b", "execve", "-qq", "-o", str(log), "-e", f"trace={_CALLS}", "-e", expression]
    run = subprocess.run(
        [*command, sys.executable, "-m", "tests.publish.attempt", str(ctx.settings.home)],
        cwd=PROJECT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    return run.returncode


def _told(ctx: Context) -> tuple[int, int]:
    """The one number that the newest release tells, and the one of what is served."""
    with open_served(ctx.settings.lake / "9_served" / "current") as connection:
        served = set(served_numbers(connection))
    released = set(numbers_of_newest(ctx.settings.lake))
    assert len(released) == len(served) == 1
    return released.pop(), served.pop()


def _hidden(ctx: Context) -> list[Path]:
    """Half-made things that were left."""
    return [*folder(ctx.settings.lake).glob(".*"), *(ctx.settings.lake / "9_served").glob(".*")]
