"""Which names the declarations may use, and what to say of one that they may not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

Finding = tuple[str, str, tuple[str | int, ...], str]
"""(model, key, location inside it, problem)."""


_FEW = 10
"""Names that are all shown where none is near."""


@dataclass(frozen=True)
class Known:
    """Ids that may be named, by kind; None where the register could not be read and any name must pass."""

    departments: frozenset[str] | None
    systems: frozenset[str] | None
    resources: frozenset[str] | None
    elements: frozenset[str] | None
    code_tables: frozenset[str] | None
    entities: frozenset[str] | None
    themes: frozenset[str] | None
    faulty: set[str] = field(default_factory=set)
    """Resources with a broken reference of their own: what follows from it is not reported again."""

    def complain(self, what: str, name: str) -> str:
        """Why ``name`` is no known ``what``, with near matches; empty if it is one."""
        names = getattr(self, {"entity": "entities"}.get(what, what.replace(" ", "_") + "s"))
        return "" if names is None or name in names else unknown(what, name, names)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence that offers near matches."""
    names = sorted(known)
    near = get_close_matches(name, names, n=3)
    listed = f"; expected one of {', '.join(names)}" if len(names) <= _FEW else f"; declare the {what} first"
    hint = f"; did you mean {', '.join(near)}?" if near else listed
    return f"{what} {name!r} is unknown{hint}"
