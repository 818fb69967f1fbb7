"""Damage that a real registry has elsewhere, done on purpose: rows shifted, garbled, with wrong or shared codes."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from pathlib import Path

from jobs.rules.identifiers import USCC_ALPHABET

CODE = 1
"""Place of the credit code among the columns."""
Row = list[str]


@dataclass
class Mutated:
    """A damaged copy of a registry and what was done to which record (1-based)."""

    rows: list[Row]
    shifted: set[int] = field(default_factory=set)
    garbled: set[int] = field(default_factory=set)
    wrong: set[int] = field(default_factory=set)
    shared: dict[int, int] = field(default_factory=dict)
    """Record that got another's code → the record that it is of."""

    @property
    def lost(self) -> set[int]:
        """Records that no longer say anything for sure."""
        return self.shifted | self.garbled

    def text(self, header: Row) -> str:
        """The file."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows([header, *self.rows])
        return out.getvalue()


def read_rows(path: Path) -> tuple[Row, list[Row]]:
    """Header and records."""
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    return header, rows


def mutate(rows: list[Row], seed: int) -> Mutated:
    """1% shifted, 1% garbled, 1% with a wrong check digit, 20 with the code of another; each record at most once.

    The last record is left alone: a file that ends in a damaged one was cut off.
    """
    chance = random.Random(seed)
    made = Mutated([list(row) for row in rows])
    share = len(rows) // 100
    chosen = chance.sample(range(1, len(rows)), 3 * share + 40)
    for number in chosen[:share]:
        made.rows[number - 1] = _shifted(rows[number - 1], chance)
        made.shifted.add(number)
    for number in chosen[share : 2 * share]:
        made.rows[number - 1] = _garbled(rows[number - 1], chance)
        made.garbled.add(number)
    for number in chosen[2 * share : 3 * share]:
        made.rows[number - 1][CODE] = _with_wrong_check(rows[number - 1][CODE], chance)
        made.wrong.add(number)
    for number, owner in zip(chosen[3 * share :: 2], chosen[3 * share + 1 :: 2], strict=True):
        made.rows[number - 1][CODE] = rows[owner - 1][CODE]
        made.shared[number] = owner
    return made


def _shifted(row: Row, chance: random.Random) -> Row:
    """Cells that slid: all of them or from some column on, with a cell lost, doubled or pushed out at the end."""
    at = chance.randrange(len(row) - 1)
    kind = chance.choice(["right", "left", "lost", "doubled", "round"])
    if kind == "right":
        return [*row[:at], "", *row[at:-1]]
    if kind == "left":
        return [*row[:at], *row[at + 1 :], ""]
    if kind == "lost":
        return [*row[:at], *row[at + 1 :]]
    if kind == "doubled":
        return [*row[: at + 1], *row[at:]]
    return [*row[1:], row[0]]


def _garbled(row: Row, chance: random.Random) -> Row:
    """Text decoded wrongly, once or for good, or half a row."""
    kind = chance.choice(["wrong", "lost", "twice", "half"])
    if kind == "wrong":
        return [cell.encode().decode("gb18030", "replace") for cell in row]
    if kind == "lost":
        at = chance.choice([place for place in (0, 5, 8) if not row[place].isascii()])
        return [*row[:at], row[at].encode("gb18030").decode("utf-8", "replace") or "\ufffd", *row[at + 1 :]]
    if kind == "twice":
        return [cell.encode("gb18030").decode("utf-8", "replace").encode().decode("gb18030", "replace") for cell in row]
    return row[: len(row) // 2]


def _with_wrong_check(code: str, chance: random.Random) -> str:
    total = sum(USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    right = USCC_ALPHABET[(31 - total % 31) % 31]
    return code[:17] + chance.choice([char for char in USCC_ALPHABET if char != right])
