"""Tables begin when those they read have ended, and never on what was not finished."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Timer

import pytest

from jobs.pipeline.flow import AT_ONCE, Flow, Table
from jobs.pipeline.steps import Step

A, B, C = ("standardised", "a"), ("standardised", "b"), ("derived", "theme__c")
SECONDS = 10.0


def made(seen: list[Table], table: Table, when: Event | None = None) -> Callable[[], list[Step]]:
    def work() -> list[Step]:
        assert when is None or when.wait(SECONDS)
        seen.append(table)
        return [Step(*table, "built")]

    return work


def test_a_table_waits_for_those_it_reads_and_for_no_other() -> None:
    seen: list[Table] = []
    go = Event()
    other = Event()
    with Flow() as flow:
        flow.add([A], [], made(seen, A, go))
        flow.add([B], [], made(seen, B))
        flow.add([C], [B], lambda: (made(seen, C)(), other.set())[0])
        assert other.wait(SECONDS), "c began before a ended"
        go.set()
        steps = flow.steps()
    assert seen == [B, C, A]
    assert [step.name for step in steps] == ["a", "b", "theme__c"], "steps come in the order of adding"


def test_what_is_named_after_a_resource_ends_with_it() -> None:
    seen: list[Table] = []
    go = Event()
    with Flow() as flow:
        flow.add([A], [], made(seen, A, go))
        flow.add([C], [("standardised", "a__rejects")], made(seen, C))
        go.set()
        flow.steps()
    assert seen == [A, C]


def test_theme_tables_of_one_theme_are_tables_of_their_own() -> None:
    seen: list[Table] = []
    go, early = Event(), ("derived", "theme__early")
    with Flow() as flow:
        flow.add([C], [], made(seen, C, go))
        flow.add([early], [("derived", "theme__other")], lambda: (made(seen, early)(), go.set())[0])
        flow.steps()
    assert seen == [early, C]


def test_nothing_is_made_of_what_was_not_finished() -> None:
    seen: list[Table] = []

    def fails() -> list[Step]:
        raise OSError("no space left")

    with Flow() as flow:
        flow.add([A], [], fails)
        flow.add([C], [A], made(seen, C))
        with pytest.raises(OSError, match="no space left"):
            flow.steps()
    assert not seen


def test_what_waited_does_not_queue_behind_those_that_wait_for_nobody() -> None:
    seen: list[Table] = []
    go = Event()
    with Flow() as flow:
        flow.add([A], [], made(seen, A))
        for number in range(3 * AT_ONCE):
            table = ("standardised", f"slow{number}")
            flow.add([table], [], made(seen, table, go))
        flow.add([C], [A], lambda: (made(seen, C)(), go.set())[0])
        flow.steps()
    assert seen[:2] == [A, C]


def test_leaving_in_an_error_ends_what_runs_and_starts_nothing_more() -> None:
    seen: list[Table] = []
    begun, left = Event(), Event()

    def first() -> list[Step]:
        begun.set()
        assert left.wait(SECONDS)
        return made(seen, A)()

    def leave() -> None:
        with Flow() as flow:
            flow.add([A], [], first)
            flow.add([C], [A], made(seen, C))
            assert begun.wait(SECONDS)
            Timer(0.2, left.set).start()  # by then the flow is closed and waits for what runs
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert seen == [A]
