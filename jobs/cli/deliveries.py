"""``brain deliveries``: what arrived and what became of it, from the live journal."""

from __future__ import annotations

import fnmatch
import re
from typing import Annotated, Any

import typer

from jobs.audit.facts import open_refusals
from jobs.cli.output import context, notes, print_json, print_table, stdout
from jobs.context import Context
from jobs.errors import UsageError
from jobs.lake.journal import DELIVERIES
from jobs.pipeline.explain import delivery_notes

SHOWN = ("resource", "file", "period", "sequence", "received_at", "state", "received", "landed", "rejected")
STATES = ("extracted", "landed", "refused", "withdrawn")
_REMEDY = re.compile(r"^(.*)\. ((?:Ask|Check|Compare|Correct|Declare|Delete|Give|If so|Put|Send)\b.*)$", re.DOTALL)
"""A refusal says what is wrong, then what to do."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deliveries", help="What arrived, from the live journal; --refused: what is wrong and what to do.")(
        deliveries
    )


def deliveries(
    only: Annotated[str, typer.Option("--only", help="Glob of resource ids, such as 'gaj.*'.")] = "*",
    state: Annotated[str, typer.Option(help=f"One of {', '.join(STATES)}.")] = "",
    refused: Annotated[bool, typer.Option("--refused", help="Only refusals that nothing has replaced.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Facts as JSON on stdout.")] = False,
) -> None:
    """One line a delivery, with what was noticed in reading; of a refused one its file, period, breach and remedy."""
    if state and state not in STATES:
        raise UsageError(f"no delivery is {state!r}", remedy=f"Use one of {', '.join(STATES)}")
    rows = _rows(context("9999-12-31"), only, refused)
    rows = [row for row in rows if not state or row["state"] == state]
    if as_json:
        print_json(rows)
        return
    if not refused and state != "refused":
        lines = [[*(row[name] for name in SHOWN), notes(row["notes"])] for row in rows]
        print_table((*SHOWN, "notes"), lines, right=SHOWN[-3:])
        return
    for row in rows:
        stdout.print(f"{row['resource']}: {row['file']} ({row['period']}, sequence {row['sequence']})", markup=False)
        stdout.print(f"  wrong: {row['reason']}", markup=False)
        stdout.print(f"  to do: {row['remedy'] or 'Ask for a correction with the next sequence'}", markup=False)
    stdout.print(f"{len(rows)} refused{' and not replaced' if refused else ', replaced ones too'}")


def _rows(ctx: Context, only: str, refused: bool) -> list[dict[str, Any]]:
    found = []
    for resource in ctx.catalog.resources.values():
        if not fnmatch.fnmatch(resource.id, only):
            continue
        rows = ctx.journal.newest(DELIVERIES, "load_id", resource=resource.id)
        noticed = delivery_notes(ctx, resource.id) if rows else {}
        rows = open_refusals(resource, rows) if refused else rows
        found += [_shown(row) | {"notes": noticed.get(row["load_id"], {})} for row in rows]
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN} | _why(row["reason"] or "")


def _why(reason: str) -> dict[str, str]:
    parts = _REMEDY.match(reason)
    return {"reason": parts[1], "remedy": parts[2]} if parts else {"reason": reason, "remedy": ""}
