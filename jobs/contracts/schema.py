"""JSON Schemas of the catalog's files, made from the models: editors complete and check with them.

``python -m jobs.contracts.schema`` writes them anew into ``catalog/schema/``; a test fails where they differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from jobs.contracts.access import Access, ConnectionId
from jobs.contracts.base import Identifier
from jobs.contracts.entities import Entity
from jobs.contracts.registers import CodeTableFacts, Department, ElementsFile, Scoring, Term
from jobs.contracts.sources import SourceFile
from jobs.contracts.themes import Expectation, Theme

SCHEMAS: dict[str, tuple[str, Any]] = {
    "connections": ("catalog/connections.yml", dict[ConnectionId, Access]),
    "codes": ("catalog/standards/codes.yml", dict[Identifier, CodeTableFacts]),
    "departments": ("catalog/departments.yml", tuple[Department, ...]),
    "elements": ("catalog/standards/elements.yml", ElementsFile),
    "entity": ("catalog/entities/*.yml", Entity),
    "expectations": ("expectations/*/*.yml", tuple[Expectation, ...]),
    "glossary": ("catalog/glossary.yml", dict[Identifier, Term]),
    "scoring": ("catalog/scoring.yml", Scoring),
    "source": ("catalog/sources/*/*.yml", SourceFile),
    "theme": ("catalog/themes/*/theme.yml", Theme),
}
"""Schema → the files that it describes, and their model."""


def schema_text(name: str) -> str:
    """One schema as the file holds it."""
    files, model = SCHEMAS[name]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(model).json_schema(),
        "title": files,
    }
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into ``folder``; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SCHEMAS:
        path = folder / f"{name}.json"
        path.write_text(schema_text(name), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    from jobs.settings import PROJECT

    write_schemas(PROJECT / "catalog" / "schema")
