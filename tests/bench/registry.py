"""A real company registry, clean and under ten seeded mutations: defects found and named, good rows kept, capital read.

Needs the real data that are not part of the project (``BRAIN_REAL_DATA``); ``SEEDS`` says how many mutations.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from jobs.context import Context
from jobs.pipeline import run_pipeline
from jobs.settings import PROJECT, Settings
from tests.realdata.mutation import CODE, Mutated, Row, mutate, read_rows

REGISTRY = "orgs/registry_dongguan_1978_2003.csv"
HOME = PROJECT / "tests" / "realdata" / "home"
RESOURCE = "scjgj.registry.company"
DAY, CAPITAL = 2, 4
EACH = 60
"""Records of each kind of other writing in a mutation."""
GOAL = Decimal("0.995")

SPELLINGS = {
    "(万元)": ("1", "unknown"),
    "（万元）": ("1", "unknown"),
    "万元": ("1", "unknown"),
    "(元)": ("0.0001", "unknown"),
    "(亿元)": ("10000", "unknown"),
    "(万元人民币)": ("1", "CNY"),
    "(万人民币)": ("1", "CNY"),
    "万人民币": ("1", "CNY"),
    "万元人民币": ("1", "CNY"),
    "（万元人民币）": ("1", "CNY"),
    "(万元(人民币))": ("1", "CNY"),
    "（万元（人民币））": ("1", "CNY"),
    "(元人民币)": ("0.0001", "CNY"),
    "(万美元)": ("1", "USD"),
    "万美元": ("1", "USD"),
    "(万元美元)": ("1", "USD"),
    "(美元)": ("0.0001", "USD"),
    "(万港元)": ("1", "HKD"),
    "(万港币)": ("1", "HKD"),
    "万港币": ("1", "HKD"),
    "(万元港币)": ("1", "HKD"),
    "(万香港元)": ("1", "HKD"),
    "(万元(港币))": ("1", "HKD"),
    "(港元)": ("0.0001", "HKD"),
    "(万日元)": ("1", "JPY"),
    "(万欧元)": ("1", "EUR"),
    "(万英镑)": ("1", "GBP"),
}
"""27 writings of a capital's unit: what the number is worth in 万元, and in which money."""
_NUMERALS = "〇一二三四五六七八九"


@dataclass
class Planted:
    """A damaged registry with its ledger: record → what a reader must find there."""

    damage: Mutated
    written: dict[str, set[int]] = field(default_factory=dict)
    capital: dict[int, tuple[Decimal, str]] = field(default_factory=dict)


def plant(rows: list[Row], seed: int) -> Planted:
    """Damage as in the tests, and records that say the same in another writing."""
    made = Planted(mutate(rows, seed))
    touched = made.damage.lost | made.damage.wrong | set(made.damage.shared) | set(made.damage.shared.values())
    free = [number for number in range(1, len(rows)) if number not in touched]
    chance = random.Random(f"writings {seed}")
    chance.shuffle(free)
    for name, write in WRITINGS.items():
        made.written[name] = {free.pop() for _ in range(EACH)}
        for number in made.written[name]:
            write(made.damage.rows[number - 1], chance)
    made.written["spelling"] = set()
    for n, (spelling, (factor, currency)) in enumerate(SPELLINGS.items()):
        for number in (free.pop(), free.pop()):
            amount = Decimal(chance.randrange(1, 10**6)) / (100 if n % 2 else 1)
            text = f"{amount:,}" if chance.random() < 0.3 else str(amount)
            made.damage.rows[number - 1][CAPITAL] = text + spelling
            made.capital[number] = (amount * Decimal(factor), currency)
            made.written["spelling"].add(number)
    return made


def _wide_code(row: Row, _chance: random.Random) -> None:
    row[CODE] = "".join(chr(ord(char) + 0xFEE0) for char in row[CODE])


def _wide_capital(row: Row, _chance: random.Random) -> None:
    row[CAPITAL] = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in row[CAPITAL])


def _lower_code(row: Row, _chance: random.Random) -> None:
    row[CODE] = row[CODE][:8] + " " + row[CODE][8:].lower()


def _other_day(row: Row, chance: random.Random) -> None:
    year, month, day = (int(part) for part in row[DAY].split("-"))
    numerals = "".join(_NUMERALS[int(digit)] for digit in str(year))
    row[DAY] = chance.choice(
        [
            f"{year}/{month}/{day}",
            f"{year}{month:02d}{day:02d}",
            f"{year}年{month}月{day}日",
            f"{numerals}年{_counted(month)}月{_counted(day)}日",
        ]
    )


def _counted(number: int) -> str:
    tens, ones = divmod(number, 10)
    spelt = "十" if tens == 1 else _NUMERALS[tens] + "十" if tens else ""
    return spelt + (_NUMERALS[ones] if ones else "")


WRITINGS: dict[str, Callable[[Row, random.Random], None]] = {
    "full-width code": _wide_code,
    "full-width capital": _wide_capital,
    "lower-case code": _lower_code,
    "other day": _other_day,
}


@dataclass(frozen=True)
class Came:
    """What the pipeline made of a file: rows by record."""

    refused: dict[int, str]
    kept: dict[int, dict[str, Any]]
    quarantined: dict[int, list[str]]
    events: list[dict[str, Any]]
    firms: int


