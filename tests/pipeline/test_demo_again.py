"""A demo that is started again goes on at its last day: it neither goes back nor releases anything new."""

from __future__ import annotations

import pytest

from jobs.lake.journal import RUNS, Journal
from tests.pipeline.conftest import LAST_DAY, PEOPLE, City


@pytest.mark.pipeline
def test_a_demo_that_is_started_again_goes_on_at_its_last_day(city: City) -> None:
    before, journal = city.released(), Journal("", city.lake / "0_journal")
    runs = len(journal.newest(RUNS, "seq"))
    assert city.brain("demo", "--people", str(PEOPLE)) == 0
    assert {row["as_of"] for row in journal.newest(RUNS, "seq")[runs:]} == {LAST_DAY}
    assert city.released() == before
