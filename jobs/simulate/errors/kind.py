"""Kinds of planted errors: what is delivered instead of the truth, what a reader must say of it, what can be known.

``verdict`` is what must become of the cell, ``flag`` the mark it must carry: *repaired* or *converted* (the clean value
is recovered), *flagged* (it is doubted or unreadable), *empty* (nothing was said), *disputed* (the value stands, but
contradicts something else in the record or the city).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KEEP, NONE, SUSPECT, STANDS, STRANGER = "keep", "none", "suspect", "stands", "stranger"
"""What can be known: the clean value; nothing; the delivered value, which gives way to any clean one; the delivered
value as if it were clean; the delivered value, but the record can no longer be told whose it is."""

Rules = tuple[str, ...]
Writer = Callable[[str], "str | None"]
"""From the clean value to the delivered text, None where the error cannot befall this value."""


@dataclass(frozen=True)
class Kind:
    """One kind of planted error. ``rate`` above 0 is a habit: the share of cells it befalls beside chance."""

    id: str
    rules: tuple[str, ...]
    write: Writer
    verdict: str
    flag: str
    remains: str
    elements: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    rate: float = 0.0


def repaired(name: str, rules: Rules, write: Writer, **more: Any) -> Kind:
    """Written badly; the clean value is recovered."""
    return Kind(name, rules, write, "repaired", "repaired", KEEP, **more)


def converted(name: str, rules: Rules, write: Writer, **more: Any) -> Kind:
    """Written in an old way; the clean value is computed."""
    return Kind(name, rules, write, "converted", "converted", KEEP, **more)


def doubted(name: str, rules: Rules, write: Writer, flag: str, **more: Any) -> Kind:
    """Cannot be right; the value stays but gives way to any other."""
    return Kind(name, rules, write, "flagged", flag, SUSPECT, **more)


def unreadable(name: str, rules: Rules, write: Writer, flag: str, **more: Any) -> Kind:
    """Says nothing that can be kept, and is marked."""
    return Kind(name, rules, write, "flagged", flag, NONE, **more)


def empty(name: str, rules: Rules, write: Writer, **more: Any) -> Kind:
    """A word for nothing, read as nothing."""
    return Kind(name, rules, write, "empty", "", NONE, **more)


def disputed(name: str, rules: Rules, write: Writer, **more: Any) -> Kind:
    """Reads well and is wrong: it contradicts the record or the city, so a finding is due."""
    return Kind(name, rules, write, "disputed", "", STANDS, **more)


def when(test: Callable[[str], bool], write: Callable[[str], str]) -> Writer:
    """A writer for values that pass a test."""
    return lambda text: write(text) if test(text) else None


def is_number_18(text: str) -> bool:
    """Whether the text has the shape of a resident id."""
    return len(text) == 18 and text[:17].isdigit()


def wide(text: str) -> str | None:
    """Letters and digits in full width; None where there are none."""
    changed = "".join([chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text])
    return changed if changed != text else None


def wrong_last(text: str) -> str:
    """The text with another last digit."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")
