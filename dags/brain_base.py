"""Base libraries at the daily cut-off: records become entities, each value comes from its authority."""

from airflow.sdk import AssetAll
from brain_common import Stretch, department_asset, library_asset, make_dag
from brain_plan import read_plan

PLAN = read_plan()
SOURCES = [department_asset(department) for department in PLAN.departments]

with make_dag(
    "brain_base",
    "基础库 · 归一与融合",
    "0 6 * * *",
    "`brain run --from resolve --to fuse`. It does not wait for departments: a blocked one stays at its last good day.",
    early=AssetAll(*SOURCES) if SOURCES else None,
    tags=["brain", "base"],
) as dag:
    Stretch(
        task_id="base",
        first="resolve",
        last="fuse",
        inlets=SOURCES,
        outlets=[library_asset("fused", library) for library in PLAN.libraries],
        priority_weight=4,
    )
