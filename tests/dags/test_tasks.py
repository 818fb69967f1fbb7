"""What a task makes of a run: the day it is for, what counts as failure, and when a person is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.dags

EVENING = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)  # 06:00 of the next day in the city


def context(date: str | None = None, **run: Any) -> dict[str, Any]:
    """The part of a task's context that the day depends on."""
    facts = {"data_interval_end": None, "logical_date": None, "run_after": EVENING}
    return {"params": {"date": date}, "dag_run": SimpleNamespace(**facts | run)}


@pytest.mark.parametrize("name", ["data_interval_end", "logical_date", "run_after"])
def test_the_day_is_the_run_s_on_the_city_s_clock(airflow: dict[str, str], name: str) -> None:
    from brain_common import business_date

    assert business_date(context(**{name: EVENING})) == "2026-03-03"


def test_the_day_that_was_asked_for_wins(airflow: dict[str, str]) -> None:
    from brain_common import business_date

    assert business_date(context("2026-01-05", logical_date=EVENING)) == "2026-01-05"


def test_a_run_that_assets_started_is_for_the_newest_of_their_days(airflow: dict[str, str]) -> None:
    from brain_common import business_date

    days = ("2026-02-01", "2026-02-03", "2026-02-02")
    renewed = {day: [SimpleNamespace(extra={"date": day})] for day in days}
    assert business_date(context() | {"triggering_asset_events": renewed}) == "2026-02-03"


@pytest.fixture
def ending(airflow: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A program in the place of the interpreter that ends as it is told."""

    def end(how: str, report: dict[str, Any]) -> None:
        (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\ncat '{tmp_path}/report.json'\n{how}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("BRAIN_PYTHON", str(program))
        monkeypatch.setenv("BRAIN_IN_PROCESS", "0")

    return end


@pytest.mark.parametrize("code", [0, 3, 5])
def test_verdicts_are_data(ending: Any, code: int) -> None:
    from brain_common import Command

    ending(f"exit {code}", {"states": {"blocked": 1}})
    assert Command().run(["run"]) == {"exit_code": code, "states": {"blocked": 1}}


@pytest.mark.parametrize("code", [1, 2, 4])
def test_errors_of_ours_fail_for_good(ending: Any, code: int) -> None:
    from airflow.sdk.exceptions import AirflowFailException
    from brain_common import Command

    ending(f"exit {code}", {"problem": "no jars", "transient": False})
    with pytest.raises(AirflowFailException, match="no jars"):
        Command().run(["run"])


@pytest.mark.parametrize(("how", "report"), [("exit 1", {"problem": "busy", "transient": True}), ("kill -9 $$", {})])
def test_what_may_pass_is_tried_again(ending: Any, how: str, report: dict[str, Any]) -> None:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException
    from brain_common import Command

    ending(how, report)
    with pytest.raises(AirflowException) as caught:
        Command().run(["run"])
    assert not isinstance(caught.value, AirflowFailException)


def test_approved_but_not_published_is_no_success(ending: Any) -> None:
    """A run that an error ended has no verdicts to show, whatever its exit code."""
    from airflow.sdk.exceptions import AirflowFailException
    from brain_common import Command

    ending("exit 3", {"error": "GateFailed", "problem": "a ledger does not balance", "transient": False})
    with pytest.raises(AirflowFailException, match="does not balance"):
        Command().run(["run"])


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        ({"responded_by_user": {"id": "cdo", "name": "cdo"}}, ["--approved-by", "cdo", "--shown", "7-1234"]),
        (None, []),
    ],
)
def test_who_approved_and_what_they_saw_go_with_the_release(
    airflow: dict[str, str], answer: dict[str, Any] | None, options: list[str]
) -> None:
    from brain_common import approval

    said = {"approval": answer, "summarise": {"shown": "7-1234"}}
    pulled = SimpleNamespace(xcom_pull=lambda task_ids: said[task_ids])
    task = SimpleNamespace(upstream_task_ids={"approval", "decide"})
    assert approval({"task": task, "ti": pulled}) == options


def test_a_killed_task_leaves_nothing_running(ending: Any) -> None:
    import threading
    import time

    from airflow.sdk.exceptions import AirflowException
    from brain_common import Command

    ending("exec sleep 60", {})
    command = Command()
    threading.Timer(0.5, command.stop).start()
    began = time.monotonic()
    with pytest.raises(AirflowException):
        command.run(["run"])
    assert time.monotonic() - began < 30


def test_in_process_it_is_the_same_command(airflow: dict[str, str]) -> None:
    from airflow.sdk.exceptions import AirflowFailException
    from brain_common import Command

    assert Command().run(["check", "--json"])["faults"] == []
    with pytest.raises(AirflowFailException, match="comes after"):
        Command().run(["run", "--from", "serve", "--to", "land", "--date", "2026-03-02", "--json"])


@pytest.mark.parametrize(
    ("user", "mode", "next_task"),
    [
        (None, "interactive", "summarise"),
        ("admin", "interactive", "summarise"),
        ("admin", "automatic", "publish"),
        ("dag_test", "interactive", "publish"),
    ],
)
def test_a_person_is_asked_only_where_one_can_answer(
    airflow: dict[str, str], user: str | None, mode: str, next_task: str
) -> None:
    import brain_release

    decide = brain_release.dag.get_task("decide").python_callable
    assert decide(dag_run=SimpleNamespace(triggering_user_name=user), params={"mode": mode}) == next_task


def test_the_approver_reads_what_changes_what_is_stopped_and_where_the_report_is(airflow: dict[str, str]) -> None:
    from brain_release import LISTED, approval_text

    stopped = {"layer": "standardised", "label": "户籍人口登记", "state": "blocked", "reason": "主键重复"}
    preview = {
        "release": 7,
        "shown": "7-1234",
        "score": "94.54",
        "released_score": "95.01",
        "changes": {"added": 1, "changed": 12, "unchanged": 30},
        "findings": {"critical": 25},
        "stopped": [stopped],
        "critical": [f"问题 {n}" for n in range(25)],
    }
    text = approval_text(preview, "2026-03-02", "http://127.0.0.1/report/index.html")
    for words in ("2026-03-02", "94.54", "95.01", "变更 12", "主键重复", "/report/index.html", "驳回", "7-1234"):
        assert words in text
    assert text.count("问题 ") == LISTED
    assert "另有 5 条" in text
