"""Bytes of a declared encoding as blocks of UTF-8, strictly: one byte that does not decode refuses the file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO

from jobs.errors import SourceError

BLOCK = 4 << 20
_MARK = "\ufeff".encode()


def utf8_blocks(stream: IO[bytes], encoding: str, size: int = BLOCK) -> Iterator[bytes]:
    """Blocks of whole characters in UTF-8 without a byte order mark; SourceError with the place of a wrong byte."""
    plain = encoding in ("utf-8", "utf-8-sig")
    decoder = codecs.getincrementaldecoder("utf-8" if plain else encoding)("strict")
    taken, pending, first = 0, b"", True
    while True:
        raw = stream.read(size)
        whole = pending + raw if pending else raw
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise SourceError(
                f"byte {taken - len(pending) + error.start + 1} is not {encoding} ({error.reason})",
                remedy="Ask for the file in the declared encoding",
            ) from None
        except UnicodeError:  # UTF-16 says at its start which byte comes first
            raise SourceError(
                f"{encoding} without a byte order mark", remedy="Ask for the file in UTF-8 or with its mark"
            ) from None
        taken += len(raw)
        pending = decoder.getstate()[0] if raw else b""
        block = whole[: len(whole) - len(pending)] if plain else text.encode()
        if first and block:
            block, first = block.removeprefix(_MARK), False
        if block:
            yield block
        if not raw:
            return
