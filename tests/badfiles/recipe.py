"""One bad file: how to make it, what its cells were before the damage, and the verdict it must get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

Row = tuple[str | None, ...]


class Verdict(StrEnum):
    """What became of a file. The first four are promised; the others must not happen."""

    EXACT = "exact"
    """All clean cells landed, nothing else."""
    DECLARED = "repaired"
    """All clean cells landed, and the delivery's notes say what was passed over or is doubtful."""
    SET_ASIDE = "set aside"
    """What landed is clean, and every record that did not land stands among the rejects with a reason."""
    REFUSED = "refused"
    """Nothing landed, and the refusal says why and what to do."""
    WRONG = "WRONG"
    """A landed record is not a clean one, or a clean one is missing, and nothing says so."""
    BROKEN = "BROKEN"
    """An error that is none of ours: the file ended the reading in a way nobody foresaw."""


@dataclass(frozen=True)
class Recipe:
    """``says`` must be found in the refusal, a reject's reason or a note. ``strict``: a strict reader of the declared
    format takes the file as it is."""

    family: str
    name: str
    make: Callable[[], bytes]
    fmt: Mapping[str, object]
    names: Sequence[str]
    clean: Sequence[Row]
    expect: Verdict
    says: str = ""
    manifest: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    """Its name in the inbox, where that is part of the case; with ``beside`` as its manifest, if it has one."""
    beside: bytes | None = None
    link: str = ""
    """What stands in the folder as a symbolic link: ``file`` or ``manifest``, to a sound one outside the inbox."""
    lengths: Mapping[str, int] = field(default_factory=dict)
    """Fixed lengths of the columns' elements."""

    sound: bool = False
    """A strict reader takes it all the same, though there is something to note of it."""

    @property
    def strict(self) -> bool:
        return self.sound or self.expect is Verdict.EXACT

    @property
    def id(self) -> str:
        return f"{self.family}: {self.name}"


def sound(recipe: Recipe) -> Recipe:
    """The same, which a strict reader takes too."""
    return replace(recipe, sound=True)
