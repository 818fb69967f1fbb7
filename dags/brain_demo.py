"""``python dags/brain_demo.py``: the simulated city through the same DAGs, day by day, without a scheduler.

Each DAG is run by ``dag.test()`` in this process, so that all tasks share one engine: on the first day it runs, which
an interrupted one may have begun, all; later those of departments only that deliver something that day. Nobody is asked
for approval; the releases say so. Exit 0 exactly when what was stopped equals what was planted.

Options are those of ``brain simulate``; without any the city that lies in the home is taken, if there is one.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import brain_airflow

if TYPE_CHECKING:
    from jobs.settings import Settings

LEISURE = 19
"""Priority of what nobody waits for: it takes what the others leave of the cores."""

BUNDLES = "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"


@dataclass(frozen=True)
class Row:
    """What one stage of one DAG run did."""

    day: str
    dag: str
    stage: str
    tables: int
    built: int
    warned: int
    stopped: int
    rows: int
    seconds: float


def main(options: list[str]) -> int:
    """Run every simulated day; 0 if all planted faults were found and nothing else was stopped."""
    os.environ.update(brain_airflow.environment({"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"} | os.environ))
    os.environ["BRAIN_IN_PROCESS"] = "1"
    from jobs.loading import loading
    from jobs.settings import read_settings

    settings = read_settings()
    truth = settings.data / "truth"
    wanted = bool(options) or not ((truth / "world.json").exists() and settings.inbox.is_dir())
    with simulation(options) if wanted else contextlib.nullcontext() as city, ThreadPoolExecutor(1) as beside:
        delivered = beside.submit(await_inbox, city)
        with loading():  # while the city is written
            from jobs.cli.demo import days_to_run, report_planted
            from jobs.gates import call_judge

            get_ready(settings)
            call_judge()
            go_ahead(settings)
        if city is not None and not delivered.result():
            return city.wait()
        ledger = json.loads((truth / "ledger.json").read_text(encoding="utf-8"))
        days = days_to_run(len({row["date"] for row in ledger}))
        for day in days:
            print_day(run_day(day, all_dags() if day == days[0] else dags_with_work(day, truth)))
        if city is not None and not is_finished(city):
            return city.returncode
    return 0 if report_planted() else 1


def simulation(options: list[str]) -> subprocess.Popen[str]:
    """``brain simulate`` in a process of its own, which leaves the terminal to this one."""
    print("the city is simulated, Airflow, the engine and the judge come up", file=sys.stderr)
    command = [sys.executable, "-m", "jobs", "--quiet", "simulate", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")


def await_inbox(city: subprocess.Popen[str] | None) -> bool:
    """Wait for the city's inbox, which the first line names, if there is a city to come. The judge takes a core as soon
    as there is one: this one's, or before that the one on which everything else has come up. What the truth needs
    beyond the inbox is written at leisure."""
    from jobs.gates import call_judge

    line = city.stdout.readline() if city is not None and city.stdout else ""
    print(f"{'inbox':<12}{line}" if line else "", end="", flush=True)
    if city is not None and line:
        os.setpriority(os.PRIO_PROCESS, city.pid, LEISURE)
    call_judge()
    return bool(line)


def is_finished(city: subprocess.Popen[str]) -> bool:
    """Wait for the rest of the truth, which no pipeline reads."""
    print(city.stdout.read() if city.stdout else "", end="", flush=True)
    return city.wait() == 0


def get_ready(settings: Settings) -> None:
    """Airflow's database, the home's key, the engine and the judge: what takes seconds to start and needs no data."""
    from jobs.cli.demo import prepare
    from jobs.lake.session import open_session

    prepare(settings)
    brain_airflow.prepare()
    ease_commits()
    all_dags()
    call_api()
    open_session(settings)


def go_ahead(settings: Settings) -> None:
    """What the first tasks would wait for, while the judge comes up: the catalog, the process that reads deliveries,
    and all DAGs in Airflow's database. Each ``dag.test()`` would read their files again, which takes most of a run."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    from jobs.contracts import load_catalog
    from jobs.land.isolation import prepare

    prepare()
    load_catalog(settings.home)
    manager = DagBundlesManager()
    manager.sync_bundles_to_db()
    for bundle in manager.get_all_dag_bundles():
        bundle.initialize()
        found = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
        sync_bag_to_db(found, bundle.name, bundle.version)
    os.environ[BUNDLES] = "[]"


