"""Findings, scorecard and ledger of small lakes, each against an answer that was worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs.audit import job
from jobs.context import Context
from jobs.errors import GateFailed
from jobs.lake.store import Version
from jobs.publish import job as publish
from tests.audit.lake import AS_OF, ROOT, make_lake, read_rows
from tests.land.home import RESOURCE

CASES = sorted(path.name for path in ROOT.iterdir() if path.is_dir())


def audited(ctx: Context) -> dict[str, Version]:
    """The six tables, passed."""
    tables = job.run(ctx, {})
    for version in tables.values():
        if version.changed:
            ctx.lake.mark_passed(version, "passed", ctx.as_of)
    return tables


def told(ctx: Context, name: str, columns: list[str]) -> list[tuple[str, ...]]:
    """A table of the audit as texts, in the order in which it was written."""
    rows: list[dict[str, Any]] = ctx.lake.read_arrow("audited", name).to_pylist()
    return [tuple("" if row[c] is None else str(row[c]).lower().replace("none", "") for c in columns) for row in rows]


def answer(case: str, name: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Columns that the answer speaks of, and its rows."""
    rows = read_rows(ROOT / case / f"expect.{name}.csv")
    columns = list(rows[0]) if rows else ["kind"]
    return columns, [tuple(row[c].lower() for c in columns) for row in rows]


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Context]:
    """A case and its lake, audited once."""
    ctx = make_lake(ROOT / request.param, tmp_path_factory.mktemp("audited"))
    audited(ctx)
    return request.param, ctx


@pytest.mark.parametrize("name", ["findings", "ledger", "scorecard"])
def test_the_audit_says_what_was_worked_out(case: tuple[str, Context], name: str) -> None:
    columns, expected = answer(case[0], name)
    if name == "scorecard":
        scored = [row for row in told(case[1], name, ["scope", *columns]) if row[0] == "resource"]
        assert [row[1:] for row in scored] == expected
    else:
        assert sorted(told(case[1], name, columns)) == sorted(expected)


def test_department_and_city_score_as_their_only_resource(case: tuple[str, Context]) -> None:
    rows = told(case[1], "scorecard", ["scope", "id", "dimension", "score", "n_rules", "n_checked", "n_failed"])
    scopes = {scope: [row[2:] for row in rows if row[:2] == (scope, key)] for scope, key in _SCOPES}
    assert scopes["resource"] == scopes["department"] == scopes["city"]
    assert len(rows) == 3 * 7


_SCOPES = (("resource", RESOURCE), ("department", "dep"), ("city", "city"))


def test_the_same_lake_gives_the_same_tables(case: tuple[str, Context]) -> None:
    again = Context(case[1].settings, case[1].as_of)
    assert not any(version.changed for version in job.run(again, {}).values())


def test_only_a_lake_that_balances_is_released(case: tuple[str, Context]) -> None:
    name, ctx = case
    balances = all(row["balances"] == "true" for row in read_rows(ROOT / name / "expect.ledger.csv"))
    assert balances == (name not in ("a_row_is_missing", "a_row_too_many", "received_is_not_landed"))
    if balances:
        assert publish.run(ctx, publish.begin(ctx))[1]
    else:
        with pytest.raises(GateFailed, match="does not balance"):
            publish.run(ctx, publish.begin(ctx))


def test_a_finding_keeps_its_id_and_first_day_as_long_as_it_stands(tmp_path: Path) -> None:
    ctx = make_lake(ROOT / "refused", tmp_path)
    audited(ctx)
    first = told(ctx, "findings", ["finding_id", "as_of", "kind"])
    later = Context(ctx.settings, "2026-03-03")
    audited(later)
    again = told(later, "findings", ["finding_id", "as_of", "kind"])
    assert set(first) <= set(again)
    assert {day for _, day, _ in first} == {AS_OF}
    assert len({key for key, _, _ in again}) == len(again)
