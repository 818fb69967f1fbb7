"""Taking deliveries: once each, by the cut-off, a bad one without its neighbours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.context import Context, RunReport
from jobs.errors import EnvironmentFault
from jobs.extract import job
from jobs.extract.blobs import Sink
from jobs.lake.delivery import delivery_of
from jobs.lake.journal import DELIVERIES, REPEATS, WITHDRAWALS
from tests.land.home import make_home


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    made = make_home(tmp_path)
    (made.inbox / "dep" / "sys").mkdir(parents=True)
    return made


def _put(ctx: Context, name: str, content: bytes = b"x", **manifest: object) -> Path:
    path = ctx.inbox / "dep" / "sys" / name
    path.write_bytes(content)
    if manifest:
        path.with_name(f"{name}.manifest.json").write_text(json.dumps(manifest))
    return path


def _run(ctx: Context) -> RunReport:
    (report,) = job.run(ctx, ctx.catalog.live.values())
    return report


def _taken(ctx: Context) -> list[tuple[str, int, str]]:
    rows = ctx.journal.newest(DELIVERIES, "load_id")
    return [(row["period"], row["sequence"], row["file"]) for row in rows]


def _blobs(ctx: Context) -> list[str]:
    return sorted(path.name for path in (ctx.settings.lake / "1_extracted" / "dep.sys").iterdir())


def test_the_same_delivery_is_taken_once(ctx: Context) -> None:
    _put(ctx, "thing_20260301_1.csv")
    assert (_run(ctx).rows, _run(ctx).rows, _run(ctx).changed) == (1, 0, False)
    _put(ctx, "thing_20260301_1.txt")
    assert _run(ctx).rows == 0
    assert [row["file"] for row in ctx.journal.newest(REPEATS, "load_id")] == ["thing_20260301_1.txt"]
    _run(ctx)
    assert len(ctx.journal.rows(REPEATS.select())) == 1, "testified once"
    assert len(_taken(ctx)) == len(_blobs(ctx)) == 1


def test_equal_bytes_on_another_day_are_another_delivery(ctx: Context) -> None:
    for period in ("20260228", "20260301"):
        _put(ctx, f"thing_{period}_1.csv")
    assert _run(ctx).rows == 2
    assert len(_blobs(ctx)) == 1
    rows = ctx.journal.newest(DELIVERIES, "load_id")
    assert len({delivery_of(row).load_id for row in rows}) == 2


def test_nothing_received_after_the_cut_off_is_taken(ctx: Context) -> None:
    _put(ctx, "thing_20260303_1.csv")
    _put(ctx, "thing_20260301_1.csv", b"late", received_at="2026-03-03T00:00:00")
    assert _run(ctx).rows == 0
    assert _run(replace(ctx, as_of="2026-03-03")).rows == 2


def test_a_bad_delivery_is_reported_and_its_neighbours_are_taken(ctx: Context) -> None:
    _put(ctx, "thing_20260228_1.csv", b"1", rows="many")
    _put(ctx, "thing_20260228_2.csv", b"2", sha256="0" * 64)
    _put(ctx, "thing_20260301_1.csv", b"3")
    report = _run(ctx)
    assert report.rows == 1
    assert "'rows' cannot be meant" in report.note and "(and 1 more)" in report.note
    assert _taken(ctx) == [("2026-03-01", 1, "thing_20260301_1.csv")]


def test_a_hash_in_the_manifest_is_held_to(ctx: Context) -> None:
    import hashlib

    _put(ctx, "thing_20260301_1.csv", b"abc", sha256=hashlib.sha256(b"abc").hexdigest())
    assert _run(ctx).rows == 1


def test_an_untouched_file_is_not_read_again_and_a_replaced_one_is(ctx: Context) -> None:
    path = _put(ctx, "thing_20260301_1.csv", b"first")
    os.utime(path, ns=(0, 0))
    time.sleep(0.05)  # a change in the same tick of the file system's clock could not be told
    assert _run(ctx).rows == 1
    read = path.stat().st_atime_ns
    assert (_run(ctx).rows, path.stat().st_atime_ns) == (0, read)
    fresh = path.with_name("fresh")
    fresh.write_bytes(b"other")
    os.utime(fresh, ns=(0, 0))
    fresh.replace(path)
    assert _run(ctx).rows == 1, "as long and as old as the first, but another file"


def test_what_was_seen_may_be_lost(ctx: Context) -> None:
    """It saves reading; what is a delivery, the journal says."""
    _put(ctx, "thing_20260301_1.csv", b"first")
    assert _run(ctx).rows == 1
    (seen,) = (ctx.settings.lake / "0_journal" / "seen").iterdir()
    for content in ("", "[]", '{"thing_20260301_1.csv": 7}', '{"thing_20260301_1.csv": ["x"]}'):
        seen.write_text(content)
        assert (_run(ctx).rows, _run(ctx).note) == (0, "")
    assert len(_taken(ctx)) == 1


def test_a_blob_that_was_lost_is_fetched_again(ctx: Context) -> None:
    _put(ctx, "thing_20260301_1.csv", b"first")
    time.sleep(0.05)
    _run(ctx)
    (blob,) = (ctx.settings.lake / "1_extracted" / "dep.sys").iterdir()
    blob.unlink()
    assert (_run(ctx).rows, blob.read_bytes()) == (0, b"first")


def test_a_path_that_leaves_the_inbox_is_an_error_of_its_resource(tmp_path: Path) -> None:
    ctx = make_home(tmp_path, access={"kind": "files", "path": "dep", "pattern": "*.csv"})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thing.csv").write_text("secret")
    (ctx.inbox / "dep").symlink_to(tmp_path / "other")
    assert "leaves the inbox" in _run(ctx).note
    assert _taken(ctx) == []


def test_a_name_in_another_encoding_is_spelt_out(tmp_path: Path) -> None:
    ctx = make_home(tmp_path, access={"kind": "files", "path": "", "pattern": "*_{period}.csv"})
    raw = os.fsencode(ctx.inbox) + b"/" + "户籍".encode("gb18030") + b"_20260301.csv"
    Path(os.fsdecode(raw)).write_bytes(b"x")
    assert _run(ctx).rows == 1
    assert _taken(ctx) == [("2026-03-01", 1, "\\xbb\\xa7\\xbc\\xae_20260301.csv")]


def test_a_withdrawal_is_noted_once_with_its_file_or_alone(ctx: Context) -> None:
    path = _put(ctx, "thing_20260301_1.csv")
    _put(ctx, "thing_20260301_2.csv", b"y")
    _run(ctx)
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps({"withdrawn": True}))
    gone = path.with_name("thing_20260301_2.csv")
    gone.unlink()
    gone.with_name(f"{gone.name}.manifest.json").write_text(json.dumps({"withdrawn": True, "sha256": "a" * 64}))
    path.with_name("thing_20260301_3.csv.manifest.json").write_text(json.dumps({"rows": 1}))
    assert (_run(ctx).note, _run(ctx).note) == ("", ""), "a manifest that waits for its file says nothing"
    rows = ctx.journal.rows(WITHDRAWALS.select())
    assert [(row["period"], row["sequence"], row["blob"]) for row in rows] == [
        ("2026-03-01", 1, ""),
        ("2026-03-01", 2, "a" * 64),
    ]
    assert len(_taken(ctx)) == 2, "what was taken is not taken again"


def test_a_correction_is_a_delivery_of_the_period_it_corrects(ctx: Context) -> None:
    _put(ctx, "thing_20260302_2.csv", corrects="2026-02-01")
    _put(ctx, "thing_20260302_3.csv", b"y", corrects="2026-02-01", period="2026-03-02")
    assert "'period' and 'corrects' differ" in _run(ctx).note
    assert _taken(ctx) == [("2026-02-01", 2, "thing_20260302_2.csv")]


def _files(ctx: Context, count: int) -> list[str]:
    names = [f"thing_20260301_{n}.csv" for n in range(1, count + 1)]
    for name in names:
        _put(ctx, name, name.encode())
    return names


def test_many_files_are_told_to_the_journal_together(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    names, synced, commits = _files(ctx, 12), [], []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), sync(descriptor))[1])
    sa.event.listen(ctx.journal.engine, "commit", commits.append)
    assert _run(ctx).rows == len(names)
    assert (len(synced), len(commits)) == (len(names) + 1, 1), "a sync a file, and one of their folder"
    assert sorted(file for _, _, file in _taken(ctx)) == sorted(names)


@pytest.mark.parametrize(("limit", "value"), [("_BATCH", 5), ("_BATCH_BYTES", 100)])
def test_a_kill_costs_no_more_than_a_batch(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(job, limit, value)
    _files(ctx, 12)
    commits: list[object] = []
    sa.event.listen(ctx.journal.engine, "commit", commits.append)
    assert (_run(ctx).rows, len(commits)) == (12, 3)


_DIE = """
import os, signal, sys
from pathlib import Path
from jobs.context import Context
from jobs.extract import job
from jobs.lake.journal import Journal
from jobs.settings import Settings