def ease_commits() -> None:
    """Let Airflow's database not wait for the disk at each commit. It stays whole; what a power cut may take of it, the
    next demo makes anew. The lake's journal waits as ever."""
    from airflow import settings as airflow
    from sqlalchemy import event

    def ease(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    if airflow.engine is not None and airflow.engine.dialect.name == "sqlite":
        event.listen(airflow.engine, "connect", ease)


def call_api() -> None:
    """Let Airflow make the API that tasks speak to, which it does at the first question and for nine versions of it.

    Tasks speak the newest. Made are that and the third, as what came before: the changes of the second between them
    give routes to older ones, without which none can be made.
    """
    import httpx
    from airflow.api_fastapi.execution_api.versions import bundle
    from airflow.sdk.execution_time.supervisor import in_process_api_server
    from cadwyn import Version

    newest, second, third, *_ = bundle.versions
    bundle.versions = (Version(newest.value, *newest.changes, *second.changes), Version(third.value))
    client = httpx.Client(transport=in_process_api_server().transport, base_url="http://in-process.invalid")
    client.get("/health").raise_for_status()


def all_dags() -> list[Any]:
    """Every DAG in the order in which one day needs them."""
    import brain_base
    import brain_ingest
    import brain_release
    import brain_themes

    return [*brain_ingest.DAGS, brain_base.dag, brain_themes.dag, brain_release.dag]


def dags_with_work(day: date, truth: Path) -> list[Any]:
    """Those without the DAGs of departments that deliver nothing on ``day``: Airflow takes a tenth of a second each."""
    import brain_ingest

    deliveries = json.loads((truth / "deliveries.json").read_text(encoding="utf-8"))
    delivering = {row["resource"].partition(".")[0] for row in deliveries if row["received_at"].startswith(str(day))}
    quiet = {dag.dag_id for dag in brain_ingest.DAGS} - {brain_ingest.dag_id_of(code) for code in delivering}
    return [dag for dag in all_dags() if dag.dag_id not in quiet]


def run_day(day: date, dags: list[Any]) -> list[Row]:
    """One day by ``dags``; raises SystemExit where a task failed."""
    from brain_common import TIMEZONE

    moment = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(TIMEZONE))
    rows: list[Row] = []
    for dag in dags:
        print(f"{day}  {dag.dag_id:<24}", end="", file=sys.stderr, flush=True)
        began = time.monotonic()
        conf = {"date": day.isoformat()} | ({"mode": "automatic"} if "mode" in dag.params else {})
        run = dag.test(run_after=moment, logical_date=moment, run_conf=conf)
        if str(run.state) != "success":
            sys.exit(f"{dag.dag_id} of {day} ended as {run.state}; its log is above")
        rows += _rows(day.isoformat(), dag.dag_id, _reports(run))
        print(f"{time.monotonic() - began:6.1f} s", file=sys.stderr)
    return rows


def _reports(run: Any) -> list[dict[str, Any]]:
    """What the tasks of a run reported of the pipeline."""
    values = [instance.xcom_pull(task_ids=instance.task_id) for instance in run.get_task_instances()]
    return [value for value in values if isinstance(value, dict) and "stages" in value]


def _rows(day: str, dag: str, reports: Iterable[dict[str, Any]]) -> list[Row]:
    return [Row(day, dag, **stage) for report in reports for stage in report["stages"]]


def print_day(rows: list[Row]) -> None:
    """One line a stage, the departments summed."""
    from brain_common import COUNTS

    from jobs.cli.output import print_table

    stages = dict.fromkeys(row.stage for row in rows)
    lines = []
    for stage in stages:
        mine = [row for row in rows if row.stage == stage]
        totals = [sum(getattr(row, name) for row in mine) for name in COUNTS]
        lines.append((rows[0].day, stage, *(f"{n:,}" for n in totals), f"{sum(row.seconds for row in mine):.1f}"))
    columns = ("day", "stage", *COUNTS, "seconds")
    print_table(columns, lines, right=columns[2:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("interrupted; run the same command again to go on")
