"""The root of the command: common options, errors as sentences, exit codes.

Exit codes: 0 done · 1 internal error · 2 usage or catalog · 3 blocked by a gate · 4 environment · 5 partly done.
"""

from __future__ import annotations

import json
import sys
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import click
import typer
from typer.main import get_command

from jobs.cli import deliveries, facts, look, make, profile, receipt, replay, run, trace
from jobs.cli.output import options
from jobs.errors import BrainError

app = typer.Typer(
    name="brain",
    help="The city's data brain: department extracts become gated, traceable, one-source-per-datum libraries.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _common(
    home: Annotated[
        Path | None, typer.Option(help="Folder with catalog/ expectations/ data/.", envvar="BRAIN_HOME")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="spark (default) or sail.", envvar="BRAIN_ENGINE")] = None,
    master: Annotated[
        str | None, typer.Option(help="Spark master, such as local[*], spark://… or yarn.", envvar="BRAIN_MASTER")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    options.home, options.engine, options.master, options.quiet = home, engine, master, quiet


make.register(app)
run.register(app)
replay.register(app)
facts.register(app)
look.register(app)
trace.register(app)
deliveries.register(app)
receipt.register(app)
profile.register(app)


_command = cache(partial(get_command, app))
"""Made once a process: the tasks of a chain call it dozens of times."""


def invoke(args: list[str]) -> int:
    """Run the command in this process; returns its exit code."""
    try:
        result = _command().main(args=args, prog_name="brain", standalone_mode=False)
    except BrainError as error:
        _explain(error, "--json" in args)
        return error.exit_code
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    return int(result or 0)


def _explain(error: BrainError, as_json: bool) -> None:
    if as_json:
        print(json.dumps(error.to_json(), ensure_ascii=False))
    print(f"brain: {error}", file=sys.stderr)


def main() -> None:
    """Entry point of ``brain``."""
    sys.exit(invoke(sys.argv[1:]))
