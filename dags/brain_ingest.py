"""One DAG a department, on its finest cycle: what it delivered is extracted and landed, which needs no engine."""

from airflow.sdk import DAG
from brain_common import Stretch, department_asset, make_dag
from brain_plan import Department, read_plan

SCHEDULES = {
    "realtime": "15 * * * *",
    "daily": "0 5 * * *",
    "weekly": "0 5 * * 1",
    "monthly": "0 5 1 * *",
    "quarterly": "0 5 1 1,4,7,10 *",
    "yearly": "0 5 1 1 *",
}
"""Before the daily cut-off of the base libraries; a resource that delivered nothing since costs nothing."""


def dag_id_of(department: str) -> str:
    """The DAG of the department with this code."""
    return f"brain_ingest_{department}"


def make_ingest_dag(department: Department) -> DAG:
    """The DAG of one department; its resources are a batch inside one task."""
    about = f"`brain run --from extract --to land --only '{department.code}.*'`\n\n" + "\n".join(
        f"- {resource}" for resource in department.resources
    )
    with make_dag(
        dag_id_of(department.code),
        f"{department.name} · 归集与入湖",
        SCHEDULES[department.cycle],
        about,
        tags=["brain", "ingest", department.cycle],
    ) as dag:
        Stretch(
            task_id="ingest",
            first="extract",
            last="land",
            only=f"{department.code}.*",
            connections=department.connections,
            outlets=[department_asset(department)],
            priority_weight=1,
        )
    return dag


DAGS = [make_ingest_dag(department) for department in read_plan().departments]
globals().update({dag.dag_id: dag for dag in DAGS})
