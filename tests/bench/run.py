"""One ``brain run`` as a process that is watched by what it prints, and may be killed in a chosen stage.

Time within a stage is counted in seconds of the processor, which do not depend on what else the machine does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from jobs.settings import PROJECT
from jobs.stages import JOURNAL_FOLDER, LAYERS, VERBS, stage_of
from tests.bench.town import command, environment

RELEASED = (0, 5)
"""Exit codes of a run that released what it could."""
MOMENT_SECONDS = 0.03
_LINE = re.compile(r"^ *[0-9.]+ s +([a-z]+) +[0-9]+ ")
_POLL_SECONDS, _WATCH_SECONDS, _TIDY_SECONDS = 0.005, 0.001, 10
_QUEUED = ("standardise", "resolve", "fuse", "derive")
"""Stages that print their first line when their first table is built, not when they begin."""


@dataclass(frozen=True)
class Undisturbed:
    """A whole run: seconds of the clock, and of the processor when each stage printed its first line."""

    seconds: float
    cpu: float
    lines: dict[str, float]
    landing: float
    """Share of the time between the first lines of land and standardise in which deliveries are landed."""
    deliveries: int
    code: int
    """How it ended: a run after kills must end so too."""

    def window(self, stage: str) -> float:
        """Seconds of the processor after its first line in which the stage is at work."""
        later = VERBS[VERBS.index(stage) + 1 :]
        end = min((self.lines[verb] for verb in later if verb in self.lines), default=self.cpu)
        return (end - self.lines.get(stage, end)) * (self.landing if stage == "land" else 1.0)


def alive(groups: list[int]) -> list[int]:
    """Processes that runs have left, whatever they are by now children of."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) in groups and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


