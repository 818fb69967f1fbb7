"""What the DAG files share: how a DAG is set up, what a task runs, which day it is for, and the assets of lineage.

No logic of the pipeline is here: a task runs a stretch of ``brain run`` and keeps what it reports. Under the scheduler
that is a process of its own, so that its memory ends with it; with ``BRAIN_IN_PROCESS=1`` (under ``dag.test()``) it is
a call, so that all tasks share one engine.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, BaseOperator, Connection, CronTriggerTimetable, Param
from airflow.sdk.definitions.asset import BaseAsset
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException
from brain_airflow import POOL
from brain_plan import Department, Library

TIMEZONE = "Asia/Shanghai"
TESTER = "dag_test"
"""The name under which ``dag.test()`` triggers a run: nobody is there to approve anything."""

COUNTS = ("tables", "built", "warned", "stopped", "rows")
"""What a stage reports of its tables."""

DONE, BLOCKED, PARTLY = 0, 3, 5
VERDICTS = (DONE, BLOCKED, PARTLY)

log = logging.getLogger("brain")


def make_dag(dag_id: str, name: str, cron: str | None, about: str, early: BaseAsset | None = None, **more: Any) -> DAG:
    """A DAG on the city's clock; with ``BRAIN_EARLY_TRIGGER=1`` also when the assets ``early`` are renewed. Without
    ``cron`` only when somebody asks."""
    # no start date: the first run is the next one due (without a span of its own Airflow would, for some hours after
    # each cut-off, begin with the one that was missed)
    timetable = CronTriggerTimetable(cron, timezone=TIMEZONE, run_immediately=timedelta()) if cron else None
    is_early = early is not None and os.environ.get("BRAIN_EARLY_TRIGGER") == "1"
    return DAG(
        dag_id=dag_id,
        dag_display_name=name,
        schedule=AssetOrTimeSchedule(timetable=timetable, assets=early) if is_early else timetable,
        catchup=False,
        max_active_runs=1,
        max_active_tasks=1,
        doc_md=about,
        params={"date": _date_param(), **more.pop("params", {})},
        default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
        **more,
    )


def _date_param() -> Param:
    about = "数据截止日 (yyyy-MM-dd)；留空则取本次运行的业务日期"
    return Param(None, type=["null", "string"], format="date", description=about)


def department_asset(department: Department) -> Asset:
    """The landed tables of one department."""
    return Asset(name=f"landed.{department.code}", uri=f"brain://landed/{department.code}", group="landed")


def library_asset(layer: str, library: Library) -> Asset:
    """One base library (``fused``) or one theme (``derived``)."""
    return Asset(name=f"{layer}.{library.id}", uri=f"brain://{layer}/{library.id}", group=layer)


RELEASE = Asset(name="published.release", uri="brain://published/release", group="published")


class Brain(BaseOperator):
    """A task that runs ``brain``.

    Of several that wait for the one slot of the pool, that with the highest ``priority_weight`` goes first.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(pool=POOL, weight_rule="absolute", **more)
        self._command = Command()

    def on_kill(self) -> None:
        self._command.stop()


class Stretch(Brain):
    """Runs the pipeline from verb ``first`` to verb ``last``."""

    def __init__(self, *, first: str, last: str, only: str = "*", connections: Iterable[str] = (), **more: Any) -> None:
        super().__init__(**more)
        self.first, self.last, self.only, self.connections = first, last, only, tuple(connections)

    def execute(self, context: Mapping[str, Any]) -> dict[str, Any]:
        day = business_date(context)
        chosen = (["--only", self.only] if self.only != "*" else []) + approval(context)
        arguments = ["run", "--from", self.first, "--to", self.last, *chosen, "--date", day, "--json"]
        outcome = self._command.run(arguments, handed_over(self.connections))
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {"date": day}
        return outcome


class Replay(Brain):
    """Takes again what was set aside; its run's parameters say of which resources."""

    def execute(self, context: Mapping[str, Any]) -> dict[str, Any]:
        asked = context["params"]
        chosen = [f"--only={asked['resources']}", *(["--all"] if asked["all"] else [])]
        return self._command.run(["replay", *chosen, "--date", business_date(context), "--json"])


def business_date(context: Mapping[str, Any]) -> str:
    """The cut-off day: asked for, else that of the assets that started the run, else that of the run. Never today."""
    asked = context["params"].get("date")
    if asked:
        return str(asked)
    events = [event for renewed in context.get("triggering_asset_events", {}).values() for event in renewed]
    days = [event.extra["date"] for event in events if event.extra.get("date")]
    if days:
        return str(max(days))
    run = context["dag_run"]
    moment = run.data_interval_end or run.logical_date or run.run_after
    return str(moment.astimezone(ZoneInfo(TIMEZONE)).date())


