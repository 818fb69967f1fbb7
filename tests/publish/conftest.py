"""A home in which a release can be made: seven tables that passed, and no engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.context import Context
from tests.publish.numbered import make_lake, pass_tables


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """Tables that say 1 have passed, nothing is released."""
    context = make_lake(tmp_path / "home")
    pass_tables(context, 1)
    return context
