"""The release: audit, a person's approval, then publish and serve.

Approval is asked of a person who can answer: in mode ``interactive`` (the scheduled release) and only under the
scheduler. In mode ``automatic``, and under ``dag.test()``, the release is made without one and says so.
"""

import os
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import AssetAny, Param, task
from airflow.sdk.configuration import conf
from brain_common import RELEASE, TESTER, business_date, library_asset, make_dag, stretch
from brain_plan import read_plan

PLAN = read_plan()
LIBRARIES = [library_asset("fused", library) for library in PLAN.libraries]
THEMES = [library_asset("derived", theme) for theme in PLAN.themes]
APPROVERS = [name for name in os.environ.get("BRAIN_APPROVERS", "").split(",") if name]

MODE = Param(
    "interactive",
    enum=["interactive", "automatic"],
    description="interactive：发布前由首席数据官审批；automatic：不经人工批准直接发布，并在各处注明",
)


def approval_text(outcome: dict[str, Any], day: str, report: str) -> str:
    """What the approver reads (Markdown): what was audited, what is stopped, and where the report lies."""
    stages = [f"| {row['stage']} | {row['tables']} | {row['stopped']} | {row['rows']:,} |" for row in outcome["stages"]]
    stopped = [f"- `{row['layer']}.{row['name']}`：{row['reason']}" for row in outcome["stopped"]]
    return "\n".join(
        [
            f"数据截止 **{day}**。批准（Approve）后本次结果整体发布；驳回（Reject）则读者继续使用现行发布。",
            "",
            "| 环节 | 表数 | 受阻 | 行数 |",
            "| --- | ---: | ---: | ---: |",
            *stages,
            "",
            "**受阻的表**（发布中保留其最近一次通过质量闸门的版本）：" if stopped else "没有受阻的表。",
            *stopped,
            "",
            f"[现行发布的质量报告]({report})",
        ]
    )


with make_dag(
    "brain_release",
    "发布 · 评估、审批与上线",
    "40 6 * * *",
    __doc__,
    early=AssetAny(*(THEMES or LIBRARIES)) if THEMES or LIBRARIES else None,
    params={"mode": MODE},
    tags=["brain", "release"],
) as dag:

    @task.branch(task_id="decide")
    def decide(**context: Any) -> str:
        """Ask a person, or go on without."""
        is_test = context["dag_run"].triggering_user_name == TESTER
        return "publish" if is_test or context["params"]["mode"] != "interactive" else "summarise"

    @task(task_id="summarise")
    def summarise(**context: Any) -> dict[str, str]:
        """What the approver reads."""
        day = business_date(context)
        report = conf.get("api", "base_url", fallback="").rstrip("/") + "/report/index.html"
        body = approval_text(context["ti"].xcom_pull(task_ids="audit"), day, report)
        return {"subject": f"请审批：数据截止 {day} 的发布", "body": body}

    audit = stretch("audit", "audit", "audit", inlets=LIBRARIES + THEMES, priority=2)
    approval = ApprovalOperator(
        task_id="approval",
        subject="{{ ti.xcom_pull(task_ids='summarise')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='summarise')['body'] }}",
        assigned_users=[{"id": name, "name": name} for name in APPROVERS] or None,
    )
    publish = stretch(
        "publish",
        "publish",
        "serve",
        inlets=LIBRARIES + THEMES,
        outlets=[RELEASE],
        priority=2,
        trigger_rule="none_failed_min_one_success",
    )
    choice = decide()
    audit >> choice >> summarise() >> approval >> publish
    choice >> publish
