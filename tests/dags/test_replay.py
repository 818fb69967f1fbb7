"""`brain_replay`, as Airflow runs it: what was set aside is taken again for the resources that were asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.replay.home import DAY, OTHER, RESOURCE, RIGHT, WRONG, declare, deliver, run, state

pytestmark = pytest.mark.dags


def _home(folder: Path, declared: Any) -> Path:
    declare(folder, declared)
    deliver(folder, Random(1))
    assert run(folder) in (0, 5)
    return folder


def _replay(**asked: Any) -> dict[str, Any]:
    """Trigger it by hand; what its task reported."""
    import brain_replay

    moment = datetime(2026, 3, 9, 12, tzinfo=UTC)
    done = brain_replay.dag.test(run_after=moment, logical_date=moment, run_conf={"date": DAY, **asked})
    (task,) = done.get_task_instances()
    assert str(done.state) == "success"
    report: dict[str, Any] = task.xcom_pull(task_ids="replay")
    return report


def test_a_corrected_home_is_taken_again_once_and_only_what_was_asked_for(
    airflow: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, home = _home(tmp_path / "right", RIGHT), _home(tmp_path / "home", WRONG)
    wrong = state(home)
    declare(home, RIGHT)
    monkeypatch.setenv("BRAIN_HOME", str(home))
    assert _replay(resources=OTHER)["deliveries"] == []
    assert state(home) == wrong, "another resource was asked for"
    taken = _replay(resources="dep.sys.*")
    assert taken["exit_code"] == 0
    assert {row["resource"] for row in taken["deliveries"]} == {RESOURCE}
    assert state(home) == state(right)
    again = _replay()
    assert (again["deliveries"], again["tables"]) == ([], []), "nothing is left to do"
    assert _replay(all=True)["exit_code"] == 0


def test_a_name_that_is_no_glob_is_refused(airflow: dict[str, str]) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        _replay(resources="--dry-run; rm")


def test_what_it_took_again_stands_in_the_log() -> None:
    from brain_common import _lines

    report = {
        "deliveries": [
            {"resource": "a.b.c", "file": "f.csv", "state": "refused", "why": "x", "now": {"state": "landed"}}
        ],
        "tables": [{"resource": "a.b.c", "quarantined": 3, "quarantined_now": 1, "why": "y"}],
        "passed_over": [],
        "stopped": [{"what": "landed.a.b.c g.csv", "state": "kept", "reason": "z"}],
    }
    assert _lines(report) == [
        "a.b.c f.csv: refused -> landed, x",
        "a.b.c: 3 -> 1 rows quarantined, y",
        "kept: landed.a.b.c g.csv: z",
    ]
    assert _lines({"deliveries": [], "tables": [], "passed_over": [], "stopped": []}) == ["nothing to take again"]
