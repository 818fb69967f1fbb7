"""Release what passed, or roll back to what was released before."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from jobs.context import Context
from jobs.errors import GateFailed, PolicyDenied, RunConflict, UsageError
from jobs.lake.journal import RELEASES
from jobs.lake.manifest import Entry, Manifest, folder, read_manifest, write_manifest
from jobs.lake.store import Version, sweep

LAYERS = ("landed", "standardised", "fused", "derived", "audited")


def begin(ctx: Context) -> int:
    """Take an epoch: a later one fences this attempt off."""
    return ctx.journal.note_place(RELEASES, as_of=ctx.as_of, event="begun", approved_by="", note="")


def run(ctx: Context, epoch: int, approved_by: str = "", note: str = "", shown: str = "") -> tuple[Manifest, bool]:
    """The manifest that readers see after it, and whether it is new; ``epoch`` was taken when the run began.

    What was ``shown`` to whoever approved is released exactly, without what has passed since.
    """
    last = read_manifest(ctx.settings.lake)
    passed = ctx.lake.passed_up_to(_mark_of(shown)) if shown else ctx.lake.all_passed()
    ledger = ctx.lake.read_arrow("audited", "ledger", passed.get(("audited", "ledger")))
    if any(not row["balances"] for row in ledger.to_pylist()):
        raise GateFailed("a ledger does not balance: rows would be lost", remedy="See `brain sql 'FROM audit.ledger'`")
    _settle(ctx, last)
    tables = tuple(_entry(ctx, version) for key, version in sorted(passed.items()) if key[0] in LAYERS)
    fresh = Manifest(
        release=last.release + 1 if last else 1,
        as_of=ctx.as_of,
        event="release",
        approved_by=approved_by,
        note=note,
        catalog=ctx.catalog.fingerprint,
        previous=last.release if last else None,
        tables=tables,
    )
    if last and last.contents() == fresh.contents():
        return last, False
    if shown:
        _require_same_before(shown, last)
    _publish(ctx, fresh, epoch)
    return fresh, True


def name_shown(last: Manifest | None, mark: int) -> str:
    """Names what is shown for approval: the release it is held against, and the place of the newest passed mark."""
    return f"{last.release if last else 0}-{mark}"


def _mark_of(shown: str) -> int:
    if not re.fullmatch(r"\d+-\d+", shown):
        raise UsageError(f"{shown!r} was never shown", remedy="Take it from `brain release preview`")
    return int(shown.split("-")[1])


def _require_same_before(shown: str, last: Manifest | None) -> None:
    """Readers must still see the release that the approver compared with: another one would be taken back unseen."""
    before, now = int(shown.split("-")[0]), last.release if last else 0
    if before != now:
        raise PolicyDenied(
            f"approval was asked against release {before or '-'}, readers see release {now or '-'} by now",
            remedy="Ask again: trigger brain_release, or see `brain release preview`",
        )


def roll_back(ctx: Context, to: int, approved_by: str = "", note: str = "") -> Manifest:
    """A further release with the tables of release ``to``."""
    old, last = read_manifest(ctx.settings.lake, to), read_manifest(ctx.settings.lake)
    if old is None or last is None:
        raise UsageError("there is no release yet", remedy="Run `brain run` first")
    _settle(ctx, last)
    fresh = replace(
        old, release=last.release + 1, event="rollback", approved_by=approved_by, note=note, previous=last.release
    )
    _publish(ctx, fresh, begin(ctx))
    return fresh


def _publish(ctx: Context, manifest: Manifest, epoch: int) -> None:
    with ctx.lake.lock("published", "releases"):
        newest = ctx.journal.rows(
            sa.select(sa.func.max(RELEASES.c.seq).label("seq")).where(RELEASES.c.event == "begun")
        )
        if newest[0]["seq"] != epoch:
            raise RunConflict(
                "a newer release run has begun, this one is overtaken", remedy="Leave it to the newer one"
            )
        _sync(ctx.settings.lake, manifest)
        write_manifest(ctx.settings.lake, manifest)
    _testify(ctx, manifest)


def _settle(ctx: Context, last: Manifest | None) -> None:
    """Finish what killed runs began: their half-made manifests go, a release that they made is noted."""
    sweep(folder(ctx.settings.lake).glob(".*"))
    _testify(ctx, last)


def _testify(ctx: Context, manifest: Manifest | None) -> None:
    """Note a release that stands, once."""
    if manifest is None or ctx.journal.newest(RELEASES, "release", release=manifest.release):
        return
    ctx.journal.note(
        RELEASES,
        release=manifest.release,
        as_of=manifest.as_of,
        approved_by=manifest.approved_by,
        event=manifest.event,
        note=manifest.note,
    )


def _entry(ctx: Context, version: Version) -> Entry:
    files = tuple(str(Path(file).relative_to(ctx.settings.lake)) for file in ctx.lake.files(version))
    return Entry(
        version.layer,
        version.name,
        version.number,
        version.rows,
        version.digest.content,
        version.digest.provenance,
        files,
    )


def _sync(lake: Path, manifest: Manifest) -> None:
    """Neither engine flushes what it writes; a release is announced once its files and their names are on disk."""
    files = [lake / name for entry in manifest.tables for name in entry.files]
    for path in [*files, *{file.parent for file in files}]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
