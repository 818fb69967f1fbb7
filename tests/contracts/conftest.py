"""A home of its own for every test: part of the real catalog, copied, to be spoilt at will."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def part(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real catalog cut down to one entity and one theme, with every resource that they name: quick to read."""
    home = tmp_path_factory.mktemp("part")
    root = home / "catalog"
    shutil.copytree(project / "catalog", root)
    (home / "expectations" / "3_standardised").mkdir(parents=True)
    person = (root / "entities" / "person.yml").read_text(encoding="utf-8")
    kept = set(re.findall(r"[a-z]+\.[a-z]+(?=\.[a-z_]+)", person))
    for path in root.glob("sources/*/*.yml"):
        if f"{path.parent.name}.{path.stem}" not in kept:
            path.unlink()
    for path in [*root.glob("entities/*.yml"), *root.glob("themes/*/theme.yml")]:
        if path.stem != "person" and path.parent.name != "population":
            path.unlink()
    _rewrite(root / "themes" / "population" / "theme.yml", r"^inputs:.*$", "inputs: [gaj.household.person]")
    others = "|".join(re.escape(name) for name in kept)
    _rewrite(root / "connections.yml", rf"^(?!#|{others}).*\n", "")
    for path in root.glob("sources/*/*.yml"):
        _rewrite(path, r"^  - \{entity: (?!person).*\n", "")
        _rewrite(path, r"^  mentions:\n(?!  - )", "")
    return home


@pytest.fixture
def home(part: Path, tmp_path: Path) -> Path:
    """A copy of the part."""
    return shutil.copytree(part, tmp_path / "home")


def _rewrite(path: Path, pattern: str, by: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(pattern, by, text, flags=re.MULTILINE), encoding="utf-8")
