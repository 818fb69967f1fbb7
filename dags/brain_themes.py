"""Thematic libraries, after the base libraries."""

from airflow.sdk import AssetAny
from brain_common import Stretch, library_asset, make_dag
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
    Stretch(
        task_id="themes",
        first="derive",
        last="derive",
        inlets=LIBRARIES,
        outlets=[library_asset("derived", theme) for theme in PLAN.themes],
        priority_weight=3,
    )
