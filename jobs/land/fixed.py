"""Fixed-width text: every column has a declared width in bytes of the encoding or in characters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, islice, pairwise
from typing import IO

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject, chunks_of, noted
from jobs.land.header import match_columns
from jobs.land.limits import bound
from jobs.land.textstream import utf8_lines

_BLANK = b"\r\x1a"
_MAX_SHOWN = 4_000


def read_fixed(stream: IO[bytes], fmt: Format, declared: list[str]) -> Iterator[Chunk]:
    """Chunks of a file of lines of one length; cells lose the blanks that pad them.

    A line of another length is set aside: a byte too few or too many shifts every cell behind it.
    """
    if not fmt.widths:
        raise SourceError("the format says no widths", remedy="Declare `widths` of all columns, in their order")
    if fmt.counted == "bytes" and fmt.encoding.startswith("utf-16"):
        raise SourceError("widths in bytes of UTF-16 are not read", remedy="Declare `counted: characters`")
    wanted = match_columns(list(fmt.widths), declared)
    edges = list(pairwise(accumulate(fmt.widths.values(), initial=0)))
    skipped = fmt.preamble + fmt.header_rows
    notes = {"preamble": fmt.preamble} if fmt.preamble else {}
    lines = islice(utf8_lines(stream, fmt.encoding, bound(fmt, "record_kb"), _BLANK, notes), skipped, None)
    records = (_cut(n, line.decode(), edges, wanted, fmt) for n, line in enumerate(lines, 1))
    yield from noted(chunks_of(records, len(wanted)), notes, len(wanted))


def _cut(number: int, line: str, edges: list[tuple[int, int]], wanted: list[int], fmt: Format) -> Record | Reject:
    """The wanted cells of a line; a reject where its length or a character does not fit the widths."""
    in_bytes = fmt.counted == "bytes"
    data: bytes | str = line.encode(fmt.encoding.removesuffix("-sig")) if in_bytes else line
    if len(data) != edges[-1][1]:
        return Reject(number, f"length: {len(data)} {fmt.counted} instead of {edges[-1][1]}", line[:_MAX_SHOWN])
    try:
        cells = [_text(data[a:b], fmt.encoding) for a, b in edges]
    except UnicodeDecodeError:
        return Reject(number, "length: a width ends inside a character", line[:_MAX_SHOWN])
    return [cells[n] for n in wanted]


def _text(part: bytes | str, encoding: str) -> str:
    text = part.decode(encoding.removesuffix("-sig")) if isinstance(part, bytes) else part
    return text.strip(" ")
