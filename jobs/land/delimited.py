"""Delimited text: streamed, strictly decoded, unsound records set aside with their number.

Records are split here and only sound ones of the right width reach Arrow's parser, so that a damaged record cannot
shift a cell of its neighbours and every record has the number it has in the delivery.
"""

from __future__ import annotations

import csv as pycsv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import pyarrow as pa
from pyarrow import csv

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Reject
from jobs.land.header import header_names, is_footer, match_columns
from jobs.land.records import BLANK, UNSOUND, Dialect, Records, split_records
from jobs.land.textstream import utf8_blocks

_MAX_CARRY = 8 << 20
_MAX_SHOWN = 4_000
_EMPTY = b" \t\r\n\x1a"
"""A line of these alone is no record: blanks, or the end mark of an old system."""


def read_delimited(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of ``stream``; raises SourceError when bytes do not decode or the header differs."""
    reading = _Reading(fmt, declared, Dialect.of(fmt.delimiter, fmt.quote))
    carry = b""
    for block in utf8_blocks(stream, fmt.encoding):
        data = carry + block
        chunk, used = reading.take(data, final=False)
        carry = data[used:]
        if len(carry) > _MAX_CARRY:
            raise SourceError(f"a record is longer than {_MAX_CARRY >> 20} MB", remedy="Ask for the delivery again")
        if chunk:
            yield chunk
    chunk, _ = reading.take(carry, final=True)
    if reading.names is None:
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    if chunk:
        yield chunk


@dataclass
class _Reading:
    """What was read so far of one file: its header and the number of the last record."""

    fmt: Format
    declared: list[str]
    dialect: Dialect
    names: list[str] | None = None
    wanted: list[int] = field(default_factory=list)
    last_no: int = 0

    def take(self, data: bytes, final: bool) -> tuple[Chunk | None, int]:
        """A chunk of the whole records in ``data`` and how many bytes it used."""
        if not data.strip(_EMPTY) and (self.names is None or final):
            return None, 0
        records = split_records(data, self.dialect, final)
        first = 0
        if self.names is None:
            if len(records.ends) < self.fmt.header_rows and not final:
                return None, 0
            first = self._take_header(data, records)
        stop = self._before_footers(data, records, first)
        used = len(data) if final else int(records.starts[stop]) if stop < len(records.ends) else records.consumed
        return (self._chunk(data, records, first, stop) if stop > first else None), used

    def _take_header(self, data: bytes, records: Records) -> int:
        rows = self.fmt.header_rows
        self.names = header_names([self._cells(data, records, n) for n in range(min(rows, len(records.ends)))])
        self.wanted = match_columns(self.names, self.declared)
        return rows

    def _before_footers(self, data: bytes, records: Records, first: int) -> int:
        """Index behind the last record that is neither a footer nor blank; what follows may be the file's end."""
        stop, words, width = len(records.ends), self.fmt.footer, len(self.names or ())
        while words and stop > first:
            blank = records.fields[stop - 1] == BLANK
            if not blank and not is_footer(self._cells(data, records, stop - 1), words, width):
                break
            stop -= 1
        return stop

    def _cells(self, data: bytes, records: Records, index: int) -> list[str]:
        text = data[records.starts[index] : records.ends[index]].decode()
        if records.fields[index] == UNSOUND or not self.dialect.quote:
            return text.rstrip("\r\n").split(self.fmt.delimiter)
        lines = io.StringIO(text, newline="")
        try:
            return next(pycsv.reader(lines, delimiter=self.fmt.delimiter, quotechar=self.fmt.quote), [])
        except pycsv.Error:  # a field longer than its limit is neither a name nor a footer
            return [text]

    def _chunk(self, data: bytes, records: Records, first: int, stop: int) -> Chunk:
        starts, ends, fields = records.starts[first:stop], records.ends[first:stop], records.fields[first:stop].copy()
        width = len(self.names or ())
        odd = np.flatnonzero((fields != width) & (fields != BLANK))
        for index in odd:
            if width > 1 and not data[starts[index] : ends[index]].strip(_EMPTY):
                fields[index] = BLANK
        numbers = np.cumsum(fields != BLANK) + self.last_no
        self.last_no = int(numbers[-1])
        rejects = [
            Reject(int(numbers[n]), self._reason(int(fields[n])), _shown(data[starts[n] : ends[n]]))
            for n in odd
            if fields[n] != BLANK
        ]
        good = fields == width
        columns = self._parse(_joined(data, starts, ends, good) if len(odd) else data[starts[0] : ends[-1]])
        if columns and len(columns[0]) != np.count_nonzero(good):
            raise SourceError("two readings of the text differ in their records", remedy="Ask for the delivery again")
        return Chunk(columns, pa.array(numbers[good], pa.int64()), rejects)

    def _reason(self, fields: int) -> str:
        if fields == UNSOUND:
            return "quote: a quotation mark opens or closes where no field does"
        return f"column_count: {fields} fields instead of {len(self.names or ())}"

    def _parse(self, text: bytes) -> list[pa.Array | pa.ChunkedArray]:
        """The wanted columns of sound records of the right width."""
        keys = [str(n) for n in range(len(self.names or ()))]
        if not text.strip(b"\r\n"):
            return [pa.array([], pa.string()) for _ in self.wanted]
        table = csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=keys),
            parse_options=csv.ParseOptions(
                delimiter=self.fmt.delimiter,
                quote_char=self.fmt.quote or False,
                newlines_in_values=bool(self.fmt.quote),
            ),
            convert_options=csv.ConvertOptions(
                column_types={key: pa.string() for key in keys},
                include_columns=[keys[n] for n in self.wanted],
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
        return list(table.columns)


def _joined(data: bytes, starts: np.ndarray, ends: np.ndarray, good: np.ndarray) -> bytes:
    """The sound records, stretch by stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    return b"".join(data[starts[a] : ends[b - 1]] for a, b in zip(edges[0::2], edges[1::2], strict=True))


def _shown(record: bytes) -> str:
    return record.rstrip(b"\r\n").decode()[:_MAX_SHOWN]
