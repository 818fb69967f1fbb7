"""One delivery: its records in order, what befalls rows on the way, its file and its manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from jobs.contracts import Access, Format, Resource
from jobs.simulate.records import Record, Row, Source
from jobs.simulate.writers import append_sqlite, write_delivery

ROW_RATE = 0.002
_FEWEST = 34
"""Smaller deliveries lose no rows: one in 34 stays below what a gate allows."""
_WORST = 0.03
_GARBLED = "锟斤拷锟斤拷"
"""What GBK makes of UTF-8's replacement characters."""


class Fate(NamedTuple):
    """What befell a row on its way."""

    kind: str
    verdict: str
    key_lost: bool = False


@dataclass
class Delivery:
    """A delivery with its truth: line ``n`` (from 0) is row ``n + 1`` of the file."""

    resource: str
    file: str
    period: str
    sequence: int
    received_at: str
    lines: list[Record]
    fates: dict[int, Fate] = field(default_factory=dict)
    fault: str = ""
    verdict: str = "landed"
    declared: int = 0

    @property
    def order(self) -> tuple[str, int]:
        """Place among the resource's deliveries."""
        return self.period, self.sequence


def befall(source: Source, records: list[Record], fmt: Format, random: Random) -> tuple[list[Record], dict[int, Fate]]:
    """The lines of a delivery: its records, some broken on the way, some sent twice."""
    lines: list[Record] = list(records)
    fates: dict[int, Fate] = {}
    if len(records) < _FEWEST or not source.planter.fields:
        return lines, fates
    limit = int(len(records) * _WORST)
    count = min(sum(random.random() < ROW_RATE for _ in range(len(records))) + (random.random() < 0.3), limit)
    broken = {"csv": ["row_shifted"], "jsonl": ["row_broken"]}.get(fmt.kind, [])
    for place in sorted(random.sample(range(len(records)), count)):
        kind = random.choice([*broken, "row_garbled", "row_key_missing", "row_repeated", "row_corrected"])
        if kind == "row_repeated":
            fates[len(lines)] = Fate(kind, "duplicate")
            lines.append(records[place])
        elif kind == "row_corrected":
            if corrected := _corrected(source, records[place]):
                fates[place] = Fate(kind, "superseded")
                lines.append(corrected)
        elif kind in broken:
            fates[place] = Fate(kind, "rejected", key_lost=True)
        else:
            fates[place] = Fate(kind, "quarantined", key_lost=kind == "row_key_missing")
    return lines, fates


def _corrected(source: Source, record: Record) -> Record | None:
    """The record with one cell of free text written differently."""
    for place, field_ in enumerate(source.resource.fields):
        value = record.values[place]
        if value and place not in source.key and field_.element in ("case_handler", "remark", "occupation", "org_name"):
            values = record.values.copy()
            values[place] = f"{value}二" if field_.element != "org_name" else value
            return Record(record.subject, record.entities, values, record.patches) if values != record.values else None
    return None


def write(
    source: Source, delivery: Delivery, access: Access, fmt: Format, inbox: Path, manifest: dict[str, Any]
) -> None:
    """Write the delivery and its manifest; a database gets rows, in the order in which it will be read."""
    names = [f.name for f in source.resource.fields]
    rows = [row_of(source, delivery, n) for n in range(len(delivery.lines))]
    delivery.declared = len(rows)
    if access.kind == "sql":
        rows = _as_read(source, delivery, access, rows)
        path = database_of(access, inbox)
        path.parent.mkdir(parents=True, exist_ok=True)
        append_sqlite(path, access.table or "", names, rows)
        return
    path = path_of(delivery, access, inbox)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_delivery(path, source.resource, fmt, rows)
    facts = manifest_of(source.resource, delivery, rows) | manifest
    for column, more in facts.pop("more", {}).items():
        facts["sums"][column] = str(Decimal(facts["sums"][column]) + more)
    facts["rows"] += facts.pop("more_rows", 0)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    path.with_name(path.name + ".manifest.json").write_text(text, encoding="utf-8")


def database_of(access: Access, inbox: Path) -> Path:
    """The source database of a resource that is read by SQL."""
    return Path((access.url or "").removeprefix("sqlite:///").replace("{inbox}", str(inbox)))


def path_of(delivery: Delivery, access: Access, inbox: Path) -> Path:
    """Where the delivery's file lies."""
    return inbox / (access.path or "") / delivery.file


def row_of(source: Source, delivery: Delivery, place: int) -> Row:
    """A row as delivered, with what befell it."""
    row, fate = source.written(delivery.lines[place]), delivery.fates.get(place)
    if fate is None or fate.kind in ("row_repeated", "row_corrected"):
        return row
    if fate.kind == "row_shifted":
        return [*row, "多余"]
    if fate.kind == "row_broken":
        return []
    if fate.kind == "row_key_missing":
        row[source.key[0]] = None
        return row
    row[source.planter.garble] = _GARBLED
    return row


def manifest_of(resource: Resource, delivery: Delivery, rows: list[Row]) -> dict[str, Any]:
    """What a department declares of a delivery: its place, its rows, and its control totals."""
    manifest: dict[str, Any] = {
        "resource": resource.id,
        "period": delivery.period,
        "sequence": delivery.sequence,
        "file": delivery.file,
        "rows": len(rows),
        "received_at": delivery.received_at,
    }
    names = [f.name for f in resource.fields]
    totals = {name: names.index(name) for name in resource.totals}
    if totals:
        whole = [row for row in rows if len(row) == len(names)]
        manifest["sums"] = {n: str(sum((_number(row[p]) for row in whole), Decimal(0))) for n, p in totals.items()}
    return manifest


def _number(text: str | None) -> Decimal:
    try:
        return Decimal((text or "0").replace(",", ""))
    except ArithmeticError:
        return Decimal(0)


def _as_read(source: Source, delivery: Delivery, access: Access, rows: list[Row]) -> list[Row]:
    """Rows by watermark and key, as an extract reads them; lines and fates move with them."""
    mark = [f.name for f in source.resource.fields].index(access.watermark or "")
    order = sorted(
        range(len(rows)), key=lambda n: (rows[n][mark] or "", [rows[n][place] or "" for place in source.key])
    )
    delivery.lines = [delivery.lines[n] for n in order]
    delivery.fates = {place: delivery.fates[n] for place, n in enumerate(order) if n in delivery.fates}
    return [rows[n] for n in order]
