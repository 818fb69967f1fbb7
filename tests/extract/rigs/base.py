"""What a counterpart can do: hold deliveries, fail in a named way, and be well again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from tests.extract.certificates import Authority

PASSWORD = "geheim-Pässw0rd/+%:@ '\""
"""A password with everything that an address, a shell or a log would trip over."""
WIRE_PASSWORD = "geheim-Passw0rd/+%:@ '"
"""The same for what HTTP can carry."""
LINES = 40_000
"""Twice the 1 MB that every connector reads at once: something is on disk when half of it was read."""


class Rig:
    """One connector's counterpart. ``faults`` says for each way to fail what a report of it must hold."""

    name: ClassVar[str]
    faults: ClassVar[Mapping[str, tuple[str, ...]]]
    format: ClassVar[Mapping[str, object]] = {"kind": "csv"}
    asked_daily: ClassVar[bool] = False
    """One delivery a day, instead of as many as lie there."""
    password: ClassVar[str] = PASSWORD

    def __init__(self, home: Path, authority: Authority) -> None:
        self.home, self.authority = home, authority
        self.fault = ""
        self.ending = "csv"

    def __enter__(self) -> Rig:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop what was started."""

    def access(self) -> dict[str, object]:
        """How the catalog declares it; secrets by the names of :meth:`secrets`."""
        raise NotImplementedError

    def secrets(self) -> dict[str, str]:
        """The true secrets by name."""
        return {"dep_password": self.password, "dep_ca": self.authority.pem}

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        """Make one delivery available, for 2026-03-01; the next one supersedes it under the next sequence.

        ``content`` is that of the file, where deliveries are files, instead of a table that holds ``text``.
        """
        raise NotImplementedError

    def fail(self, fault: str) -> None:
        """From now on fail in this way."""
        self.fault = fault

    def heal(self) -> None:
        """Be well again."""
        self.fault = ""

    def is_whole(self, blob: Path) -> bool:
        """Whether the blob is the delivery that was put last."""
        raise NotImplementedError


@lru_cache
def csv_of(text: str) -> bytes:
    """A delivery of some megabytes: more than any buffer on its way."""
    rows = (f"{number},{text}{number},东城街道第{number % 97}号大楼第一层第二室\n" for number in range(LINES))
    return ("编号,姓名,地址\n" + "".join(rows)).encode()


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
