"""Disputes, contradictions and lineage, counted from hand-made libraries under the project's own catalog."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from jobs.audit.measures import contradictions, disputes, lineage
from jobs.context import Context
from jobs.settings import Settings

HOUSEHOLD, INSURED = "gaj.household.person", "rsj.si.person"


@pytest.fixture(scope="module")
def ctx(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Context:
    """Three persons; four losing values; three mentions set apart."""
    home = tmp_path_factory.mktemp("library")
    for name in ("catalog", "expectations"):
        (home / name).symlink_to(project / name)
    context = Context(Settings(home=home, engine="sail"), "2026-03-02")
    lost = [
        ("person_name", HOUSEHOLD, INSURED),
        ("person_name", HOUSEHOLD, INSURED),
        ("birth_date", HOUSEHOLD, INSURED),
        ("birth_date", INSURED, HOUSEHOLD),
    ]
    names = ("element", "chosen_resource", "resource")
    put(
        context,
        "fused",
        "person",
        {"canonical_id": ["a", "b", "c"], "person_name": ["甲", "乙", None], "birth_date": ["1", None, None]},
    )
    put(context, "fused", "person__conflicts", {n: [row[i] for row in lost] for i, n in enumerate(names)})
    rules = ["key:resident_id", "name_contradicts", "name_contradicts", "name_contradicts", "alone"]
    resources = [HOUSEHOLD, INSURED, HOUSEHOLD, INSURED, INSURED]
    put(context, "resolved", "person__registry", {"rule": rules, "resource": resources})
    put(context, "resolved", "address__registry", {"rule": ["alone"], "resource": ["gaj.address.standard"]})
    return context


def put(ctx: Context, layer: str, name: str, columns: dict[str, list[str | None]]) -> None:
    table = pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()})
    ctx.lake.mark_passed(ctx.lake.write_table(layer, name, table), "passed", ctx.as_of)


def test_disputes_are_counted_by_element_and_pair_of_sources(ctx: Context) -> None:
    told = [
        (row["element"], row["chosen_source"], row["other_source"], row["n_conflicts"], row["n_cells"])
        for row in disputes(ctx)
    ]
    assert told == [
        ("birth_date", HOUSEHOLD, INSURED, 1, 1),
        ("birth_date", INSURED, HOUSEHOLD, 1, 1),
        ("person_name", HOUSEHOLD, INSURED, 2, 2),
    ]


def test_contradictions_are_counted_by_the_source_of_the_mention(ctx: Context) -> None:
    assert contradictions(ctx) == [
        {"entity": "person", "resource": HOUSEHOLD, "n": 1},
        {"entity": "person", "resource": INSURED, "n": 2},
    ]


def test_lineage_names_live_sources_and_what_themes_read(ctx: Context) -> None:
    rows = lineage(ctx.catalog, {"population__count": (("fused", "person"), ("standardised", HOUSEHOLD))})
    edges = {tuple(row.values()) for row in rows}
    assert len(edges) == len(rows), "each edge once"
    assert ("standardised", HOUSEHOLD, "birth_date", "fused", "person", "birth_date") in edges
    assert ("fused", "person", "", "derived", "population__count", "") in edges
    assert ("standardised", HOUSEHOLD, "", "derived", "population__count", "") in edges
    assert {row["from_table"] for row in rows if row["from_layer"] == "standardised"} <= set(ctx.catalog.live)
