"""How long ``brain demo`` takes on each engine and how much memory its processes hold (``PEOPLE``, ``ENGINE``)."""

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

GOAL_SECONDS = {"spark": 180.0, "sail": 60.0}
GOAL_MIB = 6 * 1024
EVERY_SECONDS = 0.5


def main() -> dict[str, object]:
    """Wall seconds by engine; the goal is for 10,000 persons and three days."""
    people = os.environ.get("PEOPLE", "10000")
    chosen = os.environ.get("ENGINE")
    engines = [chosen] if chosen else list(GOAL_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        runs = {engine: _run(Path(folder) / engine, engine, people) for engine in engines}
    return {
        "name": "demo",
        "figure": {engine: seconds for engine, (seconds, _) in runs.items()},
        "unit": "s",
        "goal": "; ".join(f"{engine} <= {GOAL_SECONDS[engine]:.0f} s" for engine in engines)
        + "; <= 6 GiB; at 10,000 persons",
        "holds": all(s <= GOAL_SECONDS[engine] and mib <= GOAL_MIB for engine, (s, mib) in runs.items()),
        "people": int(people),
        "peak_mib": {engine: mib for engine, (_, mib) in runs.items()},
        "machine": f"{os.cpu_count()} cores",
    }


def _run(home: Path, engine: str, people: str) -> tuple[float, int]:
    """Wall seconds, and the most memory that the process and its children held at once, in MiB."""
    home.mkdir()
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(PROJECT / name)
    command = [sys.executable, "-m", "jobs", "-q", "--home", str(home), "demo", "--people", people]
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(
        command, env=os.environ | {"BRAIN_ENGINE": engine}, stdout=subprocess.DEVNULL, cwd=PROJECT
    ) as process:
        while process.poll() is None:
            peak = max(peak, _resident(psutil.Process(process.pid)))
            time.sleep(EVERY_SECONDS)
    if process.returncode:
        raise SystemExit(f"brain demo on {engine} ended {process.returncode}")
    return round(time.perf_counter() - began, 1), peak >> 20


def _resident(root: psutil.Process) -> int:
    """Bytes that a process and its children hold; those that end meanwhile count nothing."""
    total = 0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total
