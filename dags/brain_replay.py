"""Replay, when somebody asks: after a correction in the catalog, what was set aside is taken again from what was kept.

Libraries, themes and the release follow at their next time; trigger `brain_base` to have them sooner.
"""

from airflow.sdk import Param
from brain_common import Replay, make_dag

RESOURCES = Param(
    "*",
    type="string",
    pattern=r"^[a-z0-9_.*?\[\]!-]+$",
    description="信息资源标识，可用通配符，如 gaj.household.* 或 rsj.si.person；* 为全部",
)
EVERY = Param(
    False,
    type="boolean",
    description="是否连同没有拒收记录、但当时按另一声明读取的批次一并重读",
)

with make_dag(
    "brain_replay",
    "重放 · 目录更正后重读留存数据",
    None,
    __doc__,
    params={"resources": RESOURCES, "all": EVERY},
    tags=["brain", "replay"],
) as dag:
    Replay(task_id="replay", priority_weight=1)
