"""Thematic libraries, after the base libraries."""

from airflow.sdk import AssetAny
from brain_common import library_asset, make_dag, stretch
from brain_plan import read_plan

PLAN = read_plan()
LIBRARIES = [library_asset("fused", library) for library in PLAN.libraries]

with make_dag(
    "brain_themes",
    "主题库 · 加工",
    "20 6 * * *",
    "`brain run --from derive --to derive`",
    early=AssetAny(*LIBRARIES) if LIBRARIES else None,
    tags=["brain", "themes"],
) as dag:
    stretch(
        "themes",
        "derive",
        "derive",
        inlets=LIBRARIES,
        outlets=[library_asset("derived", theme) for theme in PLAN.themes],
        priority=3,
    )
