"""Base libraries at the daily cut-off: what landed is cleaned, records become entities, and authorities decide."""

from airflow.sdk import AssetAll
from brain_common import Stretch, department_asset, library_asset, make_dag
from brain_plan import read_plan

PLAN = read_plan()
SOURCES = [department_asset(department) for department in PLAN.departments]

with make_dag(
    "brain_base",
    "基础库 · 标准化、归一与融合",
    "0 6 * * *",
    "`brain run --from standardise --to fuse`. It waits for no department: a blocked one stays at its last good day.",
    early=AssetAll(*SOURCES) if SOURCES else None,
    tags=["brain", "base"],
) as dag:
    Stretch(
        task_id="base",
        first="standardise",
        last="fuse",
        inlets=SOURCES,
        outlets=[library_asset("fused", library) for library in PLAN.libraries],
        priority_weight=4,
    )
