"""What lies where: one package that is ours, listings in the order of the stages, small files, one word an idea."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import jobs
from jobs.contracts import load_catalog
from jobs.stages import STAGES, VERBS

MAX_LINES = 400
NOUNS = {"cli", "contracts", "gates", "lake", "pipeline", "profile", "rules", "simulate"}
PROMISES = ("Reads", "Writes", "Promise", "Fails with")

FOREIGN_WORDS = {
    ("jobs/settings.py", "master"): "Spark's own word for the address of a cluster",
    ("jobs/cli/", "master"): "Spark's own word for the address of a cluster",
    ("jobs/standardise/", "snapshot"): "a full delivery of a resource; a release is never called so",
    ("jobs/simulate/", "issue"): "what an authority does with a licence",
    ("jobs/simulate/", "owner"): "who owns a house",
    ("jobs/serve/portal/svg.py", "attribute"): "of an SVG element",
    ("jobs/serve/portal/facts.py", "owner"): "the resource, entity or theme that a table belongs to",
}
"""Words that the glossary replaces, where they belong to somebody else's language."""


def modules(project: Path, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((project / folder).rglob("*.py"))]


def tracked(project: Path) -> list[Path]:
    """Files in git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=project, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [project / name for name in listed.stdout.split("\0") if name and (project / name).is_file()]


def test_the_package_is_ours_wherever_it_is_started(project: Path, tmp_path: Path) -> None:
    """``jobs`` is a generic name: another package of that name must not win."""
    assert Path(jobs.__file__) == project / "jobs" / "__init__.py"
    code = "import jobs; print(jobs.__file__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == project / "jobs" / "__init__.py"


def test_the_wheel_ships_only_the_package(project: Path) -> None:
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["jobs"]


def test_packages_are_the_verbs_and_their_nouns(project: Path) -> None:
    folders = {path.name for path in (project / "jobs").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {*VERBS, *NOUNS}
    assert all((project / "jobs" / folder / "__init__.py").exists() for folder in folders)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_says_what_it_does_and_does_it_in_its_job(project: Path, verb: str) -> None:
    folder = project / "jobs" / verb
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    places = [text.find(f"{promise}:") for promise in PROMISES]
    assert -1 not in places, f"jobs/{verb}/__init__.py must say {', '.join(PROMISES)}"
    assert places == sorted(places)
    functions = [
        node.name for node in ast.parse((folder / "job.py").read_text(encoding="utf-8")).body if _is_function(node)
    ]
    assert any(name.startswith("run") for name in functions), f"jobs/{verb}/job.py has no run"


def _is_function(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef)


def test_layer_numbers_are_those_of_the_stages(project: Path) -> None:
    assert [stage.number for stage in STAGES] == list(range(1, len(STAGES) + 1))
    layers = [stage.folder for stage in STAGES]
    listed = [path.name for path in sorted((project / "expectations").iterdir()) if path.is_dir()]
    assert [name for name in layers if name in listed] == listed


def test_layers_are_listed_in_order_wherever_they_are_listed(project: Path) -> None:
    """A document that names a layer by number names one that exists."""
    known = {stage.folder for stage in STAGES} | {"0_journal"}
    for path in [project / "README.md", *sorted((project / "docs").rglob("*.md")), *modules(project, "jobs")]:
        found = re.findall(r"\b([0-9]_[a-z]{5,})(?=[/`\s,.])", path.read_text(encoding="utf-8"))
        assert set(found) <= known, path


def test_layer_numbers_never_appear_in_imports(project: Path) -> None:
    for path in modules(project, "jobs", "dags"):
        assert not re.match(r"[0-9]", path.stem), path


@pytest.mark.parametrize("folder", ["jobs", "dags", "tests"])
def test_no_module_is_long(project: Path, folder: str) -> None:
    long = {str(p.relative_to(project)): n for p in modules(project, folder) if (n := _lines(p)) > MAX_LINES}
    assert long == {}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_drawer_for_everything(project: Path) -> None:
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert [path for path in modules(project, "jobs") if path.stem in drawers] == []


def test_dags_are_top_level_modules_with_a_name_of_their_own(project: Path) -> None:
    assert all(path.stem.startswith("brain_") for path in (project / "dags").glob("*.py"))


def test_one_word_for_one_idea(project: Path) -> None:
    """Words that the glossary replaces are not names of ours."""
    glossary = load_catalog(project).glossary
    instead = {word.replace(" ", "_"): term for term, facts in glossary.items() for word in facts["not"]}
    assert instead
    wrong = []
    for path in modules(project, "jobs"):
        place = path.relative_to(project).as_posix()
        for line, name in _defined(ast.parse(path.read_text(encoding="utf-8"))):
            for word in instead.keys() & _words(name):
                if not any(place.startswith(start) and word == foreign for start, foreign in FOREIGN_WORDS):
                    wrong.append(f"{place}:{line}: {name} (say {instead[word]})")
    assert wrong == []


def _defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names that a module gives: functions, classes, parameters and fields; what is local may be short."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.lineno, node.target.id


def _words(name: str) -> set[str]:
    parts = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().strip("_").split("_")
    singular = {part.removesuffix("s") for part in parts}
    return {*parts, *singular, name.lower().strip("_")}


def test_no_file_names_a_package_registry(project: Path) -> None:
    """Where packages come from is the machine's setting, never the project's."""
    named = [("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"), ("repo1", "maven", "org")]
    named += [
        ("repo", "maven", "apache", "org"),
        ("crates", "io"),
        ("deb", "debian", "org"),
        ("proxy", "golang", "org"),
    ]
    hosts = [".".join(parts).encode() for parts in named]
    wrong = [path for path in tracked(project) if any(host in path.read_bytes() for host in hosts)]
    assert wrong == []


def test_foreign_words_are_still_there(project: Path) -> None:
    """An exemption that nobody needs any more is a hole."""
    for place, word in FOREIGN_WORDS:
        paths = [path for path in modules(project, "jobs") if path.relative_to(project).as_posix().startswith(place)]
        names = {
            part for path in paths for _, name in _defined(ast.parse(path.read_text("utf-8"))) for part in _words(name)
        }
        assert word in names, f"{place}: {word}"
