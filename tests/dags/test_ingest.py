"""What departments send is taken in without an engine: it may be away, or at work on something else's tables."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.dags.home import make_small_home

pytestmark = pytest.mark.dags

NOBODY = "spark://127.0.0.1:9"
"""A master where none listens."""


@pytest.mark.parametrize("in_process", ["1", "0"])
def test_a_department_is_taken_in_while_the_engine_is_away(
    airflow: dict[str, str], tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch, in_process: str
) -> None:
    import brain_ingest
    from brain_plan import compile_plan

    from jobs.context import Context
    from jobs.lake.journal import DELIVERIES
    from jobs.settings import read_settings

    make_small_home(tmp_path, project, airflow)
    away = {"BRAIN_HOME": str(tmp_path), "BRAIN_ENGINE": "spark", "BRAIN_MASTER": NOBODY}
    for name, value in (away | {"BRAIN_IN_PROCESS": in_process}).items():
        monkeypatch.setenv(name, value)
    ctx = Context(read_settings(), "2026-03-02")
    department = compile_plan(ctx.catalog).departments[0]
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    dag = brain_ingest.make_ingest_dag(department)
    run = dag.test(run_after=moment, logical_date=moment, run_conf={"date": ctx.as_of})
    assert str(run.state) == "success"
    assert [row["state"] for row in ctx.journal.newest(DELIVERIES, "load_id")] == ["landed"]
    assert [layer for layer, _ in ctx.lake.all_passed()] == ["landed"]
