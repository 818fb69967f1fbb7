"""``brain simulate``: a synthetic city's extracts, with its truth beside them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli.output import print_json, settings, stdout
from jobs.cli.progress import Progress
from jobs.contracts import load_catalog
from jobs.errors import UsageError

START = date(2026, 3, 2)

People = Annotated[int, typer.Option(help="Persons in the simulated city.", min=50)]
Days = Annotated[int, typer.Option(help="Days of deliveries.", min=1)]
Seed = Annotated[int, typer.Option(help="Same seed, same bytes.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", help="Write the extracts of a synthetic city, with its truth beside them.")(simulate)


def simulate(
    people: People = 10_000,
    days: Days = 3,
    seed: Seed = 7,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; default: the home's data folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Counts as JSON.")] = False,
) -> None:
    """Inbox below OUT/inbox, named on stdout once it is whole; truth below OUT/truth (never read by the pipeline)."""
    chosen = settings()
    target = out or chosen.data
    if (target / "truth" / "world.json").exists() and (target / "inbox").is_dir():
        known = json.loads((target / "truth" / "world.json").read_text(encoding="utf-8"))
        if {k: known.get(k) for k in ("people", "days", "seed")} == {"people": people, "days": days, "seed": seed}:
            if not as_json:
                print(target / "inbox")
            _report(known, as_json)
            return
        raise UsageError("another simulated city lies there already", remedy=f"Remove {target} or choose --out")
    from jobs.simulate import simulate as write_city  # make demo has another process write the city

    with Progress() as progress:
        catalog = load_catalog(chosen.home)
        counts = write_city(
            catalog,
            people,
            days,
            seed,
            target,
            START,
            lambda what, n, of: progress("simulate", f"{what} ({n} of {of})"),
            None if as_json else lambda: print(target / "inbox", flush=True),
        )
    _report(counts, as_json)


def _report(counts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(counts)
    else:
        stdout.print(", ".join(f"{name} {value}" for name, value in counts.items()))
