"""``python -m tests.lanes [NAME …]``: the checks and the test lanes, each a process of its own, and how they ended.

A lane that wants a part of the system (Chromium, PostgreSQL) is skipped where the part is missing, and the last lines
say so; with ``BRAIN_ALL_LANES=1`` that is a failure. A lane in which no test ran proves nothing: a failure too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from jobs.lake.doctor import find_chromium, find_postgres

PROJECT = Path(__file__).resolve().parent.parent
MARKED = ("engine", "dags", "pipeline", "browser", "airflow", "postgres", "connectors")


@dataclass(frozen=True)
class Lane:
    """A command, or a selection of tests by marker, with the part of the system it cannot do without."""

    name: str
    command: tuple[str, ...] = ()
    marker: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    part: str = ""
    find: Callable[[], Path | None] | None = None

    @property
    def missing(self) -> str:
        """The part of the system that is not here, or nothing."""
        return self.part if self.find and self.find() is None else ""


LANES = (
    Lane("ruff", ("ruff", "check", ".")),
    Lane("format", ("ruff", "format", "--check", ".")),
    Lane("mypy", ("mypy",)),
    Lane("imports", ("lint-imports",)),
    Lane("default", marker=" and ".join(f"not {marker}" for marker in MARKED)),
    Lane("sail", marker="engine", environment={"BRAIN_ENGINE": "sail"}),
    Lane("spark", marker="engine", environment={"BRAIN_ENGINE": "spark"}),
    Lane("dags", marker="dags"),
    Lane("pipeline", marker="pipeline"),
    Lane("connectors", marker="connectors and not postgres"),
    Lane("browser", marker="browser", part="Chromium", find=find_chromium),
    Lane("airflow", marker="airflow", part="Chromium", find=find_chromium),
    Lane("postgres", marker="postgres", part="PostgreSQL", find=find_postgres),
)


@dataclass(frozen=True)
class Ended:
    """How a lane ended: ``ok``, ``failed`` or ``skipped``."""

    lane: str
    state: str
    seconds: float = 0.0
    note: str = ""


def run_lane(lane: Lane) -> Ended:
    """Run one lane with its output on this terminal."""
    if lane.missing:
        state = "failed" if os.environ.get("BRAIN_ALL_LANES") == "1" else "skipped"
        return Ended(lane.name, state, note=f"{lane.missing} is not installed")
    print(f"\n=== {lane.name}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        code = subprocess.run(
            _command(lane, report), cwd=PROJECT, env=os.environ | lane.environment, check=False
        ).returncode
        note = _counts(report) if lane.marker else ""
    return Ended(lane.name, "failed" if code else "ok", time.monotonic() - began, note)


def _command(lane: Lane, report: Path) -> list[str]:
    if lane.marker:
        return [sys.executable, "-m", "pytest", "-rs", "-m", lane.marker, f"--junitxml={report}"]
    tool, *arguments = lane.command
    return [str(Path(sys.executable).with_name(tool)), *arguments]


def _counts(report: Path) -> str:
    """Tests that ran and that were skipped, from pytest's own report."""
    if not report.exists():
        return "did not start"
    suites = ElementTree.parse(report).getroot().findall("testsuite")
    total, skipped = (sum(int(suite.get(what, 0)) for suite in suites) for what in ("tests", "skipped"))
    return f"{total - skipped} tests" + (f", {skipped} skipped inside" if skipped else "") if total else "no test ran"


def main(names: list[str]) -> int:
    """0 if every lane asked for is ok or skipped · 1 if one failed · 2 for an unknown name."""
    unknown = set(names) - {lane.name for lane in LANES}
    if unknown:
        print(
            f"no lane {', '.join(sorted(unknown))}; there are: {', '.join(lane.name for lane in LANES)}",
            file=sys.stderr,
        )
        return 2
    ended = [run_lane(lane) for lane in LANES if not names or lane.name in names]
    print()
    for end in ended:
        print(f"{end.state:<8} {end.lane:<10} {end.seconds:6.1f} s  {end.note}")
    failed = [end.lane for end in ended if end.state == "failed"]
    print(f"failed: {', '.join(failed)}" if failed else "all lanes that ran are ok")
    for end in ended:
        if end.state == "skipped":
            print(f"skipped lane {end.lane}: {end.note}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
