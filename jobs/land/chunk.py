"""What every reader yields: a stretch of records as text columns, numbered, with those that could not be taken."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class Reject:
    """A record that was not taken. ``text`` stays inside the lake."""

    row_no: int
    reason: str
    text: str


@dataclass(frozen=True)
class Chunk:
    """Records in the declared column order; ``row_nos`` are 1-based record numbers in the delivery."""

    columns: list[pa.Array | pa.ChunkedArray]
    row_nos: pa.Array
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.row_nos)


def chunk_of(records: list[list[str | None]], width: int, first: int, rejects: list[Reject] | None = None) -> Chunk:
    """A chunk from Python rows, numbered from ``first``."""
    columns = [pa.array([record[n] for record in records], pa.string()) for n in range(width)]
    return Chunk(list(columns), pa.array(range(first, first + len(records)), pa.int64()), rejects or [])
