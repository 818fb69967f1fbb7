"""A bounded sample of a file, read by the readers of the land stage in the proposed format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.contracts import Format
from jobs.land.reader import read_records

ROWS = 20_000


@dataclass(frozen=True)
class Sample:
    """The first records, column by column, and how many beside them the reader set aside."""

    columns: Sequence[Sequence[str | None]]
    rows: int
    rejected: int
    whole: bool
    """Whether the sample is all of the file."""


def read_sample(path: Path, fmt: Format, names: Sequence[str], most: int = ROWS) -> Sample:
    """Up to ``most`` records; raises SourceError where the reader refuses the file."""
    columns: list[list[str | None]] = [[] for _ in names]
    rejected = 0
    for chunk in read_records(path, fmt, list(names)):
        rejected += len(chunk.rejects)
        for held, column in zip(columns, chunk.columns, strict=True):
            held.extend(column.to_pylist())
        if columns and len(columns[0]) > most:
            return Sample([column[:most] for column in columns], most, rejected, whole=False)
    return Sample(columns, len(columns[0]) if columns else 0, rejected, whole=True)
