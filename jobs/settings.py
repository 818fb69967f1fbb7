"""Where this installation lives and how it runs: read once from the environment, then frozen."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jobs.stages import JOURNAL_FOLDER

PROJECT = Path(__file__).resolve().parent.parent

Engine = Literal["spark", "sail"]


def process_of(module: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a process that runs a module of this project, wherever this one was started."""
    folders = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return [sys.executable, "-m", module, *arguments], os.environ | {"PYTHONPATH": os.pathsep.join(folders)}


@dataclass(frozen=True)
class Settings:
    """One home (``catalog/ expectations/ data/``) and the engine that works on it."""

    home: Path
    engine: Engine = "spark"
    master: str = "local[*]"
    journal_url: str = ""
    cache: Path = PROJECT / ".cache"
    small_rows: int = 200_000
    """Tables expected to stay at or below this many rows are committed from Arrow, larger ones by Spark."""
    driver_memory: str = "2g"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def scratch(self) -> Path:
        """What a process holds for a while, each name ending in the number of the process."""
        return self.lake / JOURNAL_FOLDER / "scratch"

    @property
    def inbox(self) -> Path:
        return self.data / "inbox"

    @property
    def secrets(self) -> Path:
        """Keys live outside the lake, so that a copy of the lake does not carry them."""
        return self.data / "secrets"


def read_settings(home: Path | None = None, engine: str | None = None, master: str | None = None) -> Settings:
    """Settings from arguments, else from ``BRAIN_HOME``, ``BRAIN_ENGINE``, ``BRAIN_MASTER`` …, else the defaults."""
    env = os.environ
    chosen = engine or env.get("BRAIN_ENGINE") or "spark"
    if chosen not in ("spark", "sail"):
        from jobs.errors import UsageError

        raise UsageError(f"unknown engine {chosen!r}", remedy="Set BRAIN_ENGINE to spark or sail")
    return Settings(
        home=(home or Path(env.get("BRAIN_HOME") or PROJECT)).resolve(),
        engine="sail" if chosen == "sail" else "spark",
        master=master or env.get("BRAIN_MASTER") or "local[*]",
        journal_url=env.get("BRAIN_JOURNAL") or "",
        cache=Path(env.get("BRAIN_CACHE") or PROJECT / ".cache"),
        small_rows=int(env.get("BRAIN_SMALL_ROWS") or 200_000),
        driver_memory=env.get("BRAIN_DRIVER_MEMORY") or "2g",
    )
