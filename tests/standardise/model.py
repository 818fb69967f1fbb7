"""What versions are, said once more without SQL: the oracle of :mod:`jobs.standardise.versions`.

Deliveries are taken one after the other in their order; for each key it is remembered what stands and how it came to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple


class Row(NamedTuple):
    """A landed row: ``rank`` is the place of its delivery among the landed ones, ``order`` its period and sequence."""

    key: str
    rank: int
    row_no: int
    text: str
    deleted: bool
    good: bool

    @property
    def order(self) -> int:
        return self.rank * 100


@dataclass
class Version:
    """One state of a key, from the delivery that brought it to the one that ended it."""

    row: Row
    ended: int | None = None
    fate: str = "current"
    duplicates: int = 0
    replaced: int = 0


@dataclass
class History:
    """All versions of one key, and the one that stands."""

    versions: list[Version] = field(default_factory=list)
    stands: Version | None = None

    def end(self, at: int, fate: str) -> None:
        if self.stands is not None:
            self.stands.ended, self.stands.fate, self.stands = at, fate, None

    def take(self, rows: list[Row]) -> None:
        """One delivery's rows of this key: the last good one counts, the others repeat it or gave way to it."""
        good = sorted((row for row in rows if row.good), key=lambda row: row.row_no)
        if not good:
            return  # a quarantined row is a sign of life and no more
        chosen = good[-1]
        if self.stands is not None and self.stands.row.text == chosen.text:
            self.stands.duplicates += 1
        else:
            self.end(chosen.order, "superseded")
            self.stands = Version(chosen)
            self.versions.append(self.stands)
        self.stands.duplicates += sum(row.text == chosen.text for row in good[:-1])
        self.stands.replaced += sum(row.text != chosen.text for row in good[:-1])


def replay(rows: list[Row], mode: str, last: int) -> dict[tuple[str, int], Version]:
    """(key, row number in the order of all rows) → version, after ``last`` deliveries."""
    histories: dict[str, History] = defaultdict(History)
    by_rank = {rank: list(found) for rank, found in groupby(sorted(rows, key=lambda row: row.rank), lambda r: r.rank)}
    for rank in range(1, last + 1):
        arrived: dict[str, list[Row]] = defaultdict(list)
        for row in by_rank.get(rank, []):
            arrived[row.key].append(row)
        for key, found in arrived.items():
            histories[key].take(found)
        if mode == "full":
            for key in histories.keys() - arrived.keys():
                stands = histories[key].stands
                if stands is not None:
                    histories[key].end(stands.row.order, "withdrawn")  # an absence has no order of its own
    for history in histories.values():
        if mode != "full" and history.stands is not None and history.stands.row.deleted:
            history.end(history.stands.row.order, "withdrawn")
    return {(v.row.key, v.row.rank * 1000 + v.row.row_no): v for h in histories.values() for v in h.versions}


class Sent(NamedTuple):
    """A delivery as its department means it: ``rows`` are (key, text, deleted, good)."""

    day: int
    sequence: int
    corrects: bool
    withdrawn: bool
    rows: tuple[tuple[str, str, bool, bool], ...]


def standing(sent: list[Sent]) -> list[Sent]:
    """What stands in the end: as if the withdrawn had never been sent, and the corrected only as it was corrected."""
    kept = [one for one in sorted(sent, key=lambda one: (one.day, one.sequence)) if not one.withdrawn]
    stands: list[Sent] = []
    for one in kept:
        if one.corrects:
            stands = [other for other in stands if other.day != one.day]
        stands.append(one)
    return stands


def rows_of(sent: list[Sent]) -> list[Row]:
    """Rows of deliveries in their order, numbered as they lie."""
    return [
        Row(key, rank, number, text, deleted, good)
        for rank, one in enumerate(sent, 1)
        for number, (key, text, deleted, good) in enumerate(one.rows, 1)
    ]
