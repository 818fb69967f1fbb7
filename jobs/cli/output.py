"""What every command shares: the options in force, contexts, progress and tables."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from jobs.context import Context
from jobs.errors import UsageError
from jobs.pipeline import Outcome, Step
from jobs.settings import Settings, read_settings

stdout = Console(highlight=False, soft_wrap=True)
stderr = Console(stderr=True, highlight=False)


@dataclass
class Options:
    """Options given before the command."""

    home: Path | None = None
    engine: str | None = None
    master: str | None = None
    quiet: bool = False


options = Options()


def settings() -> Settings:
    """Settings of this call."""
    return read_settings(options.home, options.engine, options.master)


def context(as_of: str | None = None) -> Context:
    """A context at the cut-off day ``as_of``; by default the last day of which anything was received."""
    chosen = settings()
    ctx = Context(chosen, as_of or "", Progress())
    return ctx if as_of else Context(chosen, last_day(ctx), Progress())


def last_day(ctx: Context) -> str:
    """The newest cut-off day a run was made for; UsageError if there was none."""
    from jobs.lake.journal import RUNS

    days = [str(row["as_of"]) for row in ctx.journal.newest(RUNS, "run") if row["as_of"]]
    if not days:
        raise UsageError("nothing was run yet", remedy="Run `brain demo`, or `brain run --date yyyy-MM-dd`")
    return max(days)


class Progress:
    """One line a table on stderr: rewritten on a terminal, one a stage elsewhere."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.stage = ""
        self.count = 0

    def __call__(self, stage: str, what: str) -> None:
        if options.quiet:
            return
        self.count = self.count + 1 if stage == self.stage else 1
        line = f"{time.monotonic() - self.began:6.1f} s  {stage:<13} {self.count:>4}  {what}"
        if stderr.is_terminal:
            stderr.print(line[: stderr.width - 1].ljust(stderr.width - 1), end="\r")
        elif stage != self.stage:
            stderr.print(line)
        self.stage = stage


def print_json(data: Any) -> None:
    """Facts for machines."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[str] = ()) -> None:
    """Facts for people."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    numeric = set(right)
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*["" if value is None else str(value) for value in row])
    stdout.print(table)


def print_outcome(ctx: Context, outcome: Outcome, as_json: bool) -> None:
    """Stages with tables, rows and seconds; what was stopped; what to open."""
    stopped = [step for step in outcome.steps if step.state in ("blocked", "failed", "stale", "waiting")]
    if as_json:
        print_json(
            {
                "date": ctx.as_of,
                "release": outcome.release,
                "is_new": outcome.is_new,
                "states": outcome.states,
                "stages": stage_rows(outcome.steps),
                "stopped": [{"layer": s.layer, "name": s.name, "state": s.state, "reason": s.reason} for s in stopped],
            }
        )
        return
    rows = stage_rows(outcome.steps)
    print_table(
        ("stage", "tables", "built", "stopped", "rows", "seconds"),
        [(r["stage"], r["tables"], r["built"], r["stopped"], f"{r['rows']:,}", f"{r['seconds']:.1f}") for r in rows],
        right=("tables", "built", "stopped", "rows", "seconds"),
    )
    for step in stopped:
        stdout.print(f"{step.state}: {step.layer}.{step.name}: {step.reason}")
    if outcome.release is not None:
        word = "new" if outcome.is_new else "unchanged"
        stdout.print(f"release {outcome.release} ({word}), data up to {ctx.as_of}")


def stage_rows(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps summed by stage, in the order they ran."""
    rows: dict[str, dict[str, Any]] = {}
    for step in steps:
        row = rows.setdefault(
            step.layer, {"stage": step.layer, "tables": 0, "built": 0, "stopped": 0, "rows": 0, "seconds": 0.0}
        )
        row["tables"] += 1
        row["built"] += step.state == "built"
        row["stopped"] += step.state in ("blocked", "failed", "stale", "waiting")
        row["rows"] += step.rows
        row["seconds"] += step.seconds
    return list(rows.values())
