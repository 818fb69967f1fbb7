"""Reading bytes with a reader of the land stage and looking at what came out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jobs.contracts import Format
from jobs.land.chunk import Chunk, Reject
from jobs.land.delimited import read_delimited


@dataclass(frozen=True)
class Came:
    """Records taken, by number, and records set aside."""

    rows: dict[int, tuple[str | None, ...]]
    rejects: list[Reject]
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[str | None, ...]]:
        return list(self.rows.values())

    @property
    def reasons(self) -> dict[int, str]:
        """Reason words by number."""
        return {reject.row_no: reject.reason.partition(":")[0] for reject in self.rejects}

    @property
    def numbers(self) -> list[int]:
        """All record numbers, taken or not, ascending."""
        return sorted([*self.rows, *(reject.row_no for reject in self.rejects)])


class Dribble(io.BytesIO):
    """A stream that gives a few bytes at a time, as a network does."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self.step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.step if size is None or size < 0 else min(size, self.step))


def gather(chunks: Iterable[Chunk]) -> Came:
    """Everything a reader yields; numbers must rise from chunk to chunk and never repeat."""
    rows: dict[int, tuple[str | None, ...]] = {}
    rejects: list[Reject] = []
    notes: dict[str, int] = {}
    for chunk in chunks:
        records = zip(*[column.to_pylist() for column in chunk.columns], strict=True)
        for number, record in zip(chunk.row_nos.to_pylist(), records, strict=True):
            assert number not in rows
            rows[number] = record
        rejects += chunk.rejects
        for note, times in chunk.notes.items():
            notes[note] = notes.get(note, 0) + times
    assert list(rows) == sorted(rows)
    return Came(rows, rejects, notes)


def read_csv(data: bytes, declared: list[str], step: int = 0, **fmt: object) -> Came:
    """Delimited bytes read in the given format, ``step`` bytes at a time."""
    return gather(_chunks(data, declared, step, Format.model_validate({"kind": "csv", **fmt})))


def _chunks(data: bytes, declared: list[str], step: int, fmt: Format) -> Iterator[Chunk]:
    return read_delimited(Dribble(data, step) if step else io.BytesIO(data), fmt, declared)
