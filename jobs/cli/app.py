"""The root of the command: common options, errors as sentences, exit codes.

Exit codes: 0 done · 1 internal error · 2 usage or catalog · 3 blocked by a gate · 4 environment · 5 partly done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from jobs.cli.output import options
from jobs.errors import BrainError
from jobs.loading import loading
from jobs.stages import STAGES

MODULES = {
    "simulate": "simulate",
    "demo": "demo",
    "run": "run",
    **{stage.verb: "run" for stage in STAGES},
    **{"replay": "replay", "check": "facts", "doctor": "facts", "status": "facts"},
    **{"sql": "look", "report": "look", "gate": "look", "release": "look"},
    **{"trace": "trace", "where": "trace", "deliveries": "deliveries", "receipt": "receipt", "profile": "profile"},
}
"""Module of each command, in the order in which help names them."""


class Commands(Mapping[str, Any]):
    """Commands by name, each loaded when it is asked for: the pipeline takes a second, and many need none of it."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        module = MODULES[name]
        if name not in self._known:
            part = typer.Typer(rich_markup_mode=None)
            part.callback()(_common)  # a group, though it had but one command
            with loading():
                import_module(f"jobs.cli.{module}").register(part)
            group: Any = get_command(part)
            self._known |= group.commands
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class Group(TyperGroup):
    """The root, with commands that are loaded when asked for."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.commands: Any = Commands()


app = typer.Typer(
    name="brain",
    cls=Group,
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


INTERRUPTED = 130

_command = cache(partial(get_command, app))
"""Made once a process: the tasks of a chain call it dozens of times."""


def invoke(args: list[str]) -> int:
    """Run the command in this process; returns its exit code."""
    try:
        _command().main(args=args, prog_name="brain")
    except BrainError as error:
        _explain(error, "--json" in args)
        return error.exit_code
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("interrupted; run the same command again to go on", file=sys.stderr)
        return int(end.code or 0)
    return 0


def _explain(error: BrainError, as_json: bool) -> None:
    if as_json:
        print(json.dumps(error.to_json(), ensure_ascii=False))
    print(f"brain: {error}", file=sys.stderr)


def main() -> None:
    """Entry point of ``brain``."""
    sys.exit(invoke(sys.argv[1:]))
