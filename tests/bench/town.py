"""A small home that still exercises every stage: eight resources of the real catalog, files and a database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from jobs.cli.demo import prepare
from jobs.cli.simulate import START
from jobs.settings import PROJECT, read_settings

LIVE = (
    "gaj.address.standard",
    "gaj.household.person",
    "gaj.residence.person",
    "jyj.student.status",
    "mzj.marriage.registration",
    "rsj.si.insured",
    "rsj.si.unit",
    "zfw.zwgc.person",
)
"""Files in five formats and one database; among their deliveries one that comes twice and two that are refused."""
DERIVED = ("population/presence_evidence.sql", "population/age_structure.sql")
"""Theme tables that these resources can fill; the second reads the first."""
DAYS = 3


def make_town(home: Path, people: int) -> None:
    """A home with the reduced catalog and three days of simulated deliveries."""
    shutil.copytree(PROJECT / "catalog", home / "catalog")
    shutil.copytree(PROJECT / "expectations", home / "expectations")
    connections = home / "catalog" / "connections.yml"
    lines = connections.read_text(encoding="utf-8").splitlines(keepends=True)
    connections.write_text("".join(line for line in lines if line.partition(":")[0] in LIVE), encoding="utf-8")
    themes = home / "catalog" / "themes"
    for path in themes.rglob("*.sql"):
        if str(path.relative_to(themes)) not in DERIVED:
            path.unlink()
    prepare(read_settings(home))
    subprocess.run(
        [*command(home), "simulate", "--people", str(people), "--days", str(DAYS)],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=PROJECT,
    )


def command(home: Path) -> list[str]:
    """``brain`` on this home."""
    return [sys.executable, "-m", "jobs", "--home", str(home)]


def day(number: int) -> str:
    """Cut-off of the first, second … day."""
    return (START + timedelta(days=number - 1)).isoformat()


def environment(engine: str) -> dict[str, str]:
    """What a run of ``brain`` is started with."""
    return os.environ | {"BRAIN_ENGINE": engine}
