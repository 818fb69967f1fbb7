"""Records that could not be taken, however many: kept in a file that has no name until they are written."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from jobs.land.chunk import Reject

REJECTS = pa.schema(
    [("_load_id", pa.string()), ("_row_no", pa.int64()), ("_reason", pa.string()), ("_text", pa.string())]
)

_SHOWN = 3
"""Numbers of rejects that are told where a delivery is refused for their number."""
_SIZES = re.compile(r"(?:column_count|length): ([0-9]+) \w+ instead of ([0-9]+)")
_WHOLE = ("footer", "header_again", "second_table")
"""Reasons for which a record is no record at all, though a whole line."""


def may_be_cut(reason: str, has_end: bool) -> bool:
    """Whether a file's last record, not taken for ``reason``, may be the beginning of one. What is no record is not;
    one with too many fields or characters is not if its line ``has_end``."""
    if reason.partition(":")[0] in _WHOLE:
        return False
    sizes = _SIZES.match(reason)
    return not (has_end and sizes and int(sizes[1]) > int(sizes[2]))


class RejectLog:
    """Rejects of one delivery, appended while it is read and read back once; ``first`` are the numbers of the first."""

    def __init__(self, load_id: str) -> None:
        self.count = 0
        self.first: list[int] = []
        self.last: Reject | None = None
        self._load_id = load_id
        self._file: IO[bytes] | None = None
        self._writer: pa.RecordBatchStreamWriter | None = None

    def add(self, rejects: list[Reject]) -> None:
        """Append rejects in the order of their numbers."""
        if not rejects:
            return
        if self._writer is None:
            self._file = tempfile.TemporaryFile(prefix="brain-rejects-")  # noqa: SIM115 - closed when read back
            self._writer = pa.ipc.new_stream(self._file, REJECTS)
        columns = [
            pa.repeat(self._load_id, len(rejects)),
            pa.array([reject.row_no for reject in rejects], pa.int64()),
            pa.array([reject.reason for reject in rejects], pa.string()),
            pa.array([reject.text for reject in rejects], pa.string()),
        ]
        self._writer.write_batch(pa.record_batch(columns, schema=REJECTS))
        self.count += len(rejects)
        self.first += [reject.row_no for reject in rejects[: _SHOWN - len(self.first)]]
        self.last = rejects[-1]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All of them; the file goes with the last."""
        if self._writer is None or self._file is None:
            return
        self._writer.close()
        self._file.seek(0)
        with self._file, pa.ipc.open_stream(self._file) as reader:
            yield from reader
