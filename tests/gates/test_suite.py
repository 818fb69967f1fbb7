"""Rules that follow from a resource's contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.contracts import Drift, load_catalog
from jobs.gates import standardised_suite


@pytest.mark.parametrize(("codes", "severity"), [("note", "warning"), ("stop", "critical")])
def test_codes_outside_their_table_stop_where_the_policy_says_so(project: Path, codes: str, severity: str) -> None:
    catalog = load_catalog(project)
    resource = catalog.resources["gaj.household.person"].model_copy(
        update={"drift": Drift.model_validate({"codes": codes})}
    )
    rules = {rule.id: rule for rule in standardised_suite(catalog, resource)}
    assert rules["unseen_code sex"].severity == severity
    assert rules["unparsed birth_date"].severity == "warning"
