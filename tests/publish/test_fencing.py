"""One run a home: a second is refused while the first lives, takes over where it was killed, and fences it off."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from jobs.cli import invoke
from jobs.context import Context
from jobs.errors import RunConflict
from jobs.lake import lock
from jobs.lake.journal import RELEASES
from jobs.lake.manifest import numbers, read_manifest
from jobs.lake.store import sweep
from jobs.pipeline import run_pipeline
from jobs.publish import job
from jobs.settings import PROJECT
from tests.publish.numbered import again, pass_tables
from tests.publish.reader import numbers_of_newest


@contextmanager
def waiting_run(ctx: Context, stage: str) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own that has come to ``stage`` and waits there for a line."""
    command = [sys.executable, "-m", "tests.publish.attempt", str(ctx.settings.home), stage]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=PROJECT, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_is_refused_while_the_first_lives(
    ctx: Context, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "DYING_SECONDS", 0.1)
    with waiting_run(ctx, "published") as first:
        with pytest.raises(RunConflict, match=rf"another run \(process {first.pid}\) is at work") as refused:
            run_pipeline(again(ctx), "publish", "serve")
        assert refused.value.transient, "the scheduler may try again"
        home = str(ctx.settings.home)
        assert invoke(["-q", "--home", home, "--engine", "sail", "run", "--date", ctx.as_of]) == 1
        assert "Wait for it to end, or end it" in capsys.readouterr().err
        assert numbers(ctx.settings.lake) == []
        _, told = first.communicate("go on\n")
    assert (first.returncode, told) == (0, "")
    assert numbers(ctx.settings.lake) == [1], "the refused one has not fenced it off"


def test_the_lock_of_a_killed_run_is_taken_over(ctx: Context) -> None:
    with waiting_run(ctx, "served") as first:
        first.send_signal(signal.SIGKILL)
        outcome = run_pipeline(again(ctx), "publish", "serve")  # at once: it may not even have been waited for
    assert (outcome.release, outcome.is_new) == (1, False), "the killed one had released, and served nothing"
    assert (ctx.settings.lake / "9_served" / "current" / "analyst.duckdb").is_file()


def test_a_run_that_lost_its_lock_cannot_publish(ctx: Context) -> None:
    """As on two machines that share the journal but no locks, or after somebody removed the lock file."""
    with waiting_run(ctx, "published") as first:
        (ctx.settings.lake / "0_journal" / "locks" / "run.lock").unlink()
        pass_tables(ctx, 2)
        assert run_pipeline(again(ctx), "publish", "serve").release == 1
        _, told = first.communicate("go on\n")
    assert first.returncode == 1
    assert "overtaken" in told
    assert numbers(ctx.settings.lake) == [1]
    assert numbers_of_newest(ctx.settings.lake) == (2, 2, 2, 2)


def test_a_rollback_fences_off_the_run_that_had_begun(ctx: Context) -> None:
    job.run(ctx, job.begin(ctx))
    begun = job.begin(ctx)
    pass_tables(ctx, 2)
    job.roll_back(ctx, 1)
    with pytest.raises(RunConflict, match="overtaken"):
        job.run(ctx, begun)
    assert numbers_of_newest(ctx.settings.lake) == (1, 1, 1, 1)


def test_only_the_epoch_keeps_an_old_run_from_taking_readers_back(ctx: Context) -> None:
    """The negative control: with the epoch of the newer run, the older one publishes what it knows."""
    old = again(ctx)
    begun = job.begin(old)
    assert old.lake.all_passed()
    pass_tables(ctx, 2)
    newer = job.begin(ctx)
    job.run(ctx, newer)
    with pytest.raises(RunConflict):
        job.run(old, begun)
    assert numbers_of_newest(ctx.settings.lake) == (2, 2, 2, 2)
    job.run(old, newer)
    assert numbers_of_newest(ctx.settings.lake) == (1, 1, 1, 1)


def test_epochs_rise_and_say_when_they_began(ctx: Context) -> None:
    epochs = [job.begin(ctx) for _ in range(3)]
    assert epochs == sorted(set(epochs))
    rows = ctx.journal.newest(RELEASES, "seq", event="begun")
    assert [row["seq"] for row in rows] == epochs
    assert all(datetime.fromisoformat(row["noted_at"]) for row in rows)


def test_an_unchanged_lake_needs_no_epoch(ctx: Context) -> None:
    begun = job.begin(ctx)
    job.run(ctx, job.begin(ctx))
    manifest, is_new = job.run(ctx, begun)
    assert (manifest, is_new) == (read_manifest(ctx.settings.lake), False)


def test_a_run_removes_what_killed_ones_left_and_nothing_of_the_living(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = (ctx.lake.scratch / "mentions_person", tmp_path / "brain-land-x1y2")
    held = [name.with_suffix(f".{pid}") for name in names for pid in (dead.pid, 1)]
    for path in held:
        path.mkdir(parents=True)
        (path / "part-0.parquet").write_bytes(b"somebody")
    run_pipeline(again(ctx), "publish", "publish")
    assert [path.exists() for path in held] == [False, True, False, True]
    plain = tmp_path / "plain.txt"
    plain.touch()
    sweep([plain])
    assert plain.exists(), "only what is named after a process"
