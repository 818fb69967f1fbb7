"""``brain run`` and the nine verbs, each a command of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

import typer

from jobs.cli.output import context, print_outcome, stdout
from jobs.cli.progress import Progress
from jobs.errors import UsageError
from jobs.pipeline import Approval, run_pipeline
from jobs.pipeline.run import MEANING
from jobs.stages import STAGES

Date = Annotated[str | None, typer.Option("--date", help="Cut-off day yyyy-MM-dd; nothing received later is taken.")]
Only = Annotated[str, typer.Option("--only", help="Glob of resource ids, such as 'gaj.*', for extract to standardise.")]
Approver = Annotated[str, typer.Option(help="Who approved the release; without a name it says that nobody did.")]
Shown = Annotated[
    str, typer.Option(help="What was approved, as `brain release preview` names it: exactly that is released.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Facts as JSON on stdout.")]

_RUN = (
    "Run the pipeline, or a stretch of it. Running again without new input changes nothing.\n\nExit code: "
    + "; ".join(f"{code} {meaning}" for code, meaning in MEANING.items())
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run", help=_RUN)(run)
    for stage in STAGES:
        app.command(stage.verb, help=f"Run the stage {stage.verb} alone (writes {stage.folder}).")(_verb(stage.verb))


def run(
    first: Annotated[str, typer.Option("--from", help="First stage.")] = "extract",
    last: Annotated[str, typer.Option("--to", help="Last stage.")] = "serve",
    date: Date = None,
    only: Only = "*",
    approved_by: Approver = "",
    shown: Shown = "",
    as_json: AsJson = False,
) -> None:
    """Exit 0 done, 3 blocked by a gate, 5 partly done (some sources stopped, the rest released)."""
    if date is not None and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise UsageError(f"--date {date!r} is not a day", remedy="Write it as yyyy-MM-dd")
    with Progress() as progress:
        ctx = context(date, progress)
        outcome = run_pipeline(ctx, first, last, only, Approval(approved_by, shown))
    print_outcome(ctx, outcome, as_json)
    if outcome.exit_code and not as_json:
        stdout.print(f"exit code {outcome.exit_code}: {MEANING[outcome.exit_code]}")
    raise typer.Exit(outcome.exit_code)


def _verb(verb: str) -> Callable[..., None]:
    def command(date: Date = None, only: Only = "*", as_json: AsJson = False) -> None:
        run(verb, verb, date, only, as_json=as_json)

    return command
