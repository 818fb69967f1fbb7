"""Served databases and what is made of them, once a session."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from jobs.contracts import Catalog
from jobs.serve.portal import render_portal
from tests.serve.markup import Page
from tests.serve.sample import Sample, corner, write


@pytest.fixture(scope="session")
def small(catalog: Catalog) -> Catalog:
    return corner(catalog)


@pytest.fixture(scope="session")
def served(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain database."""
    return write(Sample(catalog), tmp_path_factory.mktemp("served") / "engineer.duckdb")


@pytest.fixture(scope="session")
def hostile(small: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with markup, formulas and direction changes in every name that a department chooses."""
    return write(Sample(small, hostile=True), tmp_path_factory.mktemp("hostile") / "engineer.duckdb")


@pytest.fixture(scope="session")
def portal(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(served, tmp_path_factory.mktemp("portal"))


@pytest.fixture(scope="session")
def hostile_portal(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(hostile, tmp_path_factory.mktemp("hostile_portal"))


def render(database: Path, out: Path) -> Path:
    """The portal of a database."""
    with duckdb.connect(str(database), read_only=True) as connection:
        n_pages = render_portal(connection, out)
    assert n_pages == len(list(out.rglob("*.html")))
    return out


@pytest.fixture(scope="session")
def pages(portal: Path) -> dict[str, Page]:
    """Pages of the plain portal, parsed, by their place in it."""
    return parsed(portal)


@pytest.fixture(scope="session")
def hostile_pages(hostile_portal: Path) -> dict[str, Page]:
    return parsed(hostile_portal)


def parsed(portal: Path) -> dict[str, Page]:
    """All pages below a folder."""
    return {str(path.relative_to(portal)): Page(path) for path in sorted(portal.rglob("*.html"))}