def run(text: bytes) -> Came:
    """Take the file through the real pipeline, to the organisation library."""
    with tempfile.TemporaryDirectory(prefix="brain-bench-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(HOME, home)
        shutil.copytree(PROJECT / "catalog" / "standards", home / "catalog" / "standards", dirs_exist_ok=True)
        inbox = home / "data" / "inbox" / "scjgj"
        inbox.mkdir(parents=True)
        (inbox / "registry_20260302.csv").write_bytes(text)
        engine = os.environ.get("BRAIN_ENGINE") or "sail"
        ctx = Context(Settings(home=home, engine=engine, driver_memory="1g"), "2026-03-02")
        steps = run_pipeline(ctx, last="fuse").steps
        assert {step.state for step in steps} == {"built"}, [step for step in steps if step.state != "built"]

        def rows(layer: str, name: str) -> list[dict[str, Any]]:
            return ctx.lake.read_arrow(layer, name).to_pylist() if ctx.lake.passed(layer, name) else []

        return Came(
            refused={row["_row_no"]: row["_reason"] for row in rows("landed", f"{RESOURCE}__rejects")},
            kept={row["_row_no"]: row for row in rows("standardised", RESOURCE)},
            quarantined={row["_row_no"]: row["_rules"] for row in rows("standardised", f"{RESOURCE}__rejects")},
            events=rows("resolved", "organisation__events"),
            firms=len({row["canonical_id"] for row in rows("fused", "organisation")}),
        )


def judge(made: Planted, came: Came, clean: Came) -> tuple[Counter[str], list[str]]:
    """Planted defects by kind that were not found or not named, and good rows that were rejected or changed."""
    missed: Counter[str] = Counter()
    damage = made.damage
    for number in damage.lost:
        missed["shifted or garbled"] += not (came.refused.get(number) or came.quarantined.get(number))
    rejected = {*came.refused, *came.quarantined} - damage.lost
    flags = {number: row["_flag"] for number, row in came.kept.items()}
    for number in damage.wrong:
        missed["check digit"] += flags.get(number, {}).get("uscc") != "check_digit"
    contradictions = sum(event["kind"] == "name_contradicts" for event in came.events)
    missed["code on two firms"] += len(damage.shared) - contradictions
    missed["firms joined"] += len(came.kept) - came.firms
    where = {"full-width code": "uscc", "lower-case code": "uscc", "other day": "established_on"}
    for name, column in where.items():
        for number in made.written[name] & came.kept.keys():
            same = came.kept[number][column] == clean.kept[number][column]
            missed[name] += not (same and flags[number][column] == "repaired")
    for number in made.written["full-width capital"]:
        read, before = (rows.get(number, {}).get("registered_capital") for rows in (came.kept, clean.kept))
        missed["full-width capital"] += read != before
    for number, expected in made.capital.items():
        row = came.kept.get(number, {})
        missed["spelling"] += (row.get("registered_capital"), row.get("capital_currency")) != expected
    untouched = came.kept.keys() - set().union(*made.written.values()) - damage.wrong - set(damage.shared)
    changed = [n for n in untouched if _content(came.kept[n]) != _content(clean.kept[n])]
    return +missed, [f"record {n}" for n in sorted(rejected | set(changed))]


def _content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_") or name in ("_flag", "_raw")}


def capital_share(rows: list[Row], came: Came) -> tuple[Decimal, list[str]]:
    """Share of stated capitals in kept rows that are amount and currency, and the texts of the others."""
    stated = [number for number in came.kept if rows[number - 1][CAPITAL].strip() not in ("", "N/A", "Ｎ／Ａ")]
    unread = [
        rows[number - 1][CAPITAL]
        for number in stated
        if None in (came.kept[number]["registered_capital"], came.kept[number]["capital_currency"])
    ]
    return 1 - Decimal(len(unread)) / len(stated), sorted(set(unread))


def main() -> dict[str, object]:
    """The smallest share of stated capital that was read, over the clean file and its mutations."""
    folder = Path(os.environ.get("BRAIN_REAL_DATA") or PROJECT.parent / "shared" / "data")
    if not (folder / REGISTRY).is_file():
        raise SystemExit(f"no real data: set BRAIN_REAL_DATA to a folder that holds {REGISTRY}")
    header, rows = read_rows(folder / REGISTRY)
    began = time.perf_counter()
    clean = run((folder / REGISTRY).read_bytes())
    shares = [capital_share(rows, clean)]
    rejected = [f"clean: record {n}" for n in {*clean.refused, *clean.quarantined}]
    missed: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    for seed in range(1, int(os.environ.get("SEEDS", "10")) + 1):
        made = plant(rows, seed)
        came = run(made.damage.text(header).encode())
        shares.append(capital_share(made.damage.rows, came))
        lost, bad = judge(made, came, clean)
        missed += lost
        rejected += [f"seed {seed}: {what}" for what in bad]
        planted += Counter({name: len(numbers) for name, numbers in made.written.items()})
        damage = made.damage
        planted += Counter(lost=len(damage.lost), wrong=len(damage.wrong), shared=len(damage.shared))
    worst = min(share for share, _ in shares)
    return {
        "name": "registry",
        "figure": round(float(worst) * 100, 3),
        "unit": "% of stated capital read as amount and currency, at worst",
        "goal": f"{GOAL * 100} %, no planted defect missed, no good row rejected",
        "holds": worst >= GOAL and not missed and not rejected,
        "files": len(shares),
        "rows": len(rows),
        "planted": dict(planted),
        "missed": dict(missed),
        "good_rows_rejected_or_changed": rejected[:20],
        "unread": sorted({text for _, texts in shares for text in texts})[:20],
        "seconds": round(time.perf_counter() - began, 1),
    }
