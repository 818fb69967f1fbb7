"""A long command is never silent for long on a terminal, and does not flood a log."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from jobs.cli import progress as module
from jobs.cli.output import options, print_table
from jobs.cli.progress import Progress


def shown(monkeypatch: pytest.MonkeyPatch, terminal: bool, every: float) -> io.StringIO:
    """Standard error as text, with short patience."""
    text = io.StringIO()
    monkeypatch.setattr(module, "stderr", Console(file=text, force_terminal=terminal, width=80, highlight=False))
    monkeypatch.setattr(options, "quiet", False)
    monkeypatch.setattr(module, "TERMINAL_SECONDS" if terminal else "LOG_SECONDS", every)
    return text


@pytest.mark.parametrize("terminal", [True, False])
def test_what_takes_long_says_that_it_goes_on(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    text = shown(monkeypatch, terminal, 0.1)
    with Progress() as progress:
        progress("landed", "one")
        until = time.monotonic() + 20
        while text.getvalue().count("landed           1  one") < 3 and time.monotonic() < until:
            time.sleep(0.05)
    assert text.getvalue().count("landed           1  one") >= 3
    ended = text.getvalue()
    time.sleep(0.25)
    assert text.getvalue() == ended, "nothing more once it has ended"


def test_a_log_gets_a_line_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, terminal=False, every=60)
    with Progress() as progress:
        for name in ("one", "two", "three"):
            progress("landed", name)
        progress("fused", "[person]")
    assert [line.split(" s  ")[1].split() for line in text.getvalue().splitlines()] == [
        ["landed", "1", "one"],
        ["fused", "1", "[person]"],
    ]


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, terminal=True, every=0.01)
    monkeypatch.setattr(options, "quiet", True)
    with Progress() as progress:
        progress("landed", "one")
        time.sleep(0.1)
    assert text.getvalue() == ""


@pytest.mark.parametrize(("terminal", "width"), [(True, 30), (True, 200), (False, 30)])
def test_no_name_is_broken(monkeypatch: pytest.MonkeyPatch, terminal: bool, width: int) -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=width, highlight=False, soft_wrap=True)
    monkeypatch.setattr("jobs.cli.output.stdout", console)
    file = "hjrk_20260302_1_" + "0" * 40 + ".csv"
    print_table(("file", "why"), [(file, "[bold]为空")], right=("why",))
    assert file in text.getvalue() and "[bold]为空" in text.getvalue()
