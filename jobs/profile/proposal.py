"""What is proposed for a file: a format, and the names of columns that were found with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobs.contracts import Format


@dataclass(frozen=True)
class Proposal:
    """A format, the columns found with it, what stood above their names, and what else somebody should know."""

    format: Format
    names: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
