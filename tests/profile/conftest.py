"""One small city whose deliveries are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from jobs.contracts import Catalog
from jobs.profile.likeness import Index, make_index
from jobs.simulate import simulate
from tests.profile.deliveries import Delivery, delivered

PEOPLE, SEED = 1_500, 7


@dataclass(frozen=True)
class City:
    """Deliveries of one day, and the catalog that is their truth."""

    catalog: Catalog
    index: Index
    inbox: Path

    def delivery(self, resource: str) -> Delivery:
        return delivered(self.catalog, self.inbox, resource)


@pytest.fixture(scope="session")
def index(catalog: Catalog) -> Index:
    return make_index(catalog)


@pytest.fixture(scope="session")
def city(catalog: Catalog, index: Index, tmp_path_factory: pytest.TempPathFactory) -> City:
    out = tmp_path_factory.mktemp("profiled")
    simulate(catalog, PEOPLE, 1, SEED, out, date(2026, 3, 2))
    return City(catalog, index, out / "inbox")
