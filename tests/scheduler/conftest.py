"""`make airflow` in a home of its own, a client for what it says, and a browser for whoever approves."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobs.lake.doctor import find_chromium
from jobs.lake.manifest import Manifest, all_manifests
from tests.dags.home import DEPARTMENTS, make_small_home

if TYPE_CHECKING:
    from playwright.sync_api import Page

UP_SECONDS, WAIT_SECONDS = 180, 300


@dataclass(frozen=True)
class Office:
    """Airflow at work on a home."""

    home: Path
    url: str
    passwords: dict[str, str]

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Its API, as admin."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            login = {"username": "admin", "password": self.passwords["admin"]}
            token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
            asked = client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)
            return asked.raise_for_status().json()

    def deliver(self, day: str) -> None:
        """The ingest of both departments for a day; renewed tables start what comes after."""
        for department in DEPARTMENTS:
            body = {"logical_date": None, "conf": {"date": day}}
            self.ask("POST", f"/api/v2/dags/brain_ingest_{department}/dagRuns", json=body)

    def states(self) -> dict[str, str]:
        """States of the tasks of the newest release run."""
        runs = self.ask("GET", "/api/v2/dags/brain_release/dagRuns?order_by=-run_after&limit=1")["dag_runs"]
        if not runs:
            return {}
        path = f"/api/v2/dags/brain_release/dagRuns/{runs[0]['dag_run_id']}/taskInstances"
        return {task["task_id"]: str(task["state"]) for task in self.ask("GET", path)["task_instances"]}

    def wait(self, task: str, *wanted: str) -> str:
        """Until a task of the newest release run has come to one of the states; fails with all of them."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            states = self.states()
            if states.get(task) in wanted:
                return states[task]
            assert "failed" not in states.values(), states
            time.sleep(2)
        raise AssertionError(f"{task} did not become {wanted}: {self.states()}")

    def releases(self) -> list[Manifest]:
        """Every release, oldest first."""
        return list(all_manifests(self.home / "data" / "lake"))

    def report(self) -> str:
        """The first page of the portal, as Airflow shows it."""
        return httpx.get(f"{self.url}/report/index.html", timeout=60).raise_for_status().text


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[Office]:
    """Airflow with renewed tables starting what builds on them."""
    if find_chromium() is None:
        pytest.skip("no Chromium: apt-get install chromium")
    home = tmp_path_factory.mktemp("office")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {"AIRFLOW_HOME": str(home / "airflow"), "BRAIN_HOME": str(home), "BRAIN_ENGINE": "sail"}
    chosen |= {"BRAIN_AIRFLOW_PORT": str(port), "BRAIN_EARLY_TRIGGER": "1"}
    given = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "BRAIN_IN_"))}
    make_small_home(home, project, given | chosen)
    command = [sys.executable, str(project / "dags" / "brain_airflow.py")]
    with (home / "airflow.log").open("w") as log:
        process = subprocess.Popen(
            command, env=given | chosen, cwd=project, stdout=log, stderr=log, start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(url, process, home / "airflow.log")
            passwords = home / "airflow" / "simple_auth_manager_passwords.json.generated"
            yield Office(home, url, json.loads(passwords.read_text()))
        finally:
            _end(process)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until server and scheduler are well and the DAGs are known."""
    until = time.monotonic() + UP_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx.HTTPError, KeyError):
            health = httpx.get(f"{url}/api/v2/monitor/health", timeout=10).json()
            if health["scheduler"]["status"] == health["dag_processor"]["status"] == "healthy":
                return
        time.sleep(1)
    pytest.fail(f"Airflow did not come up:\n{log.read_text()[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for how, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


@pytest.fixture
def officer(office: Office) -> Iterator[Page]:
    """A browser in which the chief data officer has logged in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
        page = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{office.url}/required_actions")
        page.fill("input[name=username]", "cdo")
        page.fill("input[name=password]", office.passwords["cdo"])
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/auth/login" not in url)
        yield page
        chromium.close()
