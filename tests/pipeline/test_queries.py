"""The example queries of docs/queries.md find something in what an analyst gets."""

from __future__ import annotations

import duckdb
import pytest

from tests.derive.test_queries_doc import QUERIES
from tests.pipeline.conftest import City


@pytest.mark.pipeline
@pytest.mark.parametrize("question", QUERIES)
def test_a_query_finds_something_in_a_served_release(city: City, question: str) -> None:
    with duckdb.connect(str(city.served / "analyst.duckdb"), read_only=True) as connection:
        assert connection.execute(QUERIES[question][0]).fetchall()
