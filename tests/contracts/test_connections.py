"""The examples that the documents teach are accepted as they stand, by the catalog's reader and by an editor."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jobs.contracts import Access, load_catalog
from jobs.contracts.schema import schema_text

KINDS = {"files", "sftp", "http", "objects", "sql"}


@pytest.fixture(scope="module")
def examples(project: Path) -> list[dict[str, Any]]:
    """What stands in the YAML blocks of the section, one mapping a block."""
    text = (project / "docs" / "engineer.md").read_text(encoding="utf-8")
    section = text.split("\n## Connect a source\n")[1].split("\n## ")[0]
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)]


def test_every_example_is_taken_by_the_catalog(project: Path, tmp_path: Path, examples: list[dict[str, Any]]) -> None:
    shutil.copytree(project / "catalog", tmp_path / "catalog")
    found: dict[str, Access] = {}
    for shown in (examples[:1], examples[1:]):  # the first two show the same resource
        together = {key: entry for block in shown for key, entry in block.items()}
        (tmp_path / "catalog" / "connections.yml").write_text(json.dumps(together), encoding="utf-8")
        found |= {f"{len(found)} {key}": access for key, access in load_catalog(tmp_path).access.items()}
    assert {access.kind for access in found.values()} == KINDS
    assert sum(len(access.references) for access in found.values()) >= 8


def test_an_editor_underlines_none_of_them(examples: list[dict[str, Any]]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text("connections")))
    assert len(examples) >= len(KINDS)
    for block in examples:
        assert [error.message for error in validator.iter_errors(block)] == []
    assert list(validator.iter_errors({"gaj.household.person": {"kind": "ftp"}})), "it can object"


def test_a_resource_says_otherwise_than_its_system(tmp_path: Path, project: Path) -> None:
    shutil.copytree(project / "catalog", tmp_path / "catalog")
    shared = {"kind": "files", "path": "gaj", "pattern": "hjrk_{period}.csv", "max_mb": 7}
    told = {"gaj.household": shared, "gaj.household.person": {}, "gaj.household.change": {"path": "b", "max_mb": 8}}
    (tmp_path / "catalog" / "connections.yml").write_text(json.dumps(told), encoding="utf-8")
    access = load_catalog(tmp_path).access
    assert (access["gaj.household.person"].path, access["gaj.household.person"].max_mb) == ("gaj", 7)
    assert (access["gaj.household.change"].path, access["gaj.household.change"].max_mb) == ("b", 8)