class Run:
    """A run that was started; its stages as it prints them, each with the processor time it had used by then."""

    def __init__(self, home: Path, engine: str, date: str) -> None:
        self.home, self.date, self.began = home, date, time.monotonic()
        self.process = subprocess.Popen(
            [*command(home), "run", "--date", date, "--json"],
            env=environment(engine),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines: dict[str, float] = {}
        self.walls: dict[str, float] = {}
        self.last_cpu = 0.0
        self.printed, self.errors = "", ""
        self.readers = [threading.Thread(target=self._watch), threading.Thread(target=self._keep)]
        for reader in self.readers:
            reader.start()

    @property
    def pid(self) -> int:
        """Of the process, and of the group that it leads."""
        return self.process.pid

    def cpu(self) -> float:
        """Processor seconds of Python and the engine, as far as they live."""
        total = 0.0
        with suppress(psutil.Error):
            own = psutil.Process(self.pid)
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.Error):
                    used = process.cpu_times()
                    total += used.user + used.system
        self.last_cpu = max(self.last_cpu, total)
        return self.last_cpu

    def _watch(self) -> None:
        for line in self.process.stderr or ():
            if (found := _LINE.match(line)) and found[1] in (*VERBS, *LAYERS):
                verb = stage_of(found[1]).verb
                self.walls.setdefault(verb, time.monotonic() - self.began)
                self.lines.setdefault(verb, self.cpu())
            else:
                self.errors += line

    def _keep(self) -> None:
        assert self.process.stdout is not None
        self.printed = self.process.stdout.read()

    def end(self) -> int:
        """Let it end, and the engine after it, which tidies up; its exit code."""
        code = self.process.wait()
        until = time.monotonic() + _TIDY_SECONDS
        while alive([self.pid]) and time.monotonic() < until:
            time.sleep(0.1)
        for reader in self.readers:
            reader.join()
        return code

    def reach(self, stage: str, usual: Undisturbed, part: float) -> bool:
        """Wait until ``part`` of the stage's usual time has passed; False if the run ended before.

        Of a stage that prints late, the second half of the time before its first line is met as well.
        """
        before = VERBS[VERBS.index(stage) - 1]
        early = stage in _QUEUED and part < 0.5
        self._await(before if early else stage)
        if early and stage not in self.lines:
            length = (0.5 + part) * (usual.lines.get(stage, 0.0) - usual.lines.get(before, 0.0))
        else:
            length = (2 * part % 1 if stage in _QUEUED else part) * usual.window(stage)
        until = max(self.lines.values(), default=0.0) + length
        while self.process.poll() is None and self.cpu() < until:
            time.sleep(_POLL_SECONDS)
        return self.process.poll() is None

    def reach_begin(self, stage: str, part: float) -> bool:
        """Wait for the stage's first line and ``part`` of a moment; False if the run ended before."""
        self._await(stage)
        time.sleep(part * MOMENT_SECONDS)
        return self.process.poll() is None

    def reach_commit(self, stage: str) -> bool:
        """Wait until this run holds the lock of a table that the stage writes; False if it ended before."""
        locks, layer = self.home / "data" / "lake" / JOURNAL_FOLDER / "locks", stage_of(stage).layer
        own = f'{{"pid": {self.pid},'
        while self.process.poll() is None:
            if any(path.read_text(encoding="utf-8").startswith(own) for path in locks.glob(f"{layer}.*.lock")):
                return True
            time.sleep(_WATCH_SECONDS)
        return False

    def _await(self, stage: str) -> None:
        """Until a line of this stage or a later one is printed, or the run ends."""
        awaited = set(VERBS[VERBS.index(stage) :])
        while self.process.poll() is None and not self.lines.keys() & awaited:
            time.sleep(_POLL_SECONDS)

    def kill(self, alone: bool) -> float:
        """End Python alone or with all it has started, at once and without a word; seconds it had lived."""
        if alone:
            os.kill(self.pid, signal.SIGKILL)
        else:
            os.killpg(self.pid, signal.SIGKILL)
        lived = time.monotonic() - self.began
        self.process.wait()
        if not alone:
            for reader in self.readers:
                reader.join()
        return lived

    def stage(self, usual: Undisturbed) -> str:
        """Where it was killed: the stage that printed last, or the next where the journal says that this one was over.

        Landing and what comes before it are over when every delivery of the day is known and settled.
        """
        last = max(self.lines, key=lambda verb: (self.lines[verb], VERBS.index(verb)), default=VERBS[0])
        if last in ("extract", "land"):
            known, waiting = deliveries(self.home, self.date)
            return "standardise" if known == usual.deliveries and not waiting else last
        return last


def deliveries(home: Path, date: str) -> tuple[int, int]:
    """Deliveries that the journal knows, and those that wait to be landed; read from a copy, as it was left."""
    folder = home / "data" / "lake" / JOURNAL_FOLDER
    query = "SELECT state, received_at FROM deliveries WHERE seq IN (SELECT max(seq) FROM deliveries GROUP BY load_id)"
    with tempfile.TemporaryDirectory() as copied:
        for path in folder.glob("journal.sqlite*"):
            shutil.copy(path, copied)
        with closing(sqlite3.connect(Path(copied) / "journal.sqlite")) as connection:
            try:
                rows = connection.execute(query).fetchall()
            except sqlite3.OperationalError:  # it had not come to make its tables
                return 0, 0
    return len(rows), sum(state == "extracted" and received[:10] <= date for state, received in rows)


def undisturbed(home: Path, engine: str, date: str) -> Undisturbed:
    """A run that nobody disturbs."""
    run = Run(home, engine, date)
    while run.process.poll() is None:
        run.cpu()
        time.sleep(0.1)
    seconds = time.monotonic() - run.began
    code = run.end()
    if code not in RELEASED:
        raise SystemExit(f"a run that nobody disturbed ended {code}:\n{run.errors[-3000:]}")
    landed = sum(float(row["seconds"]) for row in json.loads(run.printed)["stages"] if row["stage"] == "landed")
    gap = run.walls.get("standardise", 0.0) - run.walls.get("land", 0.0)
    share = min(landed / gap, 1.0) if gap > 0 else 1.0
    return Undisturbed(seconds, run.last_cpu, run.lines, share, deliveries(home, date)[0], code)
