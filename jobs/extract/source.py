"""What every connector is: it lists what is there, and writes one of them into a sink. The job does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from jobs.errors import SourceError
from jobs.extract.blobs import Sink


@dataclass(frozen=True)
class Fetched:
    """What was learnt while fetching: facts for the manifest, and whether there was anything to take."""

    facts: dict[str, Any] = field(default_factory=dict)
    is_delivery: bool = True
    settled: bool = True
    """Whether the stamp would differ if the content changed from now on."""


@dataclass(frozen=True)
class Offer:
    """A delivery that can be taken now, and what is said about it."""

    file: str
    """Its name as reports show it."""
    period: str
    sequence: int
    received_at: str
    fetch: Callable[[Sink], Fetched]
    """Write it; SourceError where it cannot be had whole and unchanged."""
    manifest: dict[str, Any] = field(default_factory=dict)
    stamp: str = ""
    """Changes whenever its content does; empty where the source has no such thing."""


class Source(Protocol):
    """One resource at its place, connected."""

    def offers(self) -> Iterator[Offer | SourceError]:
        """What is there now, in any order; a SourceError for each item that is there but cannot be meant.

        Raises SourceError if the source itself cannot be read.
        """


@dataclass(frozen=True)
class Asked:
    """What a source that answers questions (a database, an API) is asked for."""

    as_of: str
    """Cut-off day."""
    last: dict[str, Any]
    """Manifest of the newest delivery that was not refused; empty before the first."""
    since: str
    """Its period."""
    is_taken: bool
    """Whether the day was extracted before."""


def located(error: SourceError, **where: object) -> SourceError:
    """The same error, which also says where; what it says already stays."""
    return type(error)(error.problem, remedy=error.remedy, **{**where, **error.where})
