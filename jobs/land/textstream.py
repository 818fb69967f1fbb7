"""Bytes of a declared encoding as blocks of UTF-8, strictly: one byte that does not decode refuses the file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from typing import IO

from jobs.errors import SourceError
from jobs.land.encodings import found_encoding, require_declared, require_one
from jobs.land.gb18030 import as_utf8, by_iconv, is_final
from jobs.land.libc import memmem
from jobs.land.limits import beyond

BLOCK = 4 << 20
_WORTH = 8 << 20
"""Bytes behind which the converter of the C library is worth the time of trying it."""
AGAIN = "Ask for the delivery again"
_MARK, _END = "\ufeff".encode(), b"\x1a"
_CHINESE = ("gb18030", "gbk", "big5")


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
    for block, _ in searched_blocks(stream, encoding, (), size, notes):
        yield block


def searched_blocks(
    stream: IO[bytes], encoding: str, marks: Sequence[str], size: int = BLOCK, notes: dict[str, int] | None = None
) -> Iterator[tuple[bytes, bool]]:
    """The same, and whether one of ``marks`` may be in the block: that is seen sooner here than in its records. A byte
    order mark that nobody declared is counted in ``notes``."""
    decoder, taken, first = _Decoder(encoding, marks), 0, True
    while True:
        raw = stream.read(size)
        whole = decoder.pending + raw if decoder.pending else raw
        block, found = decoder.take(raw, whole, taken)
        if encoding in _CHINESE:
            require_one(raw, encoding, taken)
        taken += len(raw)
        if first and block:
            require_declared(whole, encoding)
            if notes is not None:
                _count(notes, "bom", int(encoding != "utf-8-sig" and block.startswith(_MARK)))
            block, first = block.removeprefix(_MARK), False
        if block:
            yield block, found
        if not raw:
            return


class _Decoder:
    """Bytes of one encoding on their way to UTF-8; ``pending`` are those of a character that a block's end has cut."""

    def __init__(self, encoding: str, marks: Sequence[str]) -> None:
        self._encoding, self._marks = encoding, [mark.encode() for mark in marks]
        self._heads = {mark[0] for mark in marks}
        self._is_plain = encoding in ("utf-8", "utf-8-sig")
        self._python = codecs.getincrementaldecoder("utf-8" if self._is_plain else encoding)("strict")
        self.pending = b""

    def take(self, raw: bytes, whole: bytes, before: int) -> tuple[bytes, bool]:
        """The text of ``whole``, which is ``pending`` and ``raw``, and whether a mark may be in it."""
        is_large = self._encoding == "gb18030" and len(raw) >= BLOCK and before >= _WORTH
        return (self._converted(whole) if is_large else None) or self._decoded(raw, whole, before)

    def _converted(self, whole: bytes) -> tuple[bytes, bool] | None:
        convert, holds = by_iconv(), memmem()
        if convert is None or holds is None:
            return None
        block, used = convert(whole)
        if not is_final(block, len(whole) - used):
            return None
        self.pending = whole[used:]
        self._python.setstate((self.pending, 0))
        return block, any(holds(block, mark) for mark in self._marks)

    def _decoded(self, raw: bytes, whole: bytes, before: int) -> tuple[bytes, bool]:
        try:
            text = self._python.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise _undecodable(whole, before - len(self.pending), error, self._encoding) from None
        except UnicodeError:  # UTF-16 says at its start which byte comes first
            raise SourceError(
                f"{self._encoding} without a byte order mark",
                remedy=_remedy(found_encoding(whole), "UTF-8 or with its mark", self._encoding),
            ) from None
        self.pending = self._python.getstate()[0] if raw else b""
        if self._is_plain:
            block = whole[: len(whole) - len(self.pending)]
        else:
            block = as_utf8(text) if self._encoding == "gb18030" else text.encode()
        return block, any(head in text for head in self._heads)


def _undecodable(raw: bytes, before: int, error: UnicodeDecodeError, encoding: str) -> SourceError:
    found = found_encoding(raw)
    problem = f"byte {before + error.start + 1} is not {encoding} ({error.reason})"
    if found and found != encoding:
        problem += f"; the file reads as {found}"
    return SourceError(problem, remedy=_remedy(found, "the declared encoding", encoding))


def _remedy(found: str | None, wanted: str, encoding: str) -> str:
    ask = f"Ask for the file in {wanted}"
    return f"{ask}, or declare `encoding: {found}`" if found and found != encoding else ask
