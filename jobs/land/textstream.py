"""Bytes of a declared encoding as blocks of UTF-8, strictly: one byte that does not decode refuses the file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO

from jobs.errors import SourceError
from jobs.land.encodings import found_encoding, require_declared, require_one
from jobs.land.limits import beyond

BLOCK = 2 << 20
AGAIN = "Ask for the delivery again"
_MARK, _END = "\ufeff".encode(), b"\x1a"
_CHINESE = ("gb18030", "gbk", "big5")
_PRIVATE_LEAD = b"\xee"
"""The first UTF-8 byte of U+E000 to U+EFFF, and of nothing else."""
_SINCE_2022 = dict(
    zip(
        [*range(0xE78D, 0xE797), 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864],
        [0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A), *range(0x9FB4, 0x9FBC)],
        strict=True,
    )
)
"""GB 18030-2022, table D.1: two-byte codes that stood for the private area and now stand for a character."""


def utf8_lines(stream: IO[bytes], encoding: str, longest: int, blanks: bytes, notes: dict[str, int]) -> Iterator[bytes]:
    """Lines in UTF-8 that hold more than ``blanks``, without their ends; SourceError where there is no byte, and where
    a line is longer than ``longest`` kB.

    Lines that were passed over, that end otherwise than most and that do not end at all are counted in ``notes``.
    """
    carry, empty, feeds, returns = b"", True, 0, 0
    for block in utf8_blocks(stream, encoding, notes=notes):
        data, empty = carry + block, False
        *whole, carry = data.split(b"\n")
        if max(map(len, (carry, *whole))) > longest << 10:
            raise beyond(f"a line is longer than {longest} kB", "record_kb", AGAIN)
        feeds, returns = feeds + len(whole), returns + data.count(b"\r\n")
        held = [line.rstrip(b"\r") for line in whole if line.strip(blanks)]
        _count(notes, "blank", len(whole) - len(held))
        yield from held
    if empty:
        raise SourceError("the file is empty", remedy=AGAIN)
    _count(notes, "mixed_ends", min(returns, feeds - returns))
    _count(notes, "end_mark", int(carry.endswith(_END)))
    if carry.strip(blanks):
        _count(notes, "open_end", 1)
        yield carry.rstrip(b"\r" + _END)


def _count(notes: dict[str, int], note: str, times: int) -> None:
    if times:
        notes[note] = notes.get(note, 0) + times


def utf8_blocks(
    stream: IO[bytes], encoding: str, size: int = BLOCK, notes: dict[str, int] | None = None
) -> Iterator[bytes]:
    """Blocks of whole characters in UTF-8 without a byte order mark; SourceError with the place of a wrong byte, and
    where the bytes decode but are in another encoding all the same."""
    for block, _ in searched_blocks(stream, encoding, "", size, notes):
        yield block


def searched_blocks(
    stream: IO[bytes], encoding: str, characters: str, size: int = BLOCK, notes: dict[str, int] | None = None
) -> Iterator[tuple[bytes, bool]]:
    """The same, and whether one of ``characters`` is in the block: that is seen at once before it is UTF-8. A mark
    that nobody declared is counted in ``notes``."""
    plain = encoding in ("utf-8", "utf-8-sig")
    decoder = codecs.getincrementaldecoder("utf-8" if plain else encoding)("strict")
    taken, pending, first = 0, b"", True
    while True:
        raw = stream.read(size)
        whole = pending + raw if pending else raw
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise _undecodable(whole, taken - len(pending), error, encoding) from None
        except UnicodeError:  # UTF-16 says at its start which byte comes first
            raise SourceError(
                f"{encoding} without a byte order mark",
                remedy=_remedy(found_encoding(whole), "UTF-8 or with its mark", encoding),
            ) from None
        if encoding in _CHINESE:
            require_one(raw, encoding, taken)
        taken += len(raw)
        pending = decoder.getstate()[0] if raw else b""
        block = whole[: len(whole) - len(pending)] if plain else text.encode()
        if encoding == "gb18030" and _PRIVATE_LEAD in block:
            block = text.translate(_SINCE_2022).encode()
        if first and block:
            require_declared(whole, encoding)
            if notes is not None:
                _count(notes, "bom", int(encoding != "utf-8-sig" and block.startswith(_MARK)))
            block, first = block.removeprefix(_MARK), False
        if block:
            yield block, any(character in text for character in characters)
        if not raw:
            return


def _undecodable(raw: bytes, before: int, error: UnicodeDecodeError, encoding: str) -> SourceError:
    found = found_encoding(raw)
    problem = f"byte {before + error.start + 1} is not {encoding} ({error.reason})"
    if found and found != encoding:
        problem += f"; the file reads as {found}"
    return SourceError(problem, remedy=_remedy(found, "the declared encoding", encoding))


def _remedy(found: str | None, wanted: str, encoding: str) -> str:
    ask = f"Ask for the file in {wanted}"
    return f"{ask}, or declare `encoding: {found}`" if found and found != encoding else ask
