"""``brain demo``: a simulated city through the whole pipeline, and whether what was planted was stopped."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from jobs.cli.output import context, print_outcome, settings, stdout
from jobs.cli.progress import Progress
from jobs.cli.simulate import START, Days, People, Seed, simulate
from jobs.context import Context
from jobs.gates import call_judge
from jobs.lake.journal import DELIVERIES, REPEATS, RUNS
from jobs.pipeline import run_pipeline
from jobs.stages import stage_of

Fresh = Annotated[bool, typer.Option("--fresh", help="Remove the simulated city and its lake first.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", help="Simulate a small city, run the pipeline day by day, compare with what was planted.")(demo)


def demo(people: People = 10_000, days: Days = 3, seed: Seed = 7, fresh: Fresh = False) -> None:
    """Exit 0 exactly when what was stopped equals what was planted."""
    chosen = settings()
    if fresh:
        for folder in (chosen.inbox, chosen.data / "truth", chosen.lake):
            shutil.rmtree(folder, ignore_errors=True)
    prepare(chosen)
    call_judge()
    simulate(people, days, seed)
    for day in days_to_run(days):
        with Progress() as progress:
            ctx = context(day.isoformat(), progress)
            outcome = run_pipeline(ctx)
        print_outcome(ctx, outcome, as_json=False)
    raise typer.Exit(0 if report_planted() else 1)


def days_to_run(days: int) -> list[date]:
    """Days of the city from the one that was run last: a demo that was killed goes on there, and does not go back."""
    begun = [str(row["as_of"]) for row in Context(settings(), "").journal.newest(RUNS, "as_of")]
    wanted = [START + timedelta(days=offset) for offset in range(days)]
    return [day for day in wanted if day.isoformat() >= max(begun, default="")]


def prepare(chosen: Any) -> None:
    """A simulated city has a fixed key, so that its ids and hashes can be compared between machines."""
    from jobs.lake.keys import DEMO_KEY

    path = chosen.secrets / "lake.key"
    if not path.exists():
        chosen.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"lake.key.{os.getpid()}")
        fresh.write_text(DEMO_KEY)
        fresh.chmod(0o600)
        fresh.replace(path)


def report_planted() -> bool:
    """Print what was planted beside what was stopped, and what to open; whether the two are equal."""
    ctx = context()
    truth = ctx.settings.data / "truth" / "deliveries.json"
    delivered = json.loads(truth.read_text(encoding="utf-8"))
    planted = {
        (row["resource"], row["file"]): row["fault"] for row in delivered if row["verdict"] in ("refused", "repeat")
    }
    rows = ctx.journal.newest(DELIVERIES, "load_id")
    stopped = {(row["resource"], row["file"]): row["reason"] or "" for row in rows if row["state"] == "refused"}
    stopped |= {
        (row["resource"], row["file"]): "与已收批次相同" for row in ctx.journal.newest(REPEATS, "load_id", "file")
    }
    simulated = {row["resource"] for row in delivered}
    own = [key for key in stopped if key[0] not in simulated]
    for key in own:
        del stopped[key]
    for key in sorted(planted | stopped):
        mark = "found" if key in planted and key in stopped else "MISSED" if key in planted else "NOT PLANTED"
        stdout.print(f"{mark:<12}{key[0]:<26}{key[1]:<28}{planted.get(key, ''):<14}{stopped.get(key, '')}")
    equal = set(planted) == set(stopped)
    stdout.print(f"planted {len(planted)}, stopped {len(stopped)}: {'equal' if equal else 'they differ'}")
    if own:
        stdout.print(f"not of the city and not counted: {len(own)} stopped; see `brain deliveries --state refused`")
    served = ctx.settings.lake / stage_of("serve").folder / "current"
    for what, path in (("portal", "portal/index.html"), ("workbooks", "workbooks"), ("SQL", "analyst.duckdb")):
        stdout.print(f"{what:<12}{served / path}")
    return equal