tell = Journal.note_all
def die(self, table, rows, *more):
    if sys.argv[2] == "after":
        tell(self, table, rows, *more)
    os.kill(os.getpid(), signal.SIGKILL)
Journal.note_all = die
ctx = Context(Settings(home=Path(sys.argv[1]), engine="sail"), "2026-03-02")
job.run(ctx, ctx.catalog.live.values())
"""


@pytest.mark.parametrize(("when", "known"), [("before", 0), ("after", 4)])
def test_a_kill_between_files_and_journal_loses_nothing(ctx: Context, when: str, known: int) -> None:
    names = _files(ctx, 4)
    killed = subprocess.run([sys.executable, "-c", _DIE, str(ctx.settings.home), when], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(_blobs(ctx)) == 4
    kept = {path.name: path.stat().st_ino for path in (ctx.settings.lake / "1_extracted" / "dep.sys").iterdir()}
    assert len(_taken(ctx)) == known
    assert _run(ctx).rows == 4 - known
    assert sorted(file for _, _, file in _taken(ctx)) == names
    assert len(ctx.journal.rows(DELIVERIES.select())) == 4, "each is told once"
    assert {p.name: p.stat().st_ino for p in (ctx.settings.lake / "1_extracted" / "dep.sys").iterdir()} == kept


def test_what_was_taken_is_told_though_our_own_disk_fails_later(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    _files(ctx, 3)
    write, full = Sink.write, EnvironmentFault("no space left to keep a delivery")

    def fill(sink: Sink, data: bytes) -> int:
        if data == b"thing_20260301_3.csv":
            raise full
        return write(sink, data)

    monkeypatch.setattr(Sink, "write", fill)
    with pytest.raises(EnvironmentFault):
        _run(ctx)
    assert len(_taken(ctx)) == len(_blobs(ctx)) == 2
