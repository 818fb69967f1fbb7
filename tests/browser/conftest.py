"""A headless Chromium with the network off, and the portals it looks at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.contracts import load_catalog
from tests.serve.conftest import render
from tests.serve.sample import Sample, corner, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser a session. Without Chromium the lane is skipped, unless all lanes were asked for."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no Chromium on PATH ({', '.join(NAMES)}): apt-get install chromium"
        if os.environ.get("BRAIN_ALL_LANES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def portal(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal of the whole catalog."""
    folder = tmp_path_factory.mktemp("browser")
    return render(write(Sample(load_catalog(project)), folder / "engineer.duckdb"), folder / "portal")


@pytest.fixture(scope="session")
def hostile_portal(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small portal whose every name wants to be more than text."""
    folder = tmp_path_factory.mktemp("browser_hostile")
    sample = Sample(corner(load_catalog(project)), hostile=True)
    return render(write(sample, folder / "engineer.duckdb"), folder / "portal")


@dataclass
class Visit:
    """A page of the portal and whatever it did that it should not have done."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def go(self, path: Path, more: str = "") -> Page:
        self.page.goto(path.as_uri() + more)
        return self.page


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """An offline visit; parameters of the context may come as an indirect parameter. Ends by demanding no fault."""
    options = {"viewport": {"width": 1440, "height": 900}, "offline": True} | getattr(request, "param", {})
    context: BrowserContext = browser.new_context(**options)
    made = Visit(context.new_page())
    page, faults = made.page, made.faults
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    page.on("requestfailed", lambda asked: faults.append(f"failed: {asked.url}"))
    yield made
    context.close()
    assert not faults
