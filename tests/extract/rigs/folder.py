"""A folder of the inbox."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from tests.extract.rigs.base import Rig, csv_of, hash_of

_LARGE = 300 << 20


class InboxFolder(Rig):
    """Files as departments leave them."""

    name = "folder"
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "changed": ("changed while it was read", "renamed when whole"),
        "truncated": ("differs from the SHA-256", "Send it again"),
    }
    _sequence = 0

    def access(self) -> dict[str, object]:
        return {"kind": "files", "path": "dep/sys", "pattern": "thing_{period}_{sequence}." + self.ending}

    @property
    def _folder(self) -> Path:
        folder = self.home / "data" / "inbox" / "dep" / "sys"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def _file(self) -> Path:
        return self._folder / f"thing_20260301_{self._sequence}.{self.ending}"

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self._sequence += 1
        self._content = content or csv_of(text)
        self._file.write_bytes(self._content)

    def fail(self, fault: str) -> None:
        super().fail(fault)
        told = self._file.with_name(self._file.name + ".manifest.json")
        if fault == "truncated":
            told.write_text(json.dumps({"sha256": hash_of(self._content)}))
            self._file.write_bytes(self._content[:-100])
        else:
            with self._file.open("r+b") as file:
                file.truncate(_LARGE)
        if fault == "changed":
            self._writer = threading.Thread(target=self._append_while_read)
            self._writer.start()

    def _append_while_read(self) -> None:
        """Write on as soon as somebody has begun to copy the file, which no other delivery is as large as."""
        blobs, until = self.home / "data" / "lake" / "1_extracted" / "dep.sys", time.monotonic() + 20
        while time.monotonic() < until and not any(map(_is_large, blobs.glob(".partial-*"))):
            time.sleep(0.002)
        with self._file.open("ab") as file:
            file.write(b"more")

    def heal(self) -> None:
        if self.fault == "changed":
            self._writer.join()
        super().heal()
        self._file.with_name(self._file.name + ".manifest.json").unlink(missing_ok=True)
        self._file.write_bytes(self._content)

    def is_whole(self, blob: Path) -> bool:
        return blob.read_bytes() == self._content


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > 1 << 20
    except FileNotFoundError:
        return False