def approval(context: Mapping[str, Any]) -> list[str]:
    """Who approved in this run and what was shown to them, as options; none where nobody was asked."""
    if "approval" not in context["task"].upstream_task_ids:
        return []
    answer = context["ti"].xcom_pull(task_ids="approval")
    user = (answer or {}).get("responded_by_user") or {}
    name = str(user.get("name") or user.get("id") or "")
    if not name:
        return []
    return ["--approved-by", name, "--shown", context["ti"].xcom_pull(task_ids="summarise")["shown"]]


def handed_over(names: Iterable[str]) -> dict[str, str]:
    """Airflow's connections as the variables in which a process finds them: only a task may ask Airflow for them.

    One that Airflow does not know is left out; the source that needs it says so in its report.
    """
    found = {}
    for name in names:
        with contextlib.suppress(AirflowNotFoundException):
            found[f"AIRFLOW_CONN_{name.upper()}"] = Connection.get(name).as_json()
    return found


class Command:
    """``brain``, run once: in a process of its own, or in this one with ``BRAIN_IN_PROCESS=1``."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._in_process = os.environ.get("BRAIN_IN_PROCESS") == "1"

    def run(self, arguments: list[str], variables: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Run it, with ``variables`` in its environment, and return what it reported, with its exit code.

        What gates decided over tables (exit codes 0, 3 and 5) is data: the task succeeds. Anything else fails it, an
        error that ended the run before it reported too; for good unless the error calls itself transient or the process
        died of a signal.
        """
        code, printed = (self._call if self._in_process else self._spawn)(arguments, variables or {})
        report = _report(printed)
        if code not in VERDICTS or "error" in report:
            may_pass = (report.get("transient") or code < 0 or code > 128) and not self._in_process
            fail = AirflowException if may_pass else AirflowFailException
            raise fail(f"brain {' '.join(arguments)} ended with {code}: {report.get('problem', 'see the log above')}")
        for line in _lines(report):
            log.info(line)
        return {"exit_code": code, **report}

    def stop(self) -> None:
        """End it: a task that was killed leaves nothing running."""
        if self._in_process:
            raise KeyboardInterrupt
        if self._process is not None:
            self._process.terminate()

    def _call(self, arguments: list[str], variables: Mapping[str, str]) -> tuple[int, str]:
        """An error that is not the program's own ends as it would in a process of its own: in full, with 1."""
        from jobs.cli import invoke

        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), _environment(variables):
                code = invoke(["--quiet", *arguments])
        except Exception:  # noqa: BLE001
            traceback.print_exc()
            code = 1
        return code, printed.getvalue()

    def _spawn(self, arguments: list[str], variables: Mapping[str, str]) -> tuple[int, str]:
        """Its progress goes to the task's log as it comes."""
        command = [os.environ.get("BRAIN_PYTHON", sys.executable), "-m", "jobs", *arguments]
        with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
            with subprocess.Popen(
                command,
                stdout=printed,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env={**os.environ, **variables},
            ) as self._process:
                for line in self._process.stderr or ():
                    log.info(line.rstrip())
            printed.seek(0)
            return self._process.returncode, printed.read()


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables that are set for as long as the context lasts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _report(printed: str) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(printed)
    except ValueError:
        return {}
    return report


def _lines(report: Mapping[str, Any]) -> list[str]:
    """A report as lines of the task's log."""
    stages = [
        f"{row['stage']}: " + ", ".join(f"{row[name]} {name}" for name in COUNTS) for row in report.get("stages", [])
    ]
    stopped = [
        ": ".join(filter(None, (row["state"], _what(row), row.get("delivery"), row["reason"])))
        for row in report.get("stopped", [])
    ]
    return stages + (_replayed(report) if "passed_over" in report else []) + stopped


def _what(row: Mapping[str, Any]) -> str:
    return str(row["what"]) if "what" in row else f"{row['layer']}.{row['name']}"


def _replayed(report: Mapping[str, Any]) -> list[str]:
    """What ``brain replay`` took again, before and now."""
    files = [
        f"{row['resource']} {row['file']}: {row['state']} -> {row['now']['state']}, {row['why']}"
        for row in report["deliveries"]
    ]
    tables = [
        f"{row['resource']}: {row['quarantined']} -> {row['quarantined_now']} rows quarantined, {row['why']}"
        for row in report["tables"]
    ]
    return files + tables or ["nothing to take again"]
