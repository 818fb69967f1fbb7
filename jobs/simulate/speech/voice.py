"""Who speaks, and the shape of what a kind of thing can be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobs.simulate.chance import salt_of
from jobs.simulate.things import World

Maker = Callable[[Any], "str | None"]
"""From a thing to the canonical text of one column."""
Builder = Callable[["Voice"], Maker]
"""What a column says in the voice of a resource."""


@dataclass(frozen=True)
class Voice:
    """A resource that speaks of the world."""

    world: World
    resource: str

    def salt(self, topic: str) -> int:
        """Salt of a habit of this resource."""
        return salt_of(self.world.seed, self.resource, topic)

    @property
    def prefix(self) -> str:
        """Four digits that begin the resource's own record numbers."""
        return f"{salt_of(self.resource) % 9000 + 1000}"

    def is_of(self, *departments: str) -> bool:
        """Whether the resource belongs to one of these departments or systems."""
        return self.resource.startswith(departments)


def plain(makers: dict[str, Maker]) -> dict[str, Builder]:
    """Columns that everybody fills alike."""

    def told(maker: Maker) -> Builder:
        return lambda _voice: maker

    return {column: told(maker) for column, maker in makers.items()}
