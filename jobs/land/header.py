"""Matching a delivery's columns with the declared ones: by name, never by position."""

from __future__ import annotations

import unicodedata

from jobs.errors import SourceError


def match_columns(found: list[str], declared: list[str]) -> list[int]:
    """Positions in ``found`` of each declared column; raises SourceError when one is missing or given twice."""
    names = [clean_name(name) for name in found]
    positions = {}
    for position, name in enumerate(names):
        if name in positions:
            raise SourceError(f"column {name!r} stands twice in the header", remedy="Ask for a file with unique columns")
        if name:
            positions[name] = position
    missing = [name for name in declared if clean_name(name) not in positions]
    if missing:
        extra = [name for name in names if name and name not in {clean_name(column) for column in declared}]
        hint = f"; new in the file: {', '.join(extra[:5])}" if extra else ""
        raise SourceError(
            f"the header lacks {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}{hint}",
            remedy="Ask the department, or declare the new name in the resource's fields",
        )
    return [positions[clean_name(name)] for name in declared]


def clean_name(name: str) -> str:
    """A header as people mean it: NFKC, no blanks, no byte order mark."""
    return "".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").split())


def is_footer(cells: list[str | None], words: tuple[str, ...]) -> bool:
    """Whether a record is a footer: its first filled cell starts with one of the declared words."""
    first = next((cell.strip() for cell in cells if cell and cell.strip()), "")
    return bool(words) and first.startswith(words)
