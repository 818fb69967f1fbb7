"""What every job is given: the home, what is declared, the lake and the journal. Facts only, no behaviour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jobs.contracts import Catalog, load_catalog
from jobs.lake.journal import Journal
from jobs.lake.store import Lake
from jobs.settings import Settings
from jobs.stages import JOURNAL_FOLDER

Progress = Callable[[str, str], None]


def silent(_stage: str, _what: str) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class Context:
    """One run over one home. ``as_of`` is the cut-off day, ``yyyy-MM-dd``: no stage asks the clock."""

    settings: Settings
    as_of: str
    progress: Progress = field(default=silent)

    @cached_property
    def catalog(self) -> Catalog:
        return load_catalog(self.settings.home)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.settings.journal_url, self.settings.lake / JOURNAL_FOLDER)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.settings, self.journal)

    @property
    def inbox(self) -> Path:
        return self.settings.inbox


@dataclass(frozen=True)
class RunReport:
    """What one job did: rows by fate, for the table at the end of a run."""

    stage: str
    table: str
    rows: int = 0
    changed: bool = True
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""
