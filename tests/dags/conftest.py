"""Airflow set up in a folder of its own, before anything imports it; and a home whose data is this session's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"
sys.path.insert(0, str(DAGS))  # as Airflow does


@pytest.fixture(scope="session")
def dag_home(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The project's own catalog over empty data."""
    home = tmp_path_factory.mktemp("dags") / "home"
    home.mkdir()
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(project / name)
    return home


@pytest.fixture(scope="session")
def airflow(dag_home: Path) -> Iterator[dict[str, str]]:
    """Airflow's settings in force: database made, nothing imported before them."""
    import brain_airflow

    given = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "BRAIN_EARLY"))}
    chosen = {
        "AIRFLOW_HOME": str(dag_home.parent / "airflow"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "BRAIN_HOME": str(dag_home),
        "BRAIN_ENGINE": os.environ.get("BRAIN_ENGINE") or "sail",
        "BRAIN_IN_PROCESS": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in brain_airflow.environment(given | chosen).items():
            patch.setenv(name, value)
        brain_airflow.prepare()
        yield dict(os.environ)
