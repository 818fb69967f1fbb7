"""How long ``make demo`` (by the DAGs) and ``brain demo`` (without Airflow) take on each engine, after set-up and from
nothing simulated, and how much memory their processes hold (``PEOPLE``, ``ENGINE``).

Beside each run stands what the machine gave: the seconds of its cores that the run took, the seconds they waited for
the disk, and how long fixed work took just before. The same code on a machine shared with others differs in all three.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pool
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
YARDSTICK_ROUNDS = 16
_SET_UP = "import os, brain_airflow as a; os.environ.update(a.environment(os.environ)); a.prepare()"


@dataclass(frozen=True)
class Run:
    """One run, and what the machine gave."""

    seconds: float
    peak_mib: int
    cpu_seconds: float
    disk_wait_seconds: float
    yardstick_seconds: float


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
        "figure": {f"{command}, {engine}": run.seconds for (command, engine), run in runs.items()},
        "unit": "s",
        "goal": "; ".join(f"make demo, {engine} <= {GOAL_SECONDS[engine]:.0f} s" for engine in engines)
        + "; <= 6 GiB; at 10,000 persons",
        "holds": all(runs["make demo", engine].seconds <= GOAL_SECONDS[engine] for engine in engines)
        and all(run.peak_mib <= GOAL_MIB for run in runs.values()),
        "people": int(people),
        **{
            name: {f"{command}, {engine}": getattr(run, name) for (command, engine), run in runs.items()}
            for name in ("peak_mib", "cpu_seconds", "disk_wait_seconds", "yardstick_seconds")
        },
        "machine": f"{os.cpu_count()} cores",
    }


def _run(home: Path, command: str, engine: str, people: str) -> Run:
    """From a home without a city."""
    home.mkdir()
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(PROJECT / name)
    settings = os.environ | {"BRAIN_ENGINE": engine, "BRAIN_HOME": str(home), "AIRFLOW_HOME": str(home / ".airflow")}
    if command == "make demo":
        subprocess.run([sys.executable, "-c", _SET_UP], env=settings, cwd=PROJECT / "dags", check=True)
    yardstick = _yardstick()
    began, cpu, disk, peak = time.perf_counter(), _cpu_seconds(), _disk_wait_seconds(), 0
    arguments = [sys.executable, *COMMANDS[command], "--people", people]
    with subprocess.Popen(arguments, env=settings, stdout=subprocess.DEVNULL, cwd=PROJECT) as process:
        while process.poll() is None:
            peak = max(peak, _resident(psutil.Process(process.pid)))
            time.sleep(EVERY_SECONDS)
    if process.returncode:
        raise SystemExit(f"{command} on {engine} ended {process.returncode}")
    spent = (time.perf_counter() - began, _cpu_seconds() - cpu, _disk_wait_seconds() - disk)
    seconds, cpu, disk = (round(value, 1) for value in spent)
    return Run(seconds, peak >> 20, cpu, disk, yardstick)


def _yardstick() -> float:
    """Seconds that the same work takes on all cores at once."""
    cores = os.cpu_count() or 1
    with Pool(cores) as pool:
        began = time.perf_counter()
        pool.map(_fixed_work, range(cores), chunksize=1)
        return round(time.perf_counter() - began, 2)


def _fixed_work(_core: int) -> None:
    for _ in range(YARDSTICK_ROUNDS):
        rows = [{"id": n, "name": f"n{n * 7919 % 30_011}", "parts": [n, str(n)]} for n in range(30_000)]
        sorted(json.loads(json.dumps(rows)), key=lambda row: row["name"])


def _cpu_seconds() -> float:
    """Of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _disk_wait_seconds() -> float:
    """Of all cores; 0 where the system does not tell."""
    return float(getattr(psutil.cpu_times(), "iowait", 0.0))


def _resident(root: psutil.Process) -> int:
    """Bytes that a process and its children hold; those that end meanwhile count nothing."""
    total = 0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total
