"""What a bounded sample says of each column: shapes, shares, code tables; never a value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jobs.contracts import Catalog, CodeTable
from jobs.profile.days import writing_of, year_first
from jobs.profile.reading import Values, counted, shares
from jobs.profile.shapes import COMPILED, DATE_FORMATS, DELETED, OPERATIONS

DISTINCT = 300
_OFTEN = 0.05
_PAIRS = 2_000


@dataclass(frozen=True)
class Facts:
    """One column. Shares are of the values that are filled, from 0 to 1."""

    rows: int
    filled: float
    distinct: int
    unique: bool
    shortest: int = 0
    longest: int = 0
    rules: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, float] = field(default_factory=dict)
    """Code tables and the share of values that are their codes or names, those above one half."""
    shapes: Mapping[str, float] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    """The marks for inserting, changing and deleting, if the column holds nothing else; those that delete first."""
    birth: float = 0.0
    """Share of rows where the day is the one in the resident id beside it."""
    sex: float = 0.0
    """Share of rows where the value goes with the sex in the resident id beside it."""
    span: tuple[str, str] | None = None
    """First and last day, as yyyyMMdd, of a column of days."""

    def shape(self, name: str) -> float:
        return self.shapes.get(name, 0.0)

    def rule(self, name: str) -> float:
        return self.rules.get(name, 0.0)


@dataclass(frozen=True)
class Codes:
    """Which code tables know a spelling."""

    catalog: Catalog

    @cached_property
    def spellings(self) -> dict[str, tuple[str, ...]]:
        """Spelling → tables."""
        found: dict[str, set[str]] = defaultdict(set)
        for table in self.catalog.code_tables.values():
            for spelling in _spellings(table):
                found[spelling].add(table.id)
        return {spelling: tuple(sorted(tables)) for spelling, tables in found.items()}

    @cached_property
    def towns(self) -> Mapping[str, str]:
        """Code → name of the city's towns: the codes of the element that names a town."""
        element = self.catalog.elements.get("town_code")
        table = self.catalog.code_tables.get(element.code_table or "") if element else None
        return table.values if table else {}

    def coverage(self, values: Values) -> dict[str, float]:
        """Share of the values that each table knows, for tables that know at least half."""
        total = sum(values.values())
        counts: Counter[str] = Counter()
        for value, count in values.items():
            for table in self.spellings.get(value.strip(), ()):
                counts[table] += count
        return {table: count / total for table, count in counts.items() if 2 * count >= total}


def _spellings(table: CodeTable) -> Iterable[str]:
    return {*table.values, *table.values.values(), *table.wild}


def gather_facts(columns: Sequence[Sequence[str | None]], codes: Codes) -> list[Facts]:
    """Facts of each column of a sample; its columns are of one length."""
    values = [counted(column, DISTINCT) for column in columns]
    writings = [writing_of(column) for column in values]
    values = [year_first(v, writing) if writing else v for v, writing in zip(values, writings, strict=True)]
    rules = shares(values, codes.towns)
    facts = [_facts(c, v, r, codes, w) for c, v, r, w in zip(columns, values, rules, writings, strict=True)]
    return _beside_ids(columns, facts)


def _facts(
    column: Sequence[str | None], values: Values, rules: Mapping[str, float], codes: Codes, writing: str
) -> Facts:
    filled = [value for value in column if value and value.strip()]
    if not filled:
        return Facts(len(column), 0.0, 0, False)
    total = sum(values.values())
    distinct = len(set(filled))
    lengths = [len(value) for value in filled]
    shapes = {
        name: sum(count for value, count in values.items() if shape.search(value)) / total
        for name, shape in COMPILED.items()
    }
    marks = {value.strip().upper() for value in values}
    is_operation = 2 <= len(marks) <= 4 and marks <= OPERATIONS and bool(marks & DELETED)
    days = (
        sorted(filter(None, map(_day, values))) if rules.get("date", 0) > 0.8 or rules.get("datetime", 0) > 0.8 else []
    )
    return Facts(
        rows=len(column),
        filled=len(filled) / len(column),
        distinct=distinct,
        unique=distinct == len(column) > 1,
        shortest=min(lengths),
        longest=max(lengths),
        rules=rules,
        tables=codes.coverage(values),
        shapes=shapes,
        formats=((writing,) if writing else _formats(values)) if days else (),
        operations=tuple(sorted(marks, key=lambda mark: (mark not in DELETED, mark))) if is_operation else (),
        span=(days[0], days[-1]) if days else None,
    )


def _formats(values: Values) -> tuple[str, ...]:
    """Writings of days that are met often, the commonest first."""
    counts: Counter[str] = Counter()
    for value, count in values.items():
        writing = next((name for shape, name in DATE_FORMATS if re.search(shape, value)), "")
        if writing:
            counts[writing] += count
    total = sum(values.values())
    return tuple(name for name, count in counts.most_common() if count >= _OFTEN * total)


def _day(text: str) -> str:
    """yyyyMMdd of a usual writing, else empty."""
    parts = re.match(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})", text.strip())
    return f"{parts[1]}{int(parts[2]):02d}{int(parts[3]):02d}" if parts else ""


def _beside_ids(columns: Sequence[Sequence[str | None]], facts: list[Facts]) -> list[Facts]:
    """The facts, with what the day and sex inside a column of resident ids say of the other columns."""
    ids = [n for n, fact in enumerate(facts) if fact.rule("resident_id") > 0.6]
    if not ids:
        return facts
    found = []
    for place, fact in enumerate(facts):
        births = sexes = 0.0
        for number in ids if place not in ids else ():
            pairs = [(one, other) for one, other in zip(columns[number], columns[place], strict=True) if one and other][
                :_PAIRS
            ]
            pairs = [(one, other) for one, other in pairs if len(one) == 18]
            if len(pairs) >= 20:
                births = max(births, sum(_day(other) == one[6:14] for one, other in pairs) / len(pairs))
                sexes = max(sexes, _agreement(pairs) if 2 <= fact.distinct <= 6 else 0.0)
        found.append(_with(fact, births, sexes))
    return found


def _with(fact: Facts, birth: float, sex: float) -> Facts:
    return Facts(**{**vars(fact), "birth": birth, "sex": sex})


def _agreement(pairs: Sequence[tuple[str, str]]) -> float:
    """How well the two commonest values split by the sex digit (the 17th: odd is male), from 0 to 1."""
    split: dict[str, Counter[int]] = defaultdict(Counter)
    for one, other in pairs:
        if one[16].isdigit():
            split[other][int(one[16]) % 2] += 1
    sides = {counts.most_common(1)[0][0] for counts in split.values()}
    agreeing = sum(max(counts.values()) for counts in split.values())
    return agreeing / len(pairs) if len(sides) == 2 else 0.0
