"""The process that judges: questions from standard input, answers to standard output, until nobody asks."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from typing import Any

from jobs.errors import whereabouts
from jobs.gates.engine import Result, evaluate
from jobs.gates.suite import Rule
from jobs.loading import loading, without

_UNASKED = ("pyspark", "boto3", "botocore")
"""What Great Expectations loads where it finds it, for kinds of data that are never asked about here: a sixth of the
time until the first answer."""

_LATER = ("altair", "scipy.stats")
"""What it cannot be loaded without, but uses for charts and distributions only, which no rule of ours asks for. Loaded
when first used, a third of what is left is saved."""


class _LoadLater:
    """A finder of what is to be loaded when it is used."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """The module's spec if it is one of those; None lets the usual finders look."""
        spec = PathFinder.find_spec(name, path, target) if name in _LATER else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def main() -> None:
    """Answer what :func:`jobs.gates.judge.ask` asks."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be read as an answer
    without(*_UNASKED)
    sys.meta_path.insert(0, _LoadLater)
    with loading():
        import great_expectations.expectations  # noqa: F401 - the first question should not wait for it

    while True:
        try:
            question = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own
        except EOFError:
            return
        pickle.dump(_answer(question), answers)
        answers.flush()


def _answer(question: tuple[list[Rule], Any, bool]) -> list[Result] | str:
    try:
        return evaluate(*question)
    except Exception as error:  # noqa: BLE001 - whatever it was, the asker must hear of it; its text may hold values
        return whereabouts(error)


if __name__ == "__main__":
    main()
