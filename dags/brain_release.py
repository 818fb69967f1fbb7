"""The release: audit, a person's approval, then publish and serve.

Approval is asked of a person who can answer: in mode ``interactive`` (the scheduled release) and only under the
scheduler. In mode ``automatic``, and under ``dag.test()``, the release is made without one and says so.
"""

import os
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import AssetAny, Param, task
from airflow.sdk.configuration import conf
from brain_common import RELEASE, TESTER, Command, Stretch, business_date, library_asset, make_dag
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


SEVERITIES = {"critical": "严重", "warning": "警告", "info": "提示"}
STATES = {"blocked": "未通过质量闸门", "stale": "停留在旧版本"}
LISTED = 20
"""Lines of each list in the text; the report has them all."""


def approval_text(preview: dict[str, Any], day: str, report: str) -> str:
    """What the approver reads (Markdown): what would change, what is stopped, what was found, where the report lies."""
    changes = preview["changes"]
    now = (
        "（尚无）" if preview["release"] is None else f"第 {preview['release']} 号，质量分 {preview['released_score']}"
    )
    found = "、".join(f"{word} {preview['findings'].get(key, 0)} 项" for key, word in SEVERITIES.items())
    stopped = [f"- {row['label']} {STATES[row['state']]}：{row['reason']}" for row in preview["stopped"]]
    return "\n".join(
        [
            f"数据截止 **{day}**。批准（Approve）后，发布的正是这里所示的内容（编号 {preview['shown']}），"
            "此后通过的数据不在其内；驳回（Reject）则读者继续使用现行发布。",
            "",
            f"- 全市质量分 **{preview['score'] or '未测'}**；现行发布：{now}",
            f"- 与现行发布相比的表：新增 {changes['added']}，变更 {changes['changed']}，未变 {changes['unchanged']}",
            f"- 质量发现：{found}",
            "",
            f"**受阻的表（{len(stopped)} 张）**，发布中保留其最近一次通过闸门的版本" if stopped else "没有受阻的表。",
            "",
            *_some(stopped),
            "",
            "**严重问题**" if preview["critical"] else "没有严重问题。",
            "",
            *_some([f"- {line}" for line in preview["critical"]]),
            "",
            f"[现行发布的质量报告]({report})",
        ]
    )


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - LISTED
    return lines[:LISTED] + ([f"- ……另有 {more} 条"] if more > 0 else [])


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
        preview = Command().run(["release", "preview", "--json"])
        body = approval_text(preview, day, report)
        return {"subject": f"请审批：数据截止 {day} 的发布", "body": body, "shown": preview["shown"]}

    audit = Stretch(task_id="audit", first="audit", last="audit", inlets=LIBRARIES + THEMES, priority_weight=2)
    approval = ApprovalOperator(
        task_id="approval",
        subject="{{ ti.xcom_pull(task_ids='summarise')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='summarise')['body'] }}",
        assigned_users=[{"id": name, "name": name} for name in APPROVERS] or None,
    )
    publish = Stretch(
        task_id="publish",
        first="publish",
        last="serve",
        inlets=LIBRARIES + THEMES,
        outlets=[RELEASE],
        priority_weight=2,
        trigger_rule="none_failed_min_one_success",
    )
    choice = decide()
    audit >> choice >> summarise() >> approval >> publish
    choice >> [approval, publish]  # so that approval is skipped with the branch, not in a round of its own
