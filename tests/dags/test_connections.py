"""Connections that Airflow keeps reach the source through a task, and nothing else of the task's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.extract.certificates import Authority
from tests.extract.city import City, deliveries, visible
from tests.extract.rigs.base import PASSWORD
from tests.extract.rigs.sftp import SftpServer

pytestmark = pytest.mark.dags

DAY = "2026-03-02"
KEPT = "dep_sftp"


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpServer]:
    with SftpServer(tmp_path, Authority()) as made:
        made.put()
        assert isinstance(made, SftpServer)
        yield made


@pytest.fixture
def kept(airflow: dict[str, str]) -> Iterator[None]:
    """The password, where Airflow keeps it: in its database, and in no variable."""
    from airflow.models import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        session.add(Connection(conn_id=KEPT, conn_type="sftp", login="brain", password=PASSWORD))
    yield
    with create_session() as session:
        session.query(Connection).filter(Connection.conn_id == KEPT).delete()


@pytest.mark.parametrize("in_process", ["1", "0"])
def test_a_task_hands_over_the_connections_that_its_department_names(
    kept: None, sftp: SftpServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], in_process: str
) -> None:
    import brain_ingest
    from brain_plan import compile_plan

    ctx = City(sftp, monkeypatch).connect(user=f"{{connection:{KEPT}.login}}", password=f"{{connection:{KEPT}}}")
    monkeypatch.delenv("BRAIN_SECRET_DEP_PASSWORD")
    monkeypatch.setenv("BRAIN_HOME", str(ctx.settings.home))
    monkeypatch.setenv("BRAIN_IN_PROCESS", in_process)
    (department,) = compile_plan(ctx.catalog).departments
    assert department.connections == (KEPT,)
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    run = brain_ingest.make_ingest_dag(department).test(run_after=moment, logical_date=moment, run_conf={"date": DAY})
    assert str(run.state) == "success"
    assert len(deliveries(ctx)) == 1, "it was let in"
    assert sftp.is_whole(visible(ctx)[0])
    assert f"AIRFLOW_CONN_{KEPT.upper()}" not in os.environ, "it is gone when the task is"
    told = "".join(capfd.readouterr())
    written = b"\0".join(path.read_bytes() for path in ctx.settings.home.rglob("*") if path.is_file())
    reported = json.dumps([task.xcom_pull(task_ids=task.task_id) for task in run.get_task_instances()])
    for form in (PASSWORD, json.dumps(PASSWORD)[1:-1]):
        assert form not in told and form not in reported
        assert form.encode() not in written


def test_a_connection_that_airflow_does_not_know_is_the_source_s_error(
    airflow: dict[str, str], sftp: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brain_common import handed_over

    assert handed_over(["nobody_knows_it"]) == {}
