"""The columns that a reader is asked for: by which names each may come, which may be absent, and what came."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Came:
    """The names that a delivery had, as far as it names its columns."""

    found: tuple[str, ...] = ()
    """All of them in their order; of objects, sorted."""
    undeclared: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    """Declared columns that were not there and need not be."""
    under: dict[str, str] = field(default_factory=dict)
    """Declared columns that came under another name, and that name."""
    respelt: int = 0
    """Columns whose names were written otherwise than declared: with blanks, in full width, with a mark before."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Came:
        """Back from JSON."""
        found, undeclared, absent = (tuple(said[name]) for name in ("found", "undeclared", "absent"))
        return cls(found, undeclared, absent, dict(said["under"]), int(said["respelt"]))


class Columns(list[str]):
    """Declared names in their order. A reader that matches them against a header leaves what came in ``came``.

    ``aliases`` maps other names to the declared one; columns in ``optional`` may be absent.
    """

    def __init__(
        self, names: Iterable[str], aliases: Mapping[str, str] | None = None, optional: Collection[str] = ()
    ) -> None:
        super().__init__(names)
        self.aliases = dict(aliases or {})
        self.optional = frozenset(optional)
        self.came = Came()

    @cached_property
    def spellings(self) -> list[tuple[str, ...]]:
        """Clean names under which each column may come, the declared one first."""
        others: dict[str, list[str]] = {}
        for alias, name in self.aliases.items():
            others.setdefault(name, []).append(clean_name(alias))
        return [(clean_name(name), *others.get(name, ())) for name in self]

    def without(self, names: Collection[str]) -> Columns:
        """The others, in their order."""
        kept = [name for name in self if name not in names]
        return Columns(kept, {alias: name for alias, name in self.aliases.items() if name in kept})


def clean_name(name: str) -> str:
    """A header as people mean it: NFKC, no blanks, no byte order mark."""
    return "".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").split())


def spellings_of(declared: Sequence[str]) -> list[tuple[str, ...]]:
    """Clean names under which each declared column may come."""
    return declared.spellings if isinstance(declared, Columns) else [(clean_name(name),) for name in declared]


def picked(cells: Mapping[str, str | None], declared: list[str]) -> list[str | None]:
    """The cells of one object in the declared order, each under whichever of its names is there."""
    return [
        cells.get(names[0] if len(names) == 1 else next((name for name in names if name in cells), names[0]))
        for names in spellings_of(declared)
    ]
