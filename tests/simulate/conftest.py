"""One city for all tests of this folder: 2,000 persons, three days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jobs.contracts import Catalog
from jobs.simulate import simulate

PEOPLE, DAYS, SEED = 2_000, 3, 7
LAST = "2026-03-04"


@dataclass(frozen=True)
class City:
    """A simulated city on disk."""

    out: Path
    catalog: Catalog
    counts: dict[str, Any]

    def table(self, name: str) -> list[dict[str, Any]]:
        """A truth table as rows."""
        rows: list[dict[str, Any]] = pq.read_table(self.out / "truth" / f"{name}.parquet").to_pylist()
        return rows

    @cached_property
    def errors(self) -> list[dict[str, Any]]:
        return self.table("errors")

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        return self.table("records")

    @cached_property
    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.out / "truth" / "deliveries.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def ledger(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.out / "truth" / "ledger.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def manifests(self) -> list[dict[str, Any]]:
        paths = sorted((self.out / "inbox").rglob("*.manifest.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


@pytest.fixture(scope="session")
def city(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> City:
    """The city of the tests."""
    out = tmp_path_factory.mktemp("city")
    return City(out, catalog, simulate(catalog, PEOPLE, DAYS, SEED, out))
