"""What one file of a resource may cost before it is refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jobs.contracts.base import Declared

Positive = Annotated[int, Field(ge=1, le=1_000_000)]


class Limits(Declared):
    """Bounds of reading one file. Those without a figure here depend on the kind of file (docs/formats.md)."""

    memory_mb: Annotated[int, Field(ge=128, le=262_144)] = 2048
    """Data that the reading process may hold, without the code that it shares."""
    cpu_seconds: Positive = 900
    """Processor time; 1 GiB of delimited text takes about 30 seconds."""
    seconds: Positive = 4 * 3600
    """By the clock, also while the lake is slow to take what was read."""
    size_mb: Positive | None = None
    """The file itself, or the one that an archive holds; a file that is read whole has a bound also without."""
    unpacked_mb: Positive | None = None
    """What an archive or a workbook may unpack to."""
    ratio: Annotated[int, Field(ge=2, le=100_000)] = 200
    """How many times its own size that may be."""
    depth: Annotated[int, Field(ge=1, le=200)] | None = None
    """How deep objects or elements may stand in each other."""
    record_kb: Positive | None = None
    """The longest record as it is written, and so the longest field."""
