"""Delimited text: streamed, strictly decoded, unsound records set aside with their number.

Records are split here and only sound ones of the right width reach Arrow's parser, so that a damaged record cannot
shift a cell of its neighbours and every record has the number it has in the delivery.
"""

from __future__ import annotations

import csv as pycsv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import pyarrow as pa
from pyarrow import csv

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Reject, noted
from jobs.land.columns import clean_name
from jobs.land.header import LOOKED_AT, Header, HeaderFault, find_header
from jobs.land.limits import beyond, bound
from jobs.land.records import BLANK, UNSOUND, Dialect, Records, line_ends, split_records
from jobs.land.rowkinds import DAMAGED, is_footer, is_like_footer
from jobs.land.suspects import Suspects
from jobs.land.textstream import searched_blocks

_MAX_SHOWN = 4_000
_EMPTY = b" \t\r\n\x1a"
"""A line of these alone is no record: blanks, or the end mark of an old system."""
_ONLY_EMPTY, _ONLY_ENDS = re.compile(rb"[ \t\r\n\x1a]*+"), re.compile(rb"[\r\n]*+")
_PRIVATE = b"\xee"
_DELIMITERS = (",", "\t", ";", "|", "^", "~", "\x01", "，")
_FOOTER = "footer: reads as a footer; declare `footer` with its first word"


