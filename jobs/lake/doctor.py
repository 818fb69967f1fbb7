"""What this machine offers: each need with what was found and, where it is not met, what to do.

Looks only: it downloads nothing and changes no data. Findings name versions and folders, never data.
"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jobs.errors import EnvironmentFault
from jobs.lake.jars import JARS, missing_jars
from jobs.lake.java import find_java
from jobs.settings import Settings

PYTHON = (3, 11)
PACKAGES = ("pyspark", "delta-spark", "deltalake", "great-expectations", "duckdb", "apache-airflow")
DISK_GB = 5.0
MEMORY_GB = 4.0
_GB = 1024**3


@dataclass(frozen=True)
class Finding:
    """One need: whether it is met, what was found, what to do otherwise. An ``optional`` one stops nothing."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    optional: bool = False


def examine(settings: Settings) -> list[Finding]:
    """Every finding, what is needed first; never raises for something that is merely missing."""
    return [*_needed(settings), *_optional()]


def _needed(settings: Settings) -> Iterator[Finding]:
    yield _python()
    yield from map(_package, PACKAGES)
    yield _java(settings.cache)
    yield _jars(settings.cache)
    yield _disk(settings.home)
    yield _memory(settings)
    yield _home(settings)
    yield _encoding()


def _optional() -> Iterator[Finding]:
    sail = _installed("pysail")
    yield Finding(
        "engine sail", bool(sail), sail or "not installed", "pip install 'city-data-brain[sail]'", optional=True
    )
    yield _part("Chromium", find_chromium, "Install the system's chromium package; only the browser tests need it")
    yield _part("PostgreSQL", find_postgres, "Install the system's postgresql package; only the postgres tests need it")


def _python() -> Finding:
    need = ".".join(map(str, PYTHON))
    found = f"{platform.python_version()} at {sys.executable}"
    return Finding("Python", sys.version_info[:2] >= PYTHON, found, f"Use Python {need} or later: make setup PYTHON=…")


def _installed(package: str) -> str:
    """Version of an installed distribution, or nothing. Imports none of them."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _package(name: str) -> Finding:
    found = _installed(name)
    return Finding(name, bool(found), found or "not installed", "Run `make setup`")


def _java(cache: Path) -> Finding:
    try:
        java = find_java(cache)
    except EnvironmentFault as fault:
        return Finding("Java", False, fault.problem, fault.remedy)
    return Finding("Java", True, f"{java.version} from {java.origin} at {java.home}")


def _jars(cache: Path) -> Finding:
    missing = missing_jars(cache)
    found = f"{len(JARS) - len(missing)} of {len(JARS)} verified in {cache / 'jars'}"
    return Finding("Delta jars", not missing, found, "Run `make setup` with a network: it fetches them once")


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(_nearest(home)).free / _GB
    return Finding(
        "disk", free >= DISK_GB, f"{free:.1f} GB free", f"Free {DISK_GB:.0f} GB, or set BRAIN_HOME elsewhere"
    )


def _memory(settings: Settings) -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GB
    remedy = "Set BRAIN_DRIVER_MEMORY lower (1g does for a small city) or BRAIN_ENGINE=sail"
    found = f"{total:.1f} GB, {settings.driver_memory} of it for Spark's driver"
    return Finding("memory", total >= MEMORY_GB, found, remedy)


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest one above that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _home(settings: Settings) -> Finding:
    remedy = "Make the folder writable, or set BRAIN_HOME (or --home) to one that is"
    if not (settings.home / "catalog").is_dir():
        return Finding(
            "home", False, f"no catalog/ in {settings.home}", "Set BRAIN_HOME (or --home) to a folder with one"
        )
    try:
        with tempfile.TemporaryFile(dir=_nearest(settings.data)):
            return Finding("home", True, f"writable at {settings.home}")
    except OSError as error:
        return Finding("home", False, f"not writable at {settings.home} ({error.strerror})", remedy)


def _encoding() -> Finding:
    found = f"{sys.getfilesystemencoding()} file names, {locale.getpreferredencoding(False)} text"
    is_utf8 = all(word.lower().startswith("utf-8") for word in found.split(" file names, "))
    return Finding("encoding", is_utf8, found, "Set LC_ALL=C.UTF-8 (or PYTHONUTF8=1)")


def _part(name: str, find: Callable[[], Path | None], remedy: str) -> Finding:
    path = find()
    return Finding(name, path is not None, str(path) if path else "not found", remedy, optional=True)


def find_chromium() -> Path | None:
    """A Chromium or Chrome of the system."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def find_postgres() -> Path | None:
    """The folder with PostgreSQL's ``initdb`` and ``postgres``; Debian keeps it off PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    return folders[-1].parent if folders else None


def _major(initdb: Path) -> int:
    number = initdb.parts[-3].split(".")[0]
    return int(number) if number.isdigit() else 0
