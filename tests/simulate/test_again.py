"""A simulation that was killed is begun again and writes what an undisturbed one writes."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from jobs.cli import simulate as command
from jobs.contracts import Catalog
from jobs.settings import read_settings
from jobs.simulate import simulate


class Killed(Exception):
    """The simulation ended here."""


def files(out: Path) -> dict[str, str]:
    """Hash of every file."""
    paths = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_it_says_when_the_inbox_is_whole_before_it_has_judged(catalog: Catalog, tmp_path: Path) -> None:
    """Whoever waits for the inbox may begin there: nothing is delivered later, and it is known what was planted. The
    truth's tables are still open."""
    early: dict[str, str] = {}
    simulate(catalog, 60, 2, 7, tmp_path, delivered=lambda: early.update(files(tmp_path)))
    late = files(tmp_path)
    planted = {"truth/deliveries.json", "truth/ledger.json"}
    assert planted <= set(early) and "truth/world.json" not in early
    assert early["truth/records.parquet"] != late["truth/records.parquet"], "its table was still open"

    def known(found: dict[str, str]) -> dict[str, str]:
        return {name: mark for name, mark in found.items() if name.startswith("inbox/") or name in planted}

    assert known(early) == known(late)


def test_begun_again_it_writes_the_same_bytes(catalog: Catalog, tmp_path: Path) -> None:
    def stop(what: str, _place: int, _all: int) -> None:
        if what == "2026-03-03 zsj.hotline.order":
            raise Killed

    with pytest.raises(Killed):
        simulate(catalog, 60, 2, 7, tmp_path / "killed", progress=stop)
    assert list((tmp_path / "killed").rglob("*.sqlite")), "it had begun the databases"
    for name in ("killed", "undisturbed"):
        simulate(catalog, 60, 2, 7, tmp_path / name)
    assert files(tmp_path / "killed") == files(tmp_path / "undisturbed")


def test_a_city_that_lies_there_is_kept_and_one_without_its_inbox_is_written_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "settings", lambda: read_settings(project))
    command.simulate(60, 1, 7, tmp_path)
    whole, times = files(tmp_path), {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    command.simulate(60, 1, 7, tmp_path)
    assert times == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    shutil.rmtree(tmp_path / "inbox")
    command.simulate(60, 1, 7, tmp_path)
    assert files(tmp_path) == whole
