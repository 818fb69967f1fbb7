"""What is made ahead comes in its order, with its error, and stops when nobody wants more."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest

from jobs.errors import SourceError
from jobs.land.ahead import ahead


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_all_come_in_order(count: int) -> None:
    assert list(ahead(iter(range(count)), 1)) == list(range(count))


@pytest.mark.parametrize("before", [0, 1, 2, 7])
def test_an_error_comes_behind_what_was_made_before_it_and_keeps_its_kind(before: int) -> None:
    def items() -> Iterator[int]:
        yield from range(before)
        raise SourceError("damaged", remedy="Ask again")

    came = []
    with pytest.raises(SourceError, match="damaged") as error:
        for item in ahead(items()):
            came.append(item)
    assert came == list(range(before))
    assert error.value.remedy == "Ask again"


def test_who_stops_early_leaves_no_thread_and_nothing_open() -> None:
    closed, made = threading.Event(), []

    def items() -> Iterator[int]:
        try:
            for number in range(1_000):
                made.append(number)
                yield number
        finally:
            closed.set()

    taken = ahead(items())
    assert [next(taken) for _ in range(4)] == [0, 1, 2, 3]
    taken.close()  # type: ignore[attr-defined]
    assert closed.is_set()
    assert len(made) < 10, "only a few are made ahead"
    assert not any(thread.name == "ahead" for thread in threading.enumerate())


def test_few_items_start_no_thread() -> None:
    def items() -> Iterator[str]:
        yield threading.current_thread().name
        yield threading.current_thread().name

    assert set(ahead(items())) == {threading.current_thread().name}


def test_the_next_is_made_while_one_is_used() -> None:
    made = threading.Event()

    def items() -> Iterator[int]:
        yield from range(3)
        made.set()
        yield 3

    taken = ahead(items())
    assert [next(taken) for _ in range(3)] == [0, 1, 2]
    until = time.monotonic() + 10
    while not made.is_set() and time.monotonic() < until:
        time.sleep(0.01)
    assert made.is_set()
    assert list(taken) == [3]


def test_turns_are_short_only_while_something_is_made() -> None:
    usual = sys.getswitchinterval()
    taken = ahead(iter(range(100)))
    assert next(taken) == 0
    assert sys.getswitchinterval() == usual
    assert [next(taken) for _ in range(3)] == [1, 2, 3]
    assert sys.getswitchinterval() < usual
    taken.close()  # type: ignore[attr-defined]
    assert sys.getswitchinterval() == usual
