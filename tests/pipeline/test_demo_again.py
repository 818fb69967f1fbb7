"""How a demo ends: it says whether what was planted was stopped, and one that is started again goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from jobs.cli import output
from jobs.cli.demo import report_planted
from jobs.lake.journal import RUNS, Journal
from tests.pipeline.conftest import LAST_DAY, PEOPLE, City

Delivered = list[dict[str, Any]]


@pytest.mark.pipeline
def test_a_demo_that_is_started_again_goes_on_at_its_last_day(city: City) -> None:
    before, journal = city.released(), Journal("", city.lake / "0_journal")
    runs = len(journal.newest(RUNS, "seq"))
    assert city.brain("demo", "--people", str(PEOPLE)) == 0
    assert {row["as_of"] for row in journal.newest(RUNS, "seq")[runs:]} == {LAST_DAY}
    assert city.released() == before


@pytest.fixture
def delivered(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Delivered]:
    """A home with the city's lake and a truth of its own: the file that says what was delivered, and what it says."""
    shutil.copytree(city.lake / "0_journal", tmp_path / "data" / "lake" / "0_journal")
    for name in ("catalog", "expectations"):
        (tmp_path / name).symlink_to(city.home / name)
    truth = tmp_path / "data" / "truth" / "deliveries.json"
    truth.parent.mkdir()
    shutil.copy(city.home / "data" / "truth" / "deliveries.json", truth)
    monkeypatch.setattr(output.options, "home", tmp_path)
    return truth, json.loads(truth.read_text(encoding="utf-8"))


@pytest.mark.pipeline
def test_what_was_stopped_is_held_against_what_was_planted(
    delivered: tuple[Path, Delivered], capsys: pytest.CaptureFixture[str]
) -> None:
    truth, rows = delivered
    assert report_planted()
    n_planted = sum(row["verdict"] in ("refused", "repeat") for row in rows)
    assert f"planted {n_planted}, stopped {n_planted}: equal" in capsys.readouterr().out
    wrong = {"landed": "refused", "refused": "landed"}
    for verdict, mark in (("landed", "MISSED"), ("refused", "NOT PLANTED")):
        at = next(place for place, row in enumerate(rows) if row["verdict"] == verdict)
        changed = [row | {"verdict": wrong[verdict]} if place == at else row for place, row in enumerate(rows)]
        truth.write_text(json.dumps(changed), encoding="utf-8")
        assert not report_planted()
        said = capsys.readouterr().out
        assert any(line.startswith(mark) and rows[at]["file"] in line for line in said.splitlines())
        assert "they differ" in said


@pytest.mark.pipeline
def test_what_was_stopped_of_ones_own_is_counted_apart(
    delivered: tuple[Path, Delivered], capsys: pytest.CaptureFixture[str]
) -> None:
    truth, rows = delivered
    stopped = next(row["resource"] for row in rows if row["verdict"] == "refused")
    kept = [row for row in rows if row["resource"] != stopped]
    truth.write_text(json.dumps(kept), encoding="utf-8")
    assert report_planted()
    assert "not of the city and not counted: 1 stopped" in capsys.readouterr().out
