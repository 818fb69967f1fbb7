"""What every lane shares: the project's folder, and one engine session a process, started when first asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.settings import PROJECT, Settings, read_settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from jobs.contracts import Catalog


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout: ``catalog/``, ``expectations/`` and the sources."""
    return PROJECT


@pytest.fixture(scope="session")
def catalog(project: Path) -> Catalog:
    """What the project declares."""
    from jobs.contracts import load_catalog

    return load_catalog(project)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Small settings over an empty home; ``BRAIN_ENGINE`` chooses the engine, Sail unless it says otherwise."""
    engine = os.environ.get("BRAIN_ENGINE") or "sail"
    chosen = read_settings(tmp_path_factory.mktemp("home"), engine=engine, master="local[2]")
    return Settings(
        home=chosen.home, engine=chosen.engine, master=chosen.master, cache=chosen.cache, driver_memory="1g"
    )


@pytest.fixture(scope="session")
def session(settings: Settings) -> SparkSession:
    """The one engine session of this process (2 s for Sail, 8 s for Spark); only the lanes that ask pay for it."""
    from jobs.lake.session import open_session

    return open_session(settings)
