"""What was looked at before: so that a file that is still the same is not transferred again. A cache, not testimony."""

from __future__ import annotations

import json
import os
from pathlib import Path


class Seen:
    """Stamps of the files of one resource, and which delivery each of them was. Losing it costs time only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamps: dict[str, list[str]] = {}
        self._fresh = False
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(found, dict):
            self._stamps = {file: pair for file, pair in found.items() if isinstance(pair, list) and len(pair) == 2}

    def delivery(self, file: str, stamp: str) -> str:
        """Load id of the delivery that ``file`` was when it had ``stamp``; empty if that is not known."""
        found = self._stamps.get(file)
        return found[1] if stamp and found and found[0] == stamp else ""

    def note(self, file: str, stamp: str, load_id: str) -> None:
        """Remember one file."""
        if stamp:
            self._fresh |= self._stamps.get(file) != [stamp, load_id]
            self._stamps[file] = [stamp, load_id]

    def save(self) -> None:
        """Write it down, if there is anything new."""
        if not self._fresh:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(self._stamps, ensure_ascii=False), encoding="utf-8")
        written.replace(self._path)
        self._fresh = False
