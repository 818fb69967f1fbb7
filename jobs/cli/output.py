"""What every command shares: the options in force, contexts, progress and tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jobs.errors import UsageError
from jobs.settings import Settings, read_settings

if TYPE_CHECKING:
    from jobs.context import Context
    from jobs.pipeline import Outcome, Step

stdout = Console(highlight=False, soft_wrap=True, emoji=False)
stderr = Console(stderr=True, highlight=False, emoji=False)
_WIDEST = 100_000
_NAMED = 8
"""Names that a line shows of many."""


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


def context(as_of: str | None = None, progress: Callable[[str, str], None] | None = None) -> Context:
    """A context at the cut-off day ``as_of``; by default the last day that a run was made for."""
    from jobs.context import Context, silent

    chosen = settings()
    return Context(chosen, as_of or last_day(Context(chosen, "")), progress or silent)


def last_day(ctx: Context) -> str:
    """The newest cut-off day a run was made for; UsageError if there was none."""
    from jobs.lake.journal import RUNS

    days = [str(row["as_of"]) for row in ctx.journal.newest(RUNS, "run") if row["as_of"]]
    if not days:
        raise UsageError("nothing was run yet", remedy="Run `brain demo`, or `brain run --date yyyy-MM-dd`")
    return max(days)


def print_json(data: Any) -> None:
    """Facts for machines."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[str] = ()) -> None:
    """Facts for people: a table, or a line a cell where the terminal is too narrow, so that no name is broken."""
    numeric, cells = set(right), [["" if value is None else str(value) for value in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", no_wrap=True, overflow="ignore")
    for row in cells:
        table.add_row(*map(escape, row))
    width = stdout.measure(table, options=stdout.options.update(max_width=_WIDEST)).maximum
    if not stdout.is_terminal or width <= stdout.width:
        Console(file=stdout.file, width=max(width, stdout.width), highlight=False).print(table)
        return
    longest = max(map(len, columns))
    for row in cells:
        for column, cell in zip(columns, row, strict=True):
            stdout.print(f"[bold]{column:<{longest}}[/]  {escape(cell)}")
        stdout.print()


def notes(noticed: dict[str, int]) -> str:
    """What was noticed while a delivery was read, in a cell."""
    return ", ".join(f"{note} {times}" for note, times in sorted(noticed.items()))


def print_outcome(ctx: Context, outcome: Outcome, as_json: bool) -> None:
    """Stages with tables, rows and seconds; what was stopped; what to open."""
    stopped = [step for step in outcome.steps if step.is_stopped]
    warned = [step for step in outcome.steps if step.is_warned]
    warned.sort(key=lambda step: step.state != "built")  # first what this run made
    if as_json:
        print_json(
            {
                "date": ctx.as_of,
                "release": outcome.release,
                "is_new": outcome.is_new,
                "states": outcome.states,
                "stages": stage_rows(outcome.steps),
                "stopped": [
                    {name: getattr(step, name) for name in ("layer", "name", "state", "delivery", "reason")}
                    for step in stopped
                ],
                "warned": [f"{step.layer}.{step.name}" for step in warned],
                "unclaimed": _unclaimed(ctx),
            }
        )
        return
    columns = ("stage", "tables", "built", "warned", "stopped", "rows", "seconds")
    shown = [
        row | {"rows": f"{row['rows']:,}", "seconds": f"{row['seconds']:.1f}"} for row in stage_rows(outcome.steps)
    ]
    print_table(columns, [[row[column] for column in columns] for row in shown], right=columns[1:])
    for step in stopped:
        stdout.print(str(step), markup=False)
    if any(step.state == "refused" for step in stopped):
        stdout.print("what was refused, and what to ask for: brain deliveries --refused")
    if blocked := next((step for step in stopped if step.state == "blocked"), None):
        stdout.print(f"what a gate stopped, rule by rule: brain gate {blocked.layer} {blocked.name}", markup=False)
    if warned:
        names = ", ".join(f"{step.layer}.{step.name}" for step in warned[:_NAMED])
        more = f" and {len(warned) - _NAMED} more" if len(warned) > _NAMED else ""
        stdout.print(f"passed with a warning: {names}{more}", markup=False)
        stdout.print(f"which rules failed: brain gate {warned[0].layer} {warned[0].name}", markup=False)
    for row in _unclaimed(ctx):
        like = f", named like {' or '.join(row['nearest'])}" if row["nearest"] else ""
        names = ", ".join(row["names"]) + (" …" if row["files"] > len(row["names"]) else "")
        place = row["folder"] if "://" in row["folder"] else f"inbox/{row['folder']}"
        what = f"unclaimed: {place}: {row['files']} files are no resource's: {names}"
        stdout.print(f"{what}. Ask for them again{like}, or declare them in catalog/connections.yml", markup=False)
    if outcome.release is not None:
        word = "new" if outcome.is_new else "unchanged"
        stdout.print(f"release {outcome.release} ({word}), data up to {ctx.as_of}")


def _unclaimed(ctx: Context) -> list[dict[str, Any]]:
    """Folders, in the inbox and at places of others, with files that match no resource's pattern."""
    from jobs.lake.journal import STRAYS

    return [
        {"folder": row["folder"], "department": row["department"], "files": row["files"]}
        | {name: json.loads(row[name]) for name in ("names", "nearest")}
        for row in ctx.journal.newest(STRAYS, "folder")
        if row["files"]
    ]


def stage_rows(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps summed by stage, in the order they ran."""
    rows: dict[str, dict[str, Any]] = {}
    for step in steps:
        row = rows.setdefault(
            step.layer,
            {"stage": step.layer, "tables": 0, "built": 0, "warned": 0, "stopped": 0, "rows": 0, "seconds": 0.0},
        )
        row["tables"] += 1
        row["built"] += step.state == "built"
        row["warned"] += step.is_warned
        row["stopped"] += step.is_stopped
        row["rows"] += step.rows
        row["seconds"] += step.seconds
    return list(rows.values())
