"""``python dags/brain_demo.py`` over three departments and two days: the chain of all DAGs, without a scheduler."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dags.conftest import DAGS
from tests.dags.home import LIVE, make_small_home

pytestmark = pytest.mark.dags


@pytest.fixture(scope="module")
def ran(airflow: dict[str, str], tmp_path_factory: pytest.TempPathFactory, project: Path) -> tuple[Path, str]:
    """A home where three resources are live, and what the demo printed on it. The third delivers once a quarter."""
    home = tmp_path_factory.mktemp("chain")
    settings = airflow | {"BRAIN_HOME": str(home)}
    make_small_home(home, project, settings, (*LIVE, "jyj.student.status"))
    demo = [sys.executable, str(DAGS / "brain_demo.py")]
    done = subprocess.run(demo, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done.stdout


def test_what_was_planted_was_stopped_and_the_end_says_what_to_open(ran: tuple[Path, str]) -> None:
    home, printed = ran
    assert ": equal" in printed
    assert (home / "data" / "lake" / "9_served" / "current" / "portal" / "index.html").exists()
    assert "portal/index.html" in printed


def test_each_day_is_a_release_that_nobody_approved(ran: tuple[Path, str]) -> None:
    from jobs.lake.manifest import all_manifests

    manifests = list(all_manifests(ran[0] / "data" / "lake"))
    assert [manifest.as_of for manifest in manifests] == ["2026-03-02", "2026-03-03"]
    assert {manifest.approved_by for manifest in manifests} == {""}


def test_every_dag_with_work_ran_once_a_day_and_no_approval_was_waited_for(ran: tuple[Path, str]) -> None:
    with sqlite3.connect(Path(os.environ["AIRFLOW_HOME"]) / "airflow.db") as connection:
        query = "SELECT dag_id, task_id, state, count(*) FROM task_instance GROUP BY 1, 2, 3 ORDER BY 1, 2"
        rows = connection.execute(query).fetchall()
    assert rows == [
        ("brain_base", "base", "success", 2),
        ("brain_ingest_gaj", "ingest", "success", 2),
        ("brain_ingest_jyj", "ingest", "success", 1),
        ("brain_ingest_mzj", "ingest", "success", 2),
        ("brain_release", "approval", "skipped", 2),
        ("brain_release", "audit", "success", 2),
        ("brain_release", "decide", "success", 2),
        ("brain_release", "publish", "success", 2),
        ("brain_release", "summarise", "skipped", 2),
        ("brain_themes", "themes", "success", 2),
    ]
