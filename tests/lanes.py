"""``python -m tests.lanes [NAME …]``: the checks and the test lanes, each a process of its own, and how they ended.

As many run at once as ``BRAIN_LANES_AT_ONCE`` says, else two where there are two cores; what a lane prints is then
shown when it has ended. A lane that is ``alone`` waits for the clocks of others: it comes last and has the cores to
itself.

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
from concurrent.futures import ThreadPoolExecutor
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
    alone: bool = False

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
    Lane("spark", marker="engine", environment={"BRAIN_ENGINE": "spark"}),
    Lane("pipeline", marker="pipeline"),
    Lane("dags", marker="dags"),
    Lane("connectors", marker="connectors and not postgres"),
    Lane("sail", marker="engine", environment={"BRAIN_ENGINE": "sail"}),
    Lane("browser", marker="browser", part="Chromium", find=find_chromium),
    Lane("postgres", marker="postgres", part="PostgreSQL", find=find_postgres),
    Lane("airflow", marker="airflow", part="Chromium", find=find_chromium, alone=True),
)
"""The longer ones first, so that none is waited for at the end."""


@dataclass(frozen=True)
class Ended:
    """How a lane ended: ``ok``, ``failed`` or ``skipped``."""

    lane: str
    state: str
    seconds: float = 0.0
    note: str = ""


def run_lane(lane: Lane, is_live: bool) -> Ended:
    """Run one lane with its output on this terminal: as it comes, or at once when the lane has ended."""
    if lane.missing:
        state = "failed" if os.environ.get("BRAIN_ALL_LANES") == "1" else "skipped"
        return Ended(lane.name, state, note=f"{lane.missing} is not installed")
    print(f"=== {lane.name}" + ("" if is_live else " begins"), flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report, said = Path(folder) / "junit.xml", Path(folder) / "said"
        with said.open("wb") as output:
            code = subprocess.run(
                _command(lane, report),
                cwd=PROJECT,
                env=os.environ | lane.environment,
                check=False,
                stdout=None if is_live else output,
                stderr=None if is_live else subprocess.STDOUT,
            ).returncode
        note = _counts(report) if lane.marker else ""
        if not is_live:
            print(f"\n=== {lane.name}\n{said.read_text(encoding='utf-8', errors='replace')}", flush=True)
    return Ended(lane.name, "failed" if code else "ok", time.monotonic() - began, note)


def run_lanes(lanes: list[Lane], at_once: int) -> list[Ended]:
    """Run ``at_once`` lanes at a time, those that are alone after the others; how each ended, in the order given."""
    together = [lane for lane in lanes if not lane.alone] if at_once > 1 else []
    with ThreadPoolExecutor(at_once) as pool:
        ended = {end.lane: end for end in pool.map(lambda lane: run_lane(lane, len(together) < 2), together)}
    return [ended.get(lane.name) or run_lane(lane, True) for lane in lanes]


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
    at_once = int(os.environ.get("BRAIN_LANES_AT_ONCE") or min(2, os.cpu_count() or 1))
    ended = run_lanes([lane for lane in LANES if not names or lane.name in names], at_once)
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
