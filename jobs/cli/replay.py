"""``brain replay``: take again, from what was kept, what a corrected rule or declaration may now read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from jobs.cli.output import context, print_json, print_table, stdout
from jobs.cli.run import AsJson, Date, Only
from jobs.pipeline.replay import Kept, Plan, Replayed, plan_replay, replay

HELP = """Take again what was set aside, after a correction in the catalog and without a new delivery.

\b
Corrected                                   What is taken again
the file's declaration (format, columns)    refused deliveries, and those with rejected records, from their blobs
a rule, code table, `wild` spelling or      the table, its quarantined rows among the others
  expectation of a resource

\b
1. brain sql "SELECT file, row_no, rules FROM reject.standardised WHERE resource = 'rsj.si.person'"
2. correct the catalog, then `brain check`
3. brain replay --dry-run      what would be taken again, and why
4. brain replay
5. brain run --from resolve    libraries, themes and release follow

A delivery keeps its place by period and sequence. A new reading replaces the earlier one as a whole, so no row counts
twice; where it does not pass its gate, the earlier one stays. Running it again changes nothing.

Exit 0 done or nothing to do, 5 if something that was taken again is still refused or blocked."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", help=HELP)(replay_command)


def replay_command(
    date: Date = None,
    only: Only = "*",
    every: Annotated[
        bool,
        typer.Option("--all", help="Also deliveries without a rejected record, if another declaration read them."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken again and why; no change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Plan, or plan and do."""
    ctx = context(date)
    if dry_run:
        plan = plan_replay(ctx, only, every)
        print_json(_plan_facts(plan)) if as_json else _print_plan(plan)
        return
    done = replay(ctx, only, every)
    stopped = _stopped(done)
    print_json(_facts(done, stopped, ctx.as_of)) if as_json else _print_done(done, stopped, ctx.as_of)
    raise typer.Exit(5 if stopped else 0)


def _stopped(done: Replayed) -> list[dict[str, str]]:
    """What did not pass although it was taken again."""
    files = [
        (kept.delivery.resource, kept.delivery.file, done.after[kept.delivery.load_id]) for kept in done.plan.deliveries
    ]
    found = [
        {"what": f"landed.{resource} {file}", "state": now["outcome"], "reason": now["said"]}
        for resource, file, now in files
        if now["outcome"] != "landed"
    ]
    blocked = [step for step in done.steps if step.state == "blocked"]
    return found + [{"what": f"{s.layer}.{s.name}", "state": s.state, "reason": s.reason} for s in blocked]


def _place(kept: Kept) -> dict[str, Any]:
    delivery = kept.delivery
    return {
        "resource": delivery.resource,
        "file": delivery.file,
        "period": delivery.period,
        "sequence": delivery.sequence,
        "load_id": delivery.load_id,
    }


def _plan_facts(plan: Plan) -> dict[str, Any]:
    def facts(kept: Kept) -> dict[str, Any]:
        was = {"state": kept.state, "rejected": kept.rejected, "reason": kept.reason}
        return _place(kept) | was | {"why": kept.why}

    return {
        "deliveries": [facts(kept) for kept in plan.deliveries],
        "tables": [{"resource": t.resource.id, "quarantined": t.quarantined, "why": t.why} for t in plan.tables],
        "passed_over": [facts(kept) for kept in plan.passed_over],
    }


def _facts(done: Replayed, stopped: list[dict[str, str]], as_of: str) -> dict[str, Any]:
    facts = _plan_facts(done.plan)
    for row in facts["deliveries"]:
        now = done.after[row["load_id"]]
        row["now"] = {name: now[name] for name in ("state", "received", "landed", "rejected", "outcome")}
    for row in facts["tables"]:
        row["quarantined_now"] = done.quarantined[row["resource"]]
    return {"date": as_of, **facts, "stopped": stopped}


def _print_plan(plan: Plan) -> None:
    for kept in plan.deliveries:
        was = "refused" if kept.state == "refused" else f"{kept.rejected} records rejected"
        stdout.print(f"delivery  {kept.delivery.resource}  {kept.delivery.file}: {was}; {kept.why}", markup=False)
    for table in plan.tables:
        stdout.print(f"table     {table.resource.id}: {table.quarantined} rows quarantined; {table.why}", markup=False)
    for kept in plan.passed_over:
        stdout.print(f"stays     {kept.delivery.resource}  {kept.delivery.file}: refused; {kept.why}", markup=False)
    if not plan.deliveries and not plan.tables:
        stdout.print("nothing to take again: what was set aside was read by the declarations that are in force")


def _print_done(done: Replayed, stopped: list[dict[str, str]], as_of: str) -> None:
    if not done.plan.deliveries and not done.plan.tables:
        _print_plan(done.plan)
        return
    rows = []
    for kept in done.plan.deliveries:
        now = done.after[kept.delivery.load_id]
        was = "refused" if kept.state == "refused" else f"{kept.rejected} rejected"
        is_now = "refused" if now["state"] == "refused" else f"{now['rejected'] or 0} rejected"
        rows.append(("delivery", f"{kept.delivery.resource} {kept.delivery.file}", was, is_now))
    for table in done.plan.tables:
        left = done.quarantined[table.resource.id]
        rows.append(("table", table.resource.id, f"{table.quarantined} quarantined", f"{left} quarantined"))
    print_table(("", "what", "before", "now"), rows)
    for item in stopped:
        stays = "stays as it was" if item["state"] == "kept" else item["state"]
        stdout.print(f"{stays}: {item['what']}: {item['reason']}", markup=False)
    stdout.print(f"go on with: brain run --from resolve --date {as_of}")