def read_delimited(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of ``stream``; raises SourceError when bytes do not decode or the header differs."""
    reading = _Reading(fmt, declared, Dialect.of(fmt.delimiter, fmt.quote))
    yield from noted(_chunks(stream, fmt, reading), reading.notes, len(declared))


def _chunks(stream: IO[bytes], fmt: Format, reading: _Reading) -> Iterator[Chunk]:
    carry, longest = b"", bound(fmt, "record_kb") << 10
    for block, found in searched_blocks(stream, fmt.encoding, DAMAGED, notes=reading.notes):
        data, reading.doubtful = carry + block, found or (reading.doubtful and bool(carry))
        chunk, used = reading.take(data, final=False)
        carry = data[used:]
        if len(carry) > longest:
            raise beyond(f"a record is longer than {longest >> 10} kB", "record_kb", "Ask for the delivery again")
        if chunk:
            yield chunk
    chunk, _ = reading.take(carry, final=True)
    if reading.header is None:
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    if chunk:
        yield chunk


@dataclass
class _Reading:
    """What was read so far of one file: its header and the number of the last record."""

    fmt: Format
    declared: list[str]
    dialect: Dialect
    header: Header | None = None
    suspects: Suspects | None = None
    keys: list[str] = field(default_factory=list)
    last_no: int = 0
    first_end: int | None = None
    """How the first line ends: see :func:`line_ends`."""
    notes: dict[str, int] = field(default_factory=dict)
    """What is to be said with the next chunk."""
    doubtful: bool = False
    """Whether a mark of damage may be in the records that come next."""

    def take(self, data: bytes, final: bool) -> tuple[Chunk | None, int]:
        """A chunk of the whole records in ``data`` and how many bytes it used."""
        if (self.header is None or final) and _ONLY_EMPTY.fullmatch(data):
            if self.header:
                self._count("end_mark", data.count(b"\x1a"))
                self._count("blank", len(data.splitlines()) - data.endswith(b"\x1a"))
            return None, 0
        records = split_records(data, self.dialect, final)
        self._require_short(records)
        first = 0
        if self.header is None:
            if len(records.ends) < self.fmt.header_rows + self.fmt.preamble and not final:
                return None, 0
            first = self._take_header(data, records)
        stop = self._before_footers(data, records, first)
        used = len(data) if final else int(records.starts[stop]) if stop < len(records.ends) else records.consumed
        last = len(records.ends) if final else stop
        self._note_ends(data, records.ends[:last])
        return (self._chunk(data, records, first, stop, last) if last > first else None), used

    def _require_short(self, records: Records) -> None:
        """Hold whole records to a declared limit; without one only what a block cannot hold is too long."""
        longest = self.fmt.limits.record_kb
        if longest and len(records.ends) and int((records.ends - records.starts).max()) > longest << 10:
            raise beyond(f"a record is longer than {longest} kB", "record_kb", "Ask for the delivery again")

    def _take_header(self, data: bytes, records: Records) -> int:
        """Find the header; returns the index of the first record behind it."""
        leading = 0
        while not self.fmt.preamble and leading < len(records.fields) and records.fields[leading] == BLANK:
            leading += 1
        rows = [self._cells(data, records, n) for n in range(leading, min(leading + LOOKED_AT, len(records.ends)))]
        try:
            self.header = find_header(rows, self.fmt, self.declared)
        except SourceError as error:
            found = self._other_delimiter(data, records, leading + self.fmt.preamble)
            if not found:
                raise
            remedy = f"Declare `delimiter: {found!r}`, or ask for the file with {self.fmt.delimiter!r}"
            raise HeaderFault(f"the delimiter is {found!r}, not {self.fmt.delimiter!r}", remedy=remedy) from error
        behind = min(leading + self.fmt.preamble + self.fmt.header_rows, len(records.ends))
        line = data[records.starts[behind - 1] : records.ends[behind - 1]].rstrip(b"\r\n") if self.header.last else b""
        self.keys = [str(n) for n in range(self.header.width)]
        self.suspects = Suspects(self.header, line, self.dialect.delimiter, self.dialect.quote, self._split)
        self._count("preamble", self.fmt.preamble)
        self._count("blank", leading)
        names = self.header.last
        trailing = len(names) - max((place for place, name in enumerate(names, 1) if name), default=0)
        self._count("trailing_delimiter", trailing)
        self._count("nameless_columns", names.count("") - trailing)
        return behind

    def _count(self, note: str, times: int) -> None:
        if times:
            self.notes[note] = self.notes.get(note, 0) + times

    def _note_ends(self, data: bytes, ends: np.ndarray) -> None:
        """Count lines that end otherwise than the first one."""
        kinds = line_ends(data, ends)
        if self.first_end is None and len(kinds):
            self.first_end = int(kinds[0])
        self._count("mixed_ends", int(np.count_nonzero(kinds != self.first_end)))

    def _other_delimiter(self, data: bytes, records: Records, index: int) -> str | None:
        """The delimiter with which the header line has all the declared names."""
        if index >= len(records.ends):
            return None
        line = data[records.starts[index] : records.ends[index]].decode().strip("\ufeff\r\n")
        wanted = {clean_name(name) for name in self.declared}
        for other in _DELIMITERS:
            parts = {clean_name(part.strip("\"'")) for part in line.split(other)}
            if other != self.fmt.delimiter and wanted <= parts:
                return other
        return None

    def _before_footers(self, data: bytes, records: Records, first: int) -> int:
        """Index behind the last record that is neither like a footer nor blank; what follows may be the file's end."""
        stop = len(records.ends)
        while stop > first and self._may_end(data, records, stop - 1):
            stop -= 1
        return stop

    def _may_end(self, data: bytes, records: Records, index: int) -> bool:
        if records.fields[index] == BLANK:
            return True
        cells, width = self._cells(data, records, index), self.header.width if self.header else 0
        return is_footer(cells, self.fmt.footer, width) or is_like_footer(cells, width)

    def _cells(self, data: bytes, records: Records, index: int) -> list[str]:
        record = data[records.starts[index] : records.ends[index]]
        if records.fields[index] == UNSOUND:
            return record.decode().rstrip("\r\n").split(self.fmt.delimiter)
        return self._split(record)

    def _split(self, record: bytes) -> list[str]:
        text = record.decode()
        if not self.dialect.quote:
            return text.rstrip("\r\n").split(self.fmt.delimiter)
        lines = io.StringIO(text, newline="")
        try:
            return next(pycsv.reader(lines, delimiter=self.fmt.delimiter, quotechar=self.fmt.quote), [])
        except pycsv.Error:  # a field longer than its limit is neither a name nor a footer
            return [text]

    def _chunk(self, data: bytes, records: Records, first: int, stop: int, last: int) -> Chunk:
        """Records ``first`` to ``last``; from ``stop`` on they are footers or blank."""
        assert self.header and self.suspects
        starts, ends, fields = records.starts[first:last], records.ends[first:last], records.fields[first:last].copy()
        width, body = self.header.width, stop - first
        odd = np.flatnonzero((fields != width) & (fields != BLANK))
        for index in odd:
            if width > 1 and not (record := data[starts[index] : ends[index]]).strip(_EMPTY):
                fields[index] = BLANK
                self._count("end_mark" if b"\x1a" in record else "blank", 1)
        self.suspects.may_be_damaged = self.doubtful
        reasons = self.suspects.reasons(data, starts[:body], ends[:body], fields[:body])
        for tail in range(body, len(fields)):
            self._end_with(self._split(data[starts[tail] : ends[tail]]), tail, fields, reasons)
        numbers = np.cumsum(fields != BLANK) + self.last_no
        self.last_no = int(numbers[-1])
        reasons |= {int(n): self._reason(int(fields[n])) for n in odd if fields[n] != BLANK and int(n) not in reasons}
        rejects = [
            Reject(int(numbers[n]), reason, _shown(data[starts[n] : ends[n]])) for n, reason in sorted(reasons.items())
        ]
        good = fields == width
        good[list(reasons)] = False
        whole = len(good) > 0 and bool(good.all())
        columns = self._parse(data[starts[0] : ends[-1]] if whole else _joined(data, starts, ends, good))
        if columns and len(columns[0]) != np.count_nonzero(good):
            raise SourceError("two readings of the text differ in their records", remedy="Ask for the delivery again")
        return Chunk(columns, pa.array(numbers[good], pa.int64()), rejects, self._notes(data, ends))

    def _end_with(self, cells: list[str], index: int, fields: np.ndarray, reasons: dict[int, str]) -> None:
        """A declared footer is counted, one that nobody declared is set aside."""
        assert self.header and self.suspects
        if fields[index] == BLANK:
            self._count("blank", 1)
        elif is_footer(cells, self.fmt.footer, self.header.width):
            fields[index] = BLANK
            self.suspects.notes["footer"] = self.suspects.notes.get("footer", 0) + 1
        else:
            reasons[index] = _FOOTER

    def _notes(self, data: bytes, ends: np.ndarray) -> dict[str, int]:
        """What there is to say of this chunk."""
        assert self.suspects
        notes, self.suspects.notes = self.suspects.notes, {}
        if len(ends) and ends[-1] > len(data):
            notes["open_end"] = 1
        if _PRIVATE in data:  # to count takes thirty times as long as to look
            notes["private_use"] = data.count(_PRIVATE)
        return notes

    def _reason(self, fields: int) -> str:
        if fields == UNSOUND:
            return "quote: a quotation mark opens or closes where no field does"
        return f"column_count: {fields} fields instead of {self.header.width if self.header else 0}"

    def _parse(self, text: bytes) -> list[pa.Array | pa.ChunkedArray]:
        """The wanted columns of sound records of the right width."""
        assert self.header
        if _ONLY_ENDS.fullmatch(text):
            return [pa.array([], pa.string()) for _ in self.header.wanted]
        table = csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=self.keys),
            parse_options=csv.ParseOptions(
                delimiter=self.fmt.delimiter,
                quote_char=self.fmt.quote or False,
                newlines_in_values=bool(self.fmt.quote),
            ),
            convert_options=csv.ConvertOptions(
                column_types={key: pa.string() for key in self.keys},
                include_columns=[self.keys[n] for n in self.header.wanted],
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
