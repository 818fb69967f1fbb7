"""Fixed-width text: every column has a declared width in bytes of the encoding or in characters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import IO

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk, Record, Reject, chunks_of
from jobs.land.header import match_columns
from jobs.land.limits import beyond, bound
from jobs.land.textstream import utf8_blocks

_AGAIN = "Ask for the delivery again"
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
    lines = (
        line for number, line in enumerate(_lines(stream, fmt.encoding, bound(fmt, "record_kb"))) if number >= skipped
    )
    yield from chunks_of((_cut(n, line, edges, wanted, fmt) for n, line in enumerate(lines, 1)), len(wanted))


def _lines(stream: IO[bytes], encoding: str, longest: int) -> Iterator[str]:
    """Lines that are not empty, without their ends."""
    carry, empty = b"", True
    for block in utf8_blocks(stream, encoding):
        empty = False
        *whole, carry = (carry + block).split(b"\n")
        if max(map(len, (carry, *whole))) > longest << 10:
            raise beyond(f"a line is longer than {longest} kB", "record_kb", _AGAIN)
        yield from (line.rstrip(b"\r").decode() for line in whole if line.strip(b"\r\x1a"))
    if empty:
        raise SourceError("the file is empty", remedy=_AGAIN)
    if carry.strip(b"\r\x1a"):
        yield carry.rstrip(b"\r\x1a").decode()


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
