"""Tables begin as soon as those they read have ended: no core waits for the last table of a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import Self

from jobs.pipeline.steps import Step

Table = tuple[str, str]
"""Layer and name."""

AT_ONCE = 4
"""Tables of one kind that are worked on at once: planning and judging small ones leaves cores idle."""


class Flow:
    """The tables of one run that are on their way."""

    def __init__(self) -> None:
        self._free, self._bound = ThreadPoolExecutor(AT_ONCE), ThreadPoolExecutor(AT_ONCE)
        self._all: list[Future[list[Step]]] = []
        self._ending: dict[Table, Future[list[Step]]] = {}
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._closed = True
        for pool in (self._free, self._bound):
            pool.shutdown(wait=True, cancel_futures=True)

    def add(self, tables: Iterable[Table], inputs: Iterable[Table], work: Callable[[], list[Step]]) -> None:
        """Let ``work`` make ``tables`` once those of ``inputs`` that are on their way have ended.

        If one of them ends in an error, so does this: nothing is made of what was not finished.
        """
        own: Future[list[Step]] = Future()
        before = [self._ending[table] for table in map(_whole, inputs) if table in self._ending]
        self._all.append(own)
        self._ending |= dict.fromkeys(map(_whole, tables), own)
        turn, left = Lock(), len(before) + 1

        def begin(_ended: object = None) -> None:
            nonlocal left
            with turn:
                left -= 1
                if left:
                    return
            failed = next((error for future in before if (error := future.exception())), None)
            if failed is not None:
                own.set_exception(failed)
            elif not self._closed:
                # What waited for others must not queue again, behind the many that wait for nobody.
                (self._bound if before else self._free).submit(_run, own, work)

        for future in before:
            future.add_done_callback(begin)
        begin()

    def steps(self) -> list[Step]:
        """All steps in the order of adding, when the last has ended; raises the first error."""
        return [step for future in self._all for step in future.result()]


def _run(own: Future[list[Step]], work: Callable[[], list[Step]]) -> None:
    try:
        own.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever asks for the steps gets it
        own.set_exception(error)


def _whole(table: Table) -> Table:
    """A resource or entity is made as a whole: what is named after it (``<name>__rejects``) comes with it."""
    layer, name = table
    return table if layer == "derived" else (layer, name.partition("__")[0])
