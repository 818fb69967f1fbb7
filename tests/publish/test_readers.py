"""Readers see one release, whole, whatever is published meanwhile; where the switch is not atomic they would not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jobs.context import Context
from jobs.lake.manifest import Manifest, read_manifest
from jobs.publish import job as publish
from jobs.serve import job as serve
from jobs.settings import PROJECT
from tests.publish.numbered import make_lake, pass_tables

pytestmark = pytest.mark.pipeline

RELEASES = 3
SWITCHES = 120
PAUSE_SECONDS = 0.01
LEAST_A_SECOND = 50
"""Reads a second of a reader that has a core to itself."""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A home with the first release, served."""
    ctx = make_lake(tmp_path_factory.mktemp("released"))
    release(ctx, 1)
    return ctx


def release(ctx: Context, number: int) -> Manifest:
    """Publish and serve tables that all say ``number``."""
    pass_tables(ctx, number)
    manifest, is_new = publish.run(ctx, publish.begin(ctx))
    assert (manifest.release, is_new) == (number, True)
    assert serve.run(ctx, manifest)
    return manifest


def switch(ctx: Context, manifests: list[Manifest | None]) -> None:
    """Serve one release after the other, all made before: only the pointer moves."""
    for turn in range(SWITCHES):
        manifest = manifests[turn % len(manifests)]
        assert manifest is not None
        assert not serve.run(ctx, manifest)
        time.sleep(PAUSE_SECONDS)


@contextmanager
def reading(lake: Path) -> Iterator[dict[str, Any]]:
    """A reader in a process of its own; the mapping holds what it saw once the block has ended."""
    command = [sys.executable, "-m", "tests.publish.reader", str(lake)]
    saw: dict[str, Any] = {}
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        yield saw
        saw |= json.loads(process.communicate()[0])


def faults(saw: dict[str, Any]) -> list[str]:
    """What no reader may see: tables of different releases, or nothing at all."""
    return [told for kind in saw["seen"].values() for told in kind if not told.isdigit()]


def test_no_reader_sees_two_releases_at_once(released: Context) -> None:
    with reading(released.settings.lake) as saw:
        manifests = [read_manifest(released.settings.lake, 1)]
        manifests += [release(released, number) for number in range(2, RELEASES + 1)]
        switch(released, manifests)
    assert faults(saw) == []
    assert set(saw["seen"]["kept"]) == {"1"}, "a kept connection stays with the release that it opened"
    assert set(saw["seen"]["fresh"]) == {"1", "2", "3"}
    assert set(saw["seen"]["manifest"]) <= {"1", "2", "3"}
    assert saw["reads"] / saw["cpu_seconds"] >= LEAST_A_SECOND


def _replace_file_by_file(pointer: Path, name: str) -> None:
    """What the pointer saves us from: the files of the new release are copied over those of the old one."""
    if pointer.is_symlink():
        pointer.unlink()
        shutil.copytree(pointer.with_name("1"), pointer)
    for path in sorted(pointer.with_name(name).glob("*.duckdb")):
        fresh = pointer / f".{path.name}"
        shutil.copyfile(path, fresh)
        fresh.replace(pointer / path.name)
        time.sleep(PAUSE_SECONDS)


def _take_away_and_put_back(pointer: Path, name: str) -> None:
    """The other way to do it badly: a moment without a pointer."""
    pointer.unlink()
    time.sleep(PAUSE_SECONDS)
    pointer.symlink_to(name)


@pytest.mark.parametrize(
    ("bad", "fault"), [(_replace_file_by_file, "mixed"), (_take_away_and_put_back, "FileNotFoundError")]
)
def test_without_the_atomic_switch_the_same_check_fails(
    released: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bad: Any, fault: str
) -> None:
    """The negative control, on a copy of what was served."""
    home = shutil.copytree(released.settings.home, tmp_path / "home", symlinks=True)
    ctx = make_lake(home)
    manifests = [read_manifest(ctx.settings.lake, number) for number in (1, 2)]
    serve._point(ctx.settings.lake / "9_served" / "current", "1")
    monkeypatch.setattr(serve, "_point", bad)
    with reading(ctx.settings.lake) as saw:
        switch(ctx, manifests)
    assert any(told.startswith(fault) for told in faults(saw)), saw
