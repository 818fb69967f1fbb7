"""What a long command is doing, on stderr: never silent for long, never a flood in a log."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from jobs.cli.output import options, stderr

TERMINAL_SECONDS, LOG_SECONDS = 1.0, 30.0
"""How long what is shown may stand still: a terminal's line is rewritten, a log gets a line more."""


class Progress:
    """``with Progress() as progress``: called with stage and table; says in between that the last one goes on.

    On a terminal one line that is rewritten; elsewhere a line a stage, and one for whatever takes long.
    """

    def __init__(self) -> None:
        self.began = self.shown = time.monotonic()
        self.stage, self.what, self.count = "start", "reading what is declared", 1
        self._ended, self._speaking = threading.Event(), threading.Lock()
        self._watch = threading.Thread(target=self._remind, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        if not options.quiet:
            self._watch.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if options.quiet:
            return
        self._ended.set()
        self._watch.join()
        if stderr.is_terminal:
            stderr.print(" " * (stderr.width - 1), end="\r")

    def __call__(self, stage: str, what: str) -> None:
        with self._speaking:
            is_new = stage != self.stage
            self.count = 1 if is_new else self.count + 1
            self.stage, self.what = stage, what
            if stderr.is_terminal or is_new:
                self._show()

    def _remind(self) -> None:
        seconds = TERMINAL_SECONDS if stderr.is_terminal else LOG_SECONDS
        while not self._ended.wait(max(self.shown + seconds - time.monotonic(), 0.05)):
            with self._speaking:
                if time.monotonic() - self.shown >= seconds:
                    self._show()

    def _show(self) -> None:
        self.shown = time.monotonic()
        if options.quiet:
            return
        line = f"{self.shown - self.began:6.1f} s  {self.stage:<13} {self.count:>4}  {self.what}"
        if stderr.is_terminal:
            stderr.print(line[: stderr.width - 1].ljust(stderr.width - 1), end="\r", markup=False)
        else:
            stderr.print(line, markup=False, soft_wrap=True)
