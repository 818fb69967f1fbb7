"""What every reader yields: a stretch of records as text columns, numbered, with those that could not be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from jobs.land.columns import Came

ROWS = 20_000
"""Records a chunk of a reader that builds them one by one."""
Record = Sequence[str | None]


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
    notes: dict[str, int] = field(default_factory=dict)
    """What was repaired, passed over as declared, or is doubtful though taken, and how often: ``bom``, ``footer`` …"""
    came: Came | None = None
    """With the last chunk: the names that the delivery had."""

    @property
    def rows(self) -> int:
        return len(self.row_nos)


def chunks_of(records: Iterable[Record | Reject], width: int) -> Iterator[Chunk]:
    """Chunks of records that come one by one; each takes the next number, also one that is set aside."""
    taken: list[Record] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    for number, record in enumerate(records, 1):
        if isinstance(record, Reject):
            rejects.append(record)
        else:
            taken.append(record)
            numbers.append(number)
        if len(taken) + len(rejects) == ROWS:
            yield _chunk(taken, numbers, rejects, width)
            taken, numbers, rejects = [], [], []
    yield _chunk(taken, numbers, rejects, width)


def _chunk(taken: list[Record], numbers: list[int], rejects: list[Reject], width: int) -> Chunk:
    cells = zip(*taken, strict=True) if taken else [()] * width
    return Chunk([pa.array(column, pa.string()) for column in cells], pa.array(numbers, pa.int64()), rejects)


def noted(chunks: Iterable[Chunk], notes: dict[str, int], width: int) -> Iterator[Chunk]:
    """The chunks, each with what stands in ``notes`` by the time it comes: everything is said once, also what is
    noticed behind the last of them."""
    for chunk in chunks:
        yield replace(chunk, notes=_taken(notes, chunk.notes)) if notes else chunk
    if notes:
        yield Chunk([pa.array([], pa.string())] * width, pa.array([], pa.int64()), notes=_taken(notes, {}))


def _taken(notes: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    both = dict(Counter(notes) + Counter(others))
    notes.clear()
    return both
