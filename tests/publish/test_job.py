"""What is released, when nothing is, who approved it, and the way back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobs.context import Context
from jobs.errors import GateFailed, PolicyDenied, RunConflict, UsageError
from jobs.lake.journal import RELEASES
from jobs.lake.manifest import Manifest, folder, numbers, read_manifest, write_manifest
from jobs.pipeline import Approval, run_pipeline
from jobs.pipeline.preview import preview_release
from jobs.publish import job
from tests.land.home import RESOURCE
from tests.publish.numbered import AS_OF, again, make_lake, pass_tables
from tests.publish.reader import numbers_of_newest


def publish(ctx: Context, **more: Any) -> tuple[Manifest, bool]:
    return job.run(ctx, job.begin(ctx), **more)


def noted(ctx: Context) -> list[tuple[int, str, str]]:
    """Releases that the journal testifies: number, what it was, who approved."""
    rows = ctx.journal.newest(RELEASES, "seq")
    return [(row["release"], row["event"], row["approved_by"]) for row in rows if row["event"] != "begun"]


def files(ctx: Context) -> dict[str, bytes]:
    """Everything that lies where releases do."""
    return {path.name: path.read_bytes() for path in folder(ctx.settings.lake).iterdir()}


def test_the_first_release_names_every_passed_table_with_its_files(ctx: Context) -> None:
    manifest, is_new = publish(ctx)
    assert (manifest.release, is_new, manifest.previous, manifest.event) == (1, True, None, "release")
    assert {(entry.layer, entry.name) for entry in manifest.tables} == set(ctx.lake.all_passed())
    assert all((ctx.settings.lake / name).is_file() for entry in manifest.tables for name in entry.files)
    assert numbers_of_newest(ctx.settings.lake) == (1, 1, 1, 1)
    assert read_manifest(ctx.settings.lake) == manifest
    assert noted(ctx) == [(1, "release", "")]


def test_without_new_input_nothing_is_released_and_no_hash_changes(ctx: Context) -> None:
    first, _ = publish(ctx)
    before = files(ctx)
    pass_tables(again(ctx), 1)
    same, is_new = publish(again(ctx))
    assert (same, is_new) == (first, False)
    assert files(ctx) == before
    assert noted(ctx) == [(1, "release", "")]


def test_approval_alone_makes_no_release(ctx: Context) -> None:
    """Readers would get the same tables under another number; the release says who approved what it first showed."""
    publish(ctx)
    manifest, is_new = publish(ctx, approved_by="张主任")
    assert (manifest.release, manifest.approved_by, is_new) == (1, "", False)


def test_the_approval_stands_in_the_release_and_in_the_journal(ctx: Context) -> None:
    publish(ctx)
    pass_tables(ctx, 2)
    manifest, _ = publish(ctx, approved_by="张主任", note="月度")
    assert (manifest.release, manifest.previous, manifest.approved_by, manifest.note) == (2, 1, "张主任", "月度")
    assert noted(ctx) == [(1, "release", ""), (2, "release", "张主任")]


def test_what_was_shown_is_what_is_released(ctx: Context) -> None:
    """Whatever passes between the question and the answer waits for the next approval."""
    publish(ctx)
    pass_tables(ctx, 2)
    shown = preview_release(ctx).shown
    pass_tables(ctx, 3)
    manifest, is_new = publish(again(ctx), approved_by="张主任", shown=shown)
    assert (manifest.release, is_new) == (2, True)
    assert numbers_of_newest(ctx.settings.lake) == (2, 2, 2, 2)
    same, is_new = publish(again(ctx), approved_by="张主任", shown=shown)
    assert (same.release, is_new) == (2, False), "a run that is repeated after a kill finds it done"
    publish(again(ctx))
    assert numbers_of_newest(ctx.settings.lake) == (3, 3, 3, 3)


def test_an_approval_that_was_overtaken_is_asked_again(ctx: Context) -> None:
    """Else readers would be taken back behind what they see, and nobody would have looked at that."""
    publish(ctx)
    pass_tables(ctx, 2)
    shown = preview_release(ctx).shown
    pass_tables(ctx, 3)
    publish(again(ctx))
    with pytest.raises(PolicyDenied, match="asked against release 1, readers see release 2") as refused:
        publish(again(ctx), approved_by="张主任", shown=shown)
    assert not refused.value.transient
    assert numbers(ctx.settings.lake) == [1, 2]


@pytest.mark.parametrize("shown", ["", "7", "1-x", "-1"])
def test_only_what_was_shown_can_be_named(ctx: Context, shown: str) -> None:
    if shown:
        with pytest.raises(UsageError, match="was never shown"):
            publish(ctx, shown=shown)
    with pytest.raises(UsageError, match="would not be what is released"):
        run_pipeline(ctx, "audit", "publish", approval=Approval("张主任", shown or "0-1"))
    assert numbers(ctx.settings.lake) == []


def test_landed_rows_alone_make_no_release(ctx: Context) -> None:
    publish(ctx)
    table = pa.table({"row": ["a"]})
    ctx.lake.mark_passed(ctx.lake.write_table("landed", RESOURCE, table), "passed", AS_OF)
    manifest, is_new = publish(ctx)
    assert not is_new and manifest.entry("landed", RESOURCE) is None


def test_what_no_gate_let_through_is_not_released(ctx: Context) -> None:
    publish(ctx)
    ctx.lake.write_table("fused", "person", pa.table({"canonical_id": ["x"]}))
    manifest, is_new = publish(again(ctx))
    assert not is_new and manifest.entry("fused", "person") is None


def test_a_ledger_that_does_not_balance_stops_the_release(ctx: Context) -> None:
    publish(ctx)
    pass_tables(ctx, 2, balances=False)
    with pytest.raises(GateFailed, match="ledger does not balance") as refused:
        publish(ctx)
    assert (refused.value.exit_code, refused.value.transient) == (3, False)
    assert numbers(ctx.settings.lake) == [1]
    assert noted(ctx) == [(1, "release", "")]
    pass_tables(ctx, 2)
    assert publish(ctx)[0].release == 2


def test_what_was_not_audited_is_not_released(tmp_path: Path) -> None:
    ctx = make_lake(tmp_path)
    with pytest.raises(UsageError, match=r"audited\.ledger"):
        publish(ctx)


def test_rollback_is_a_further_release_with_the_tables_of_the_older_one(ctx: Context) -> None:
    first, _ = publish(ctx)
    pass_tables(ctx, 2)
    publish(ctx)
    back = job.roll_back(ctx, 1, "张主任", "口径有误")
    assert (back.release, back.previous, back.event, back.approved_by, back.note) == (
        3,
        2,
        "rollback",
        "张主任",
        "口径有误",
    )
    assert back.tables == first.tables
    assert numbers_of_newest(ctx.settings.lake) == (1, 1, 1, 1)
    assert noted(ctx) == [(1, "release", ""), (2, "release", ""), (3, "rollback", "张主任")]
    assert numbers(ctx.settings.lake) == [1, 2, 3], "nothing is deleted"


def test_after_a_rollback_the_next_run_publishes_again_what_has_passed(ctx: Context) -> None:
    publish(ctx)
    pass_tables(ctx, 2)
    second, _ = publish(ctx)
    job.roll_back(ctx, 1)
    manifest, is_new = publish(ctx)
    assert (manifest.release, manifest.previous, is_new) == (4, 3, True)
    assert manifest.contents() == second.contents()


def test_one_cannot_roll_back_to_what_never_was(ctx: Context) -> None:
    with pytest.raises(UsageError, match="there is no release 1"):
        job.roll_back(ctx, 1)
    publish(ctx)
    with pytest.raises(UsageError, match="there is no release 7"):
        job.roll_back(ctx, 7)
    assert numbers(ctx.settings.lake) == [1]


def test_a_number_that_another_run_took_is_not_overwritten(ctx: Context) -> None:
    manifest, _ = publish(ctx)
    before = files(ctx)
    with pytest.raises(RunConflict, match="release 1 was made by another run"):
        write_manifest(ctx.settings.lake, manifest)
    assert files(ctx) == before


@pytest.mark.parametrize("changed", [False, True])
def test_a_release_whose_run_died_before_it_testified_is_noted_by_the_next(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, changed: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(job, "_testify", lambda *_: None)
        publish(ctx)
    assert noted(ctx) == []
    if changed:
        pass_tables(ctx, 2)
    publish(ctx)
    publish(ctx)
    assert noted(ctx) == [(1, "release", ""), (2, "release", "")][: 1 + changed]


def test_half_written_manifests_of_dead_runs_are_removed(ctx: Context) -> None:
    publish(ctx)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    own, orphan = (folder(ctx.settings.lake) / f".00000009.json.{pid}" for pid in (os.getpid(), dead.pid))
    for path in (own, orphan):
        path.write_text("{")
    pass_tables(ctx, 2)
    publish(ctx)
    assert own.exists() and not orphan.exists()
