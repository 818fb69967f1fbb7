"""One small city, simulated and run through the whole pipeline day by day, for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.cli import invoke
from jobs.lake.manifest import Manifest, read_manifest
from jobs.settings import PROJECT

PEOPLE, LAST_DAY = 800, "2026-03-04"


@dataclass(frozen=True)
class City:
    """A home after `brain demo`, and how the command ended."""

    home: Path
    exit_code: int

    @property
    def lake(self) -> Path:
        return self.home / "data" / "lake"

    @property
    def served(self) -> Path:
        return self.lake / "9_served" / "current"

    def brain(self, *args: str) -> int:
        """Run a command on this home."""
        return invoke(["-q", "--home", str(self.home), "--engine", "sail", *args])

    def released(self) -> Manifest:
        """The newest release."""
        manifest = read_manifest(self.lake)
        assert manifest is not None
        return manifest


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Three days of deliveries of 800 persons: enough that every source of a theme has something to deliver."""
    home = tmp_path_factory.mktemp("city")
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(PROJECT / name)
    code = invoke(["-q", "--home", str(home), "--engine", "sail", "demo", "--people", str(PEOPLE)])
    return City(home, code)
