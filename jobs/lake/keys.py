"""The home's key: keyed hashes (HMAC-SHA256) that carry nothing of what they hash.

The space of a city's resident ids is small enough to enumerate, so an unkeyed hash would be reversible. The key
lies in the home's ``data/secrets``, outside the lake.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import Column
from pyspark.sql import functions as F

DEMO_KEY = "demo-key-of-a-simulated-city-demo-key"


def read_key(folder: Path) -> bytes:
    """The key of this home, made on first use."""
    path = folder / "lake.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"lake.key.{os.getpid()}")
        fresh.write_text(secrets.token_hex(32))
        fresh.chmod(0o600)
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes().strip()


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 of ``parts`` joined by U+001F, first 32 hex digits."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:32]


def keyed_hashes(key: bytes, name: str, parts: Sequence[Sequence[str | None]]) -> list[str]:
    """:func:`keyed_hash` of ``name`` and one value of each of ``parts``, row by row; a missing part counts as empty."""
    empty = hmac.new(key, name.encode(), hashlib.sha256)
    hashes = []
    for row in zip(*parts, strict=True):
        one = empty.copy()
        one.update("".join("\x1f" + (part or "") for part in row).encode())
        hashes.append(one.hexdigest()[:32])
    return hashes


def keyed_hash_column(key: bytes, *parts: Column) -> Column:
    """The same as :func:`keyed_hash`, computed by the engine; null if a part is null."""
    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    inner, outer = (bytearray(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    joined = parts[0]
    for part in parts[1:]:
        joined = F.concat(joined, F.lit("\x1f"), part)
    first = F.sha2(F.concat(F.lit(inner), F.encode(joined, "utf-8")), 256)
    return F.substring(F.sha2(F.concat(F.lit(outer), F.unhex(first)), 256), 1, 32)
