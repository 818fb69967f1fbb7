"""A small city of two departments: the project's catalog with two live resources and no themes, and its deliveries."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LIVE = ("gaj.household.person", "mzj.marriage.registration")
DEPARTMENTS = ("gaj", "mzj")


def make_small_home(home: Path, project: Path, environment: Mapping[str, str], live: tuple[str, ...] = LIVE) -> None:
    """The catalog with these resources ``live``, and two days of deliveries of 60 persons in its inbox."""
    for name in ("catalog", "expectations"):
        shutil.copytree(project / name, home / name)
    for sql in (home / "catalog" / "themes").glob("*/*.sql"):
        sql.unlink()
    connections = home / "catalog" / "connections.yml"
    lines = connections.read_text(encoding="utf-8").splitlines()
    connections.write_text("".join(f"{line}\n" for line in lines if line.startswith(live)), encoding="utf-8")
    simulate = [sys.executable, "-m", "jobs", "--quiet", "simulate", "--people", "60", "--days", "2"]
    settings = {**environment, "BRAIN_HOME": str(home)}
    subprocess.run(simulate, env=settings, check=True, stdout=subprocess.DEVNULL)
