"""How long ``make demo`` (by the DAGs) and ``brain demo`` (without Airflow) take on each engine, after set-up and from
nothing simulated, and how much memory their processes hold (``PEOPLE``, ``ENGINE``)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from jobs.settings import PROJECT

COMMANDS = {
    "make demo": ["dags/brain_demo.py"],
    "brain demo": ["-m", "jobs", "-q", "demo"],
}
GOAL_SECONDS = {"spark": 180.0, "sail": 60.0}
GOAL_MIB = 6 * 1024
EVERY_SECONDS = 0.5
_SET_UP = "import os, brain_airflow as a; os.environ.update(a.environment(os.environ)); a.prepare()"


def main() -> dict[str, object]:
    """Wall seconds by command and engine; the goal is for ``make demo``, 10,000 persons and three days."""
    people = os.environ.get("PEOPLE", "10000")
    chosen = os.environ.get("ENGINE")
    engines = [chosen] if chosen else list(GOAL_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        runs = {
            (command, engine): _run(Path(folder) / f"{engine}_{command.split()[0]}", command, engine, people)
            for engine in engines
            for command in COMMANDS
        }
    return {
        "name": "demo",
        "figure": {f"{command}, {engine}": seconds for (command, engine), (seconds, _) in runs.items()},
        "unit": "s",
        "goal": "; ".join(f"make demo, {engine} <= {GOAL_SECONDS[engine]:.0f} s" for engine in engines)
        + "; <= 6 GiB; at 10,000 persons",
        "holds": all(runs["make demo", engine][0] <= GOAL_SECONDS[engine] for engine in engines)
        and all(mib <= GOAL_MIB for _, mib in runs.values()),
        "people": int(people),
        "peak_mib": {f"{command}, {engine}": mib for (command, engine), (_, mib) in runs.items()},
        "machine": f"{os.cpu_count()} cores",
    }


def _run(home: Path, command: str, engine: str, people: str) -> tuple[float, int]:
    """Wall seconds, and the most memory that the process and its children held at once, in MiB."""
    home.mkdir()
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(PROJECT / name)
    settings = os.environ | {"BRAIN_ENGINE": engine, "BRAIN_HOME": str(home), "AIRFLOW_HOME": str(home / ".airflow")}
    if command == "make demo":
        subprocess.run([sys.executable, "-c", _SET_UP], env=settings, cwd=PROJECT / "dags", check=True)
    began, peak = time.perf_counter(), 0
    arguments = [sys.executable, *COMMANDS[command], "--people", people]
    with subprocess.Popen(arguments, env=settings, stdout=subprocess.DEVNULL, cwd=PROJECT) as process:
        while process.poll() is None:
            peak = max(peak, _resident(psutil.Process(process.pid)))
            time.sleep(EVERY_SECONDS)
    if process.returncode:
        raise SystemExit(f"{command} on {engine} ended {process.returncode}")
    return round(time.perf_counter() - began, 1), peak >> 20


def _resident(root: psutil.Process) -> int:
    """Bytes that a process and its children hold; those that end meanwhile count nothing."""
    total = 0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total
