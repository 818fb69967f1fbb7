"""What Airflow's own reader makes of the folder: no errors, the expected DAGs, quickly, and the same twice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dags.conftest import DAGS

pytestmark = pytest.mark.dags

READ = """
import json, sys, time
from pathlib import Path
import airflow.sdk, airflow.providers.standard.operators.hitl, airflow.dag_processing.dagbag as dagbag
from airflow.serialization.serialized_objects import DagSerialization
before = set(sys.modules)
began = time.monotonic()
folder = Path(sys.argv[1])
bag = dagbag.BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
seconds = time.monotonic() - began
print(json.dumps({
    "seconds": seconds,
    "errors": bag.import_errors,
    "dags": {key: DagSerialization.to_dict(dag) for key, dag in sorted(bag.dags.items())},
    "modules": sorted(name.partition(".")[0] for name in set(sys.modules) - before),
}, default=str))
"""
HEAVY = {"pyspark", "great_expectations", "deltalake", "pandas", "numpy", "pyarrow", "duckdb", "pysail"}


def read_folder(**settings: str) -> dict:
    """One parse of the folder in a process of its own, as the DAG processor does it."""
    command = [sys.executable, "-c", READ, str(DAGS)]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def parsed(airflow: dict[str, str]) -> dict:
    return read_folder()


def test_no_file_fails_to_import(parsed: dict) -> None:
    assert parsed["errors"] == {}


def test_one_dag_a_live_department_and_the_central_ones(parsed: dict, project: Path) -> None:
    from jobs.contracts import load_catalog

    live = {resource.department for resource in load_catalog(project).live.values()}
    central = {"brain_base", "brain_themes", "brain_release", "brain_replay"}
    assert set(parsed["dags"]) == {f"brain_ingest_{department}" for department in live} | central


def test_replay_waits_for_somebody_to_ask(parsed: dict) -> None:
    told = json.dumps(parsed["dags"]["brain_replay"], ensure_ascii=False)
    assert "NullTimetable" in told and "CronTriggerTimetable" not in told
    assert "CronTriggerTimetable" in json.dumps(parsed["dags"]["brain_base"])


@pytest.mark.parametrize("minutes", [1, 45, 200])
def test_a_new_scheduler_does_not_begin_with_the_run_it_missed(
    parsed: dict, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Whoever opens Airflow in the morning is not asked at once to approve a release of what has not arrived."""
    import pendulum
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.timetables import trigger
    from airflow.timetables.base import TimeRestriction

    now = pendulum.datetime(2026, 3, 2, 6, 40, tz="Asia/Shanghai").add(minutes=minutes)
    monkeypatch.setattr(trigger, "utcnow", lambda: now)
    always = TimeRestriction(earliest=None, latest=None, catchup=False)
    first = {
        name: DagSerialization.from_dict(told).timetable.next_dagrun_info(
            last_automated_data_interval=None, restriction=always
        )
        for name, told in parsed["dags"].items()
    }
    assert {name for name, info in first.items() if info is None} == {"brain_replay"}
    assert all(info.run_after > now for info in first.values() if info)


def test_parsing_imports_no_engine(parsed: dict) -> None:
    assert HEAVY & set(parsed["modules"]) == set()


def test_a_second_parse_is_the_same_to_the_byte(parsed: dict) -> None:
    again = read_folder()
    assert parsed["dags"]
    assert json.dumps(again["dags"], sort_keys=True) == json.dumps(parsed["dags"], sort_keys=True)


def test_a_changed_catalog_changes_the_dags(airflow: dict[str, str], tmp_path: Path, project: Path) -> None:
    """The snapshot must not outlive what it was made from."""
    shutil.copytree(project / "catalog", tmp_path / "catalog")
    assert "brain_ingest_gaj" in read_folder(BRAIN_HOME=str(tmp_path))["dags"]
    connections = tmp_path / "catalog" / "connections.yml"
    kept = [line for line in connections.read_text(encoding="utf-8").splitlines() if not line.startswith("gaj.")]
    connections.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert "brain_ingest_gaj" not in read_folder(BRAIN_HOME=str(tmp_path))["dags"]


def test_seventy_departments_parse_in_two_seconds(airflow: dict[str, str], tmp_path: Path, project: Path) -> None:
    """Every department live, from the snapshot; the time to import Airflow itself is not counted."""
    import brain_plan

    from jobs.contracts import load_catalog

    (tmp_path / "catalog").symlink_to(project / "catalog")
    catalog = load_catalog(project)
    everyone = tuple(
        brain_plan.Department(code, department.short_name, "daily", (f"{code}.a.b",))
        for code, department in catalog.departments.items()
    )
    assert len(everyone) > 70
    brain_plan.store_plan(tmp_path, replace(brain_plan.compile_plan(catalog), departments=everyone))
    parsed = read_folder(BRAIN_HOME=str(tmp_path))
    assert len(parsed["dags"]) == len(everyone) + 4
    assert parsed["seconds"] <= 2.0


def test_cycles_are_those_of_the_catalog() -> None:
    from typing import get_args

    import brain_plan

    from jobs.contracts.base import Cycle

    assert get_args(Cycle) == brain_plan.CYCLES
