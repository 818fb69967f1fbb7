"""The published JSON Schemas are those of the models, and the real files keep to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jobs.contracts.base import IN_WORDS
from jobs.contracts.schema import SCHEMAS, schema_text, write_schemas
from jobs.rules import RULES


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_that_of_the_model(project: Path, name: str) -> None:
    published = (project / "catalog" / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert published == schema_text(name), "run `python -m jobs.contracts.schema`"


def test_no_schema_outlives_its_model(project: Path, tmp_path: Path) -> None:
    written = {path.name for path in write_schemas(tmp_path)}
    assert {path.name for path in (project / "catalog" / "schema").iterdir()} == written


@pytest.mark.parametrize("name", SCHEMAS)
def test_real_files_keep_to_their_schema(project: Path, name: str) -> None:
    """What an editor would underline: nothing."""
    validator = jsonschema.Draft202012Validator(json.loads(schema_text(name)))
    paths = sorted(project.glob(SCHEMAS[name][0]))
    assert paths or name == "expectations"
    for path in paths:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Texts)
        assert [error.message for error in validator.iter_errors(data)] == [], path


def test_elements_name_the_rules_that_exist() -> None:
    """``contracts`` may not import ``rules``, so the list stands twice."""
    schema = json.loads(schema_text("elements"))
    assert set(schema["$defs"]["Element"]["properties"]["rule"]["enum"]) == set(RULES)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_pattern_has_words_for_the_person_who_missed_it(name: str) -> None:
    assert set(_patterns(json.loads(schema_text(name)))) <= set(IN_WORDS)


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        found = schema.get("pattern")
        yield from [found] if isinstance(found, str) else []
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _patterns(part)


class _Texts(yaml.CSafeLoader):
    """Days stay texts, as in the catalog's own reader."""


_Texts.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith("timestamp")]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
