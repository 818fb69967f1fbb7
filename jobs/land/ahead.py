"""What is made one after the other, made a little ahead of who takes it."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")
_POLL_SECONDS = 0.1
_TURN_SECONDS = 0.0005
"""How long one thread keeps the interpreter while another waits for it: by default a fifth of the time of a chunk, and
each of three threads waits several times for its turn."""


def ahead(items: Iterator[Item], depth: int = 2) -> Iterator[Item]:
    """The items, ``depth`` of them made in a thread before they are asked for; an error comes where it happened.

    The first two are made when they are taken: most deliveries have no more, and a thread is not worth its start.
    """
    yield from islice(items, 2)
    maker, usual = _Maker(items, depth), sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield from maker.taken()
    finally:
        maker.stop()
        sys.setswitchinterval(usual)


class _Maker(Generic[Item]):
    """A thread that makes items, as many ahead as its queue holds."""

    def __init__(self, items: Iterator[Item], depth: int) -> None:
        self._items = items
        self._made: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(depth)
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
        self._thread.start()

    def _make(self) -> None:
        failure: BaseException = StopIteration()
        try:
            for item in self._items:
                if not self._offer((item, None)):
                    break
        except BaseException as error:  # noqa: BLE001 - it belongs to who takes the items
            failure = error
        if (close := getattr(self._items, "close", None)) is not None:
            close()
        self._offer((None, failure))

    def _offer(self, made: tuple[Item | None, BaseException | None]) -> bool:
        while not self._unwanted.is_set():
            try:
                self._made.put(made, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def taken(self) -> Iterator[Item]:
        """The items as they are made."""
        while True:
            item, failure = self._made.get()
            if isinstance(failure, StopIteration):
                return
            if failure is not None:
                raise failure
            yield item  # type: ignore[misc]

    def stop(self) -> None:
        """Make no more, and wait until what makes them has let go of what it held."""
        self._unwanted.set()
        self._thread.join()
