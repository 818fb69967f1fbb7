"""Delimited text: streamed, strictly decoded, records with a wrong number of fields set aside with their number."""

from __future__ import annotations

import csv as pycsv
import io
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Reject
from jobs.land.header import is_footer, match_columns

_BLOCK = 4 << 20
_HEAD = 1 << 16


def read_delimited(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of ``stream``; raises SourceError when bytes do not decode or the header differs."""
    head = stream.read(_HEAD)
    if not head.strip():
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    names = _header(head, fmt)
    wanted = match_columns(names, declared)
    invalid: list[Reject] = []
    try:
        reader = csv.open_csv(
            pa.PythonFile(_Rejoined(head, stream), mode="r"),
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                encoding="utf-8" if fmt.encoding == "utf-8-sig" else fmt.encoding,
                skip_rows=fmt.header_rows,
                column_names=[str(n) for n in range(len(names))],
            ),
            parse_options=csv.ParseOptions(
                delimiter=fmt.delimiter,
                quote_char=fmt.quote or False,
                newlines_in_values=bool(fmt.quote),
                invalid_row_handler=_collector(invalid, fmt),
            ),
            convert_options=csv.ConvertOptions(
                column_types={str(n): pa.string() for n in range(len(names))},
                include_columns=[str(n) for n in range(len(names))],
                strings_can_be_null=False,
                check_utf8=True,
            ),
        )
        yield from _numbered(reader, wanted, invalid, fmt)
    except pa.ArrowInvalid as error:
        raise _refusal(str(error), fmt) from None
    except UnicodeDecodeError as error:
        raise SourceError(
            f"bytes that are not {fmt.encoding} ({error.reason})", remedy="Ask for the file in the declared encoding"
        ) from None


class _Rejoined(io.RawIOBase):
    """The stream with its head put back."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            piece, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return piece + self._rest.read() if size < 0 else piece
        return self._rest.read(size)


def _header(head: bytes, fmt: Format) -> list[str]:
    """Column names: the last of the declared header rows."""
    text = head.decode(fmt.encoding, errors="ignore")
    rows = pycsv.reader(io.StringIO(text, newline=""), delimiter=fmt.delimiter, quotechar=fmt.quote or None)
    header: list[str] = []
    for _ in range(fmt.header_rows):
        header = next(rows, [])
    if not header:
        raise SourceError("the file has no header", remedy="Ask for a file with column names")
    return header


def _collector(invalid: list[Reject], fmt: Format) -> Any:
    def handle(row: csv.InvalidRow) -> str:
        if not is_footer(row.text.split(fmt.delimiter), fmt.footer):
            reason = f"column_count: {row.actual_columns} fields instead of {row.expected_columns}"
            invalid.append(Reject((row.number or 0) - fmt.header_rows, reason, row.text))
        return "skip"

    return handle


def _numbered(reader: Any, wanted: list[int], invalid: list[Reject], fmt: Format) -> Iterator[Chunk]:
    """Give records their numbers: those set aside keep theirs."""
    next_no, reported = 1, 0
    for batch in reader:
        fresh, reported = invalid[reported:], len(invalid)
        table = pa.Table.from_batches([batch])
        if fmt.footer and table.num_rows:
            first = pc.utf8_trim_whitespace(table.column(0))
            marks = [pc.starts_with(first, word) for word in fmt.footer]
            footer = marks[0]
            for mark in marks[1:]:
                footer = pc.or_(footer, mark)
            table = table.filter(pc.invert(footer))
        taken = {reject.row_no for reject in fresh}
        numbers = []
        while len(numbers) < table.num_rows:
            if next_no not in taken:
                numbers.append(next_no)
            next_no += 1
        while next_no in taken:
            next_no += 1
        yield Chunk([table.column(n) for n in wanted], pa.array(numbers, pa.int64()), fresh)
    if len(invalid) > reported:
        yield Chunk([pa.array([], pa.string()) for _ in wanted], pa.array([], pa.int64()), invalid[reported:])


def _refusal(problem: str, fmt: Format) -> SourceError:
    if "UTF8" in problem or "codec" in problem or "decode" in problem:
        return SourceError(f"bytes that are not {fmt.encoding}", remedy="Ask for the file in the declared encoding")
    return SourceError("the text cannot be parsed: a quote is not closed or a record is larger than 4 MB", remedy="Ask for the delivery again")
