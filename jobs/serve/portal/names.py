"""File names and anchors made of ids: an id that is more than letters, digits, dots and underscores gets a hash."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")


def page_name(key: str) -> str:
    """A name that stays inside its folder on any file system; equal ids give equal names."""
    if len(key) <= 120 and _PLAIN.fullmatch(key):
        return key
    return "x" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
