"""Days or months before years: proposed only where the sample can mean nothing else."""

from __future__ import annotations

import pytest

from jobs.contracts import Catalog
from jobs.profile.days import writing_of, year_first
from jobs.profile.facts import Codes, gather_facts


@pytest.mark.parametrize(
    ("texts", "writing"),
    [
        (("21.01.2025", "03.02.2025"), "dd.MM.yyyy"),
        (("21/1/2025", "3/2/2025"), "d/M/yyyy"),
        (("1/21/2025", "3/2/2025"), "M/d/yyyy"),
        (("21.01.2025 9:05", "03.02.2025 10:00"), "dd.MM.yyyy HH:mm"),
        (("21.01.2025 09:05:00", "03.02.2025 10:00:00"), "dd.MM.yyyy HH:mm:ss"),
        (("21.01.2025 09:05", "03.02.2025"), ""),
        (("21.01.2025", "03/02/2025"), ""),
        (("03.02.2025", "04.05.2025"), ""),
        (("21.01.2025", "01.21.2025"), ""),
        (("2025-01-21", "2025-02-03"), ""),
        (("21.01.2025", "甲", "乙"), ""),
        ((), ""),
    ],
)
def test_a_writing_is_told_where_it_can_be(texts: tuple[str, ...], writing: str) -> None:
    assert writing_of(dict.fromkeys(texts, 1)) == writing


def test_years_are_put_first() -> None:
    assert year_first({"21.01.2025": 2, "3.2.2025 09:05": 1}, "d.M.yyyy") == {"2025-01-21": 2, "2025-2-3 09:05": 1}


def test_such_a_column_is_one_of_days(catalog: Catalog) -> None:
    (facts,) = gather_facts([["21.01.2025", "03.02.2025", None, "14.07.2025"]], Codes(catalog))
    assert (facts.rule("date"), facts.formats, facts.span) == (1.0, ("dd.MM.yyyy",), ("20250121", "20250714"))
