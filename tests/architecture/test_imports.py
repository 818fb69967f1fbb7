"""Imports point down only, and every foreign library has one door; the rules stand in pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the package ``jobs`` of a folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {"PYTHONPATH": str(folder), "PATH": "", "PYTHONIOENCODING": "utf-8", "COLUMNS": "400"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_imports_keep_to_the_rules(project: Path) -> None:
    answer = lint(project)
    assert answer.returncode == 0, answer.stdout[answer.stdout.find("Broken contracts") :]


@pytest.fixture(scope="module")
def broken(project: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy in which every rule is broken once."""
    copy = tmp_path_factory.mktemp("broken")
    shutil.copytree(project / "jobs", copy / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(project / "pyproject.toml", copy)
    for module, line in BREACHES.values():
        path = copy / "jobs" / module
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    answer = lint(copy)
    assert answer.returncode == 1
    return answer.stdout


BREACHES = {
    "Imports point down only": ("lake/keys.py", "from jobs.pipeline import steps"),
    "touch the lake": ("derive/sql.py", "from jobs.lake.store import Lake"),
    "The simulator": ("simulate/city.py", "from jobs.rules import RULES"),
    "Airflow decides when": ("pipeline/steps.py", "import airflow"),
    "Great Expectations only": ("audit/measures.py", "import great_expectations"),
    "Delta only": ("land/rows.py", "import deltalake"),
    "YAML only": ("simulate/names.py", "import yaml"),
    "drivers only": ("land/reader.py", "import psycopg"),
    "Rules write SQL text": ("rules/dates.py", "import pyspark"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_of_any_rule_is_seen(broken: str, name: str) -> None:
    """The rules can fail: without this, a rule with a misspelt module would hold for ever."""
    line = next(line for line in broken.splitlines() if name in line)
    assert "BROKEN" in line, line


def test_every_rule_has_its_breach(broken: str) -> None:
    assert " 0 kept" in broken, broken[broken.find("Contracts:") :][:200]
