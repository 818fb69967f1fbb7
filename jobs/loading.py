"""Start without looking for garbage among what is loaded to stay, and without what is not needed."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

_YOUNG = 50_000
"""New objects after which garbage is looked for. Python's own 700 are for small programs: a run makes tables, which
hold no cycles, by the hundred, and the search through them took a tenth of it."""


@contextmanager
def loading() -> Iterator[None]:
    """Load modules and services inside: a third quicker, and no later search goes through them."""
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(_YOUNG, 10, 10)
    finally:
        gc.enable()


class _Absent(MetaPathFinder):
    """Finds that some modules are not there."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Nothing; raises for one of those, before others find it."""
        if fullname in self._names:
            raise ModuleNotFoundError(f"{fullname} is not to be loaded here", name=fullname)


def without(*modules: str) -> None:
    """Let ``modules`` be as if they were not installed. Libraries load them where they find them, for values that never
    come to this process: pandas takes half a second."""
    sys.meta_path.insert(0, _Absent(frozenset(modules)))
