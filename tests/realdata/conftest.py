"""Real files that are not part of the project: beside the checkout, or where ``BRAIN_REAL_DATA`` says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs.settings import PROJECT

REGISTRY = "orgs/registry_dongguan_1978_2003.csv"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; the tests that ask for it are skipped where there is none."""
    folder = Path(os.environ.get("BRAIN_REAL_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder.name}/: set BRAIN_REAL_DATA to a folder that holds {REGISTRY}")
    return folder


@pytest.fixture(scope="session")
def registry(real_data: Path) -> Path:
    """6,893 companies of one city as registered from 1978 to 2003."""
    path = real_data / REGISTRY
    if not path.is_file():
        pytest.skip(f"the real data lack {REGISTRY}")
    return path
