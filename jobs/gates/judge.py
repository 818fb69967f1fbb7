"""Great Expectations in a process of its own: it judges one table while the next ones are made.

Its work is bookkeeping in Python, as is much of ours, and one interpreter does one of both. The process reads questions
from its standard input and ends when that ends, so none outlives whoever asked.
"""

from __future__ import annotations

import atexit
import pickle
import subprocess
from threading import Lock
from typing import TYPE_CHECKING

from jobs.errors import EnvironmentFault
from jobs.gates.engine import Result
from jobs.gates.suite import Rule
from jobs.settings import process_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_ASKING = Lock()
_judges: list[subprocess.Popen[bytes]] = []


def start() -> None:
    """Let the process come up (3 s) while something else is done."""
    with _ASKING:
        _judge()


def ask(rules: list[Rule], rows: pa.Table | pd.DataFrame, by_row: bool = False) -> list[Result]:
    """:func:`jobs.gates.engine.evaluate`, over there. Raises EnvironmentFault if no answer came: nothing is passed."""
    with _ASKING:
        judge = _judge()
        try:
            pickle.dump((rules, rows, by_row), judge.stdin)  # type: ignore[arg-type]
            judge.stdin.flush()  # type: ignore[union-attr]
            answer: list[Result] | str = pickle.load(judge.stdout)  # type: ignore[arg-type]  # noqa: S301 - our own
        except (EOFError, OSError, pickle.UnpicklingError):
            stop()
            remedy = "Run again; if it ends again, see whether the machine is short of memory"
            raise EnvironmentFault("the process that judges tables has ended", remedy=remedy) from None
    if isinstance(answer, str):
        raise EnvironmentFault(f"the rules could not be judged:\n{answer}", remedy="Report this with the lines above")
    return answer


def stop() -> None:
    """End the process, if there is one."""
    while _judges:
        judge = _judges.pop()
        judge.kill()
        judge.communicate()


def _judge() -> subprocess.Popen[bytes]:
    if _judges and _judges[0].poll() is not None:
        stop()
    if not _judges:
        command, environment = process_of("jobs.gates")
        _judges.append(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
        )
        atexit.register(stop)
    return _judges[0]
