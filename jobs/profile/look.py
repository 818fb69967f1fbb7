"""One delivered file looked at: its format, the elements of its columns, what names a row, how deliveries follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from jobs.contracts import Catalog
from jobs.errors import UsageError
from jobs.profile.container import opened
from jobs.profile.facts import Codes, gather_facts
from jobs.profile.likeness import make_index
from jobs.profile.match import Match, Matcher
from jobs.profile.proposal import Proposal
from jobs.profile.sample import Sample, read_sample
from jobs.profile.shapes import DELETED

_NEARLY = 0.98
_MOSTLY = 0.75
_RECENT_DAYS = 7
_PAIRED = 8


@dataclass(frozen=True)
class Key:
    """Columns that name a row, and how many rows of the sample have a value of their own."""

    columns: tuple[str, ...]
    own: int
    rows: int


@dataclass(frozen=True)
class Load:
    """How deliveries seem to follow each other, and why."""

    mode: str
    why: str
    operation: str = ""
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """All that was seen of a file; nothing in it is a value of the file."""

    file: str
    proposal: Proposal
    rows: int
    rejected: int
    whole: bool
    matches: tuple[Match, ...]
    keys: tuple[Key, ...]
    load: Load

    def count(self, grade: str) -> int:
        return sum(match.grade == grade for match in self.matches)


def profile_file(path: Path, catalog: Catalog, part: str = "") -> Profile:
    """Look at a bounded sample of ``path``; UsageError or SourceError where there is nothing to look at."""
    if not path.is_file():
        raise UsageError(f"there is no file {path.name!r}", remedy="Give the path of one delivered file")
    index = make_index(catalog)
    with opened(path, part, index.is_name) as (blob, proposal):
        sample = read_sample(blob, proposal.format, proposal.names)
    facts = gather_facts(sample.columns, Codes(catalog))
    labels = [proposal.labels.get(name, "") for name in proposal.names]
    matches = Matcher(catalog, index).match(list(zip(proposal.names, labels, facts, strict=True)))
    keys = key_candidates(sample, matches)
    return Profile(
        path.name, proposal, sample.rows, sample.rejected, sample.whole, tuple(matches), keys, load_guess(matches)
    )


def key_candidates(sample: Sample, matches: Sequence[Match]) -> tuple[Key, ...]:
    """Columns with a value of their own on (nearly) every row, the best first; else pairs of columns; else the best."""
    rows = sample.rows
    single = [(Key((m.column,), m.facts.distinct, rows), _liking(m)) for m in matches if _names_rows(m, rows)]
    if single and rows:
        return tuple(key for key, _ in sorted(single, key=lambda pair: pair[1]))
    wide = sorted(
        (place for place, match in enumerate(matches) if match.facts.filled >= _NEARLY),
        key=lambda place: -matches[place].facts.distinct,
    )[:_PAIRED]
    pairs = []
    for one, other in combinations(wide, 2):
        own = len(set(zip(sample.columns[one], sample.columns[other], strict=True)))
        pairs.append(Key((matches[one].column, matches[other].column), own, rows))
    good = [pair for pair in pairs if pair.own >= _NEARLY * rows]
    if good:
        return tuple(sorted(good, key=lambda key: -key.own)[:3])
    best = sorted(matches, key=lambda match: -match.facts.distinct)[:1]
    return tuple(Key((match.column,), match.facts.distinct, rows) for match in best)


def _names_rows(match: Match, rows: int) -> bool:
    """Whether (nearly) every row has a value of its own; an identifier may be missing where somebody forgot it: rows
    without it are set aside and seen, while a wrong key puts rows together."""
    facts = match.facts
    expected = facts.filled * rows if _is_identifier(match) and facts.filled >= _MOSTLY else rows
    return facts.distinct >= _NEARLY * expected


def _is_identifier(match: Match) -> bool:
    last = match.chosen.element.rsplit("_", 1)[-1] if match.chosen else ""
    return last in ("id", "no", "code", "identifier", "uscc")


def _liking(match: Match) -> tuple[bool, bool, bool, bool]:
    """Order of key candidates: mapped, an identifier, full and unique, certain; then as they stand."""
    return (match.chosen is None, not _is_identifier(match), not match.facts.unique, match.grade != "certain")


def load_guess(matches: Sequence[Match]) -> Load:
    """cdc where a column marks what was done to the row; incremental where all rows are of the last days; else full."""
    for match in matches:
        if match.facts.operations:
            deleted = tuple(mark for mark in match.facts.operations if mark in DELETED)
            return Load("cdc", f"{match.column} holds marks of what was done to a row", match.column, deleted)
    for match in matches:
        if match.chosen and match.chosen.element == "source_updated_at" and match.facts.span:
            first, last = match.facts.span
            if _days(last) - _days(first) <= _RECENT_DAYS and match.facts.rows > 1:
                return Load("incremental", f"{match.column}: all changes of the sample are of one week")
    return Load("full", "no mark of changes in the file; compare two deliveries to be sure")


def _days(day: str) -> int:
    """A day as a rough count, enough to compare two of them."""
    return int(day[:4]) * 372 + int(day[4:6]) * 31 + int(day[6:8])
