"""One delivery: rows in the source's writing, with errors planted, written and declared."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from jobs.contracts import Catalog, Resource, SourceField
from jobs.simulate.errors import KEEP, KINDS, NONE, SUSPECT
from jobs.simulate.views import Values
from jobs.simulate.writers import Row, append_sqlite, write_delivery

CELL_RATE = 0.012
ROW_RATE = 0.002


@dataclass
class Record:
    """One delivered record: who it speaks of, what can be known from it, and its fate."""

    entity: str
    values: Values
    suspects: set[str] = field(default_factory=set)
    verdict: str = "kept"
    digest: str = ""
    key_lost: bool = False


@dataclass
class Delivery:
    """A written delivery with its truth."""

    resource: str
    file: str
    period: date
    sequence: int
    received_at: str
    records: list[Record]
    errors: list[dict[str, Any]]
    fault: str = ""
    verdict: str = "landed"
    declared: int = 0


def make_records(
    catalog: Catalog, resource: Resource, rows: list[tuple[str, Values]], random: Random, clean: bool
) -> tuple[list[Record], list[Row], list[dict[str, Any]]]:
    """Records, their delivered rows and the errors planted in them."""
    fmt = catalog.format_of(resource.id)
    key = resource.key_columns
    records, delivered, errors = [], [], []
    for entity, values in rows:
        record = Record(entity, dict(values))
        row = [written(catalog, source, values[source.column]) for source in resource.fields]
        if not clean:
            errors += _plant_cells(catalog, resource, record, row, random, key, len(delivered) + 1)
            if random.random() < ROW_RATE:
                errors.append(_plant_row(resource, record, row, random, fmt.kind, len(delivered) + 1))
        record.digest = hashlib.md5(json.dumps(row, ensure_ascii=False).encode(), usedforsecurity=False).hexdigest()
        records.append(record)
        delivered.append(row)
        if not clean and record.verdict == "kept" and random.random() < ROW_RATE / 2:
            errors.append(_error(resource, len(delivered) + 1, "", "row_repeated", "", "", "duplicate"))
            records.append(Record(entity, record.values, record.suspects, "duplicate", record.digest))
            delivered.append(list(row))
    return records, delivered, errors


def written(catalog: Catalog, source: SourceField, value: str | None) -> str | None:
    """A canonical value as the source writes it."""
    if value is None:
        return None
    kind = catalog.elements[source.element].type
    pattern = source.formats[0] if source.formats else ""
    if kind == "date" and pattern:
        return dated(value, pattern)
    if kind == "datetime" and pattern:
        return dated(value if len(value) > 10 else f"{value} 00:00:00", pattern)
    return value


def dated(value: str, pattern: str) -> str:
    """``yyyy-MM-dd[ HH:mm:ss]`` in a Java-like pattern."""
    year, month, day = value[:4], value[5:7], value[8:10]
    hour, minute, second = (value[11:13] or "00"), (value[14:16] or "00"), (value[17:19] or "00")
    if "/M/" in pattern:
        month, day = str(int(month)), str(int(day))
        pattern = pattern.replace("/M/d", "/MM/dd")
    parts = {"yyyy": year, "MM": month, "dd": day, "HH": hour, "mm": minute, "ss": second}
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern


def _plant_cells(
    catalog: Catalog, resource: Resource, record: Record, row: Row, random: Random, key: tuple[str, ...], number: int
) -> list[dict[str, Any]]:
    planted: list[dict[str, Any]] = []
    if random.random() >= CELL_RATE * 4:
        return planted
    place = random.randrange(len(row))
    source = resource.fields[place]
    value = record.values[source.column]
    if value is None or source.column in key:
        return planted
    element = catalog.elements[source.element]
    rule = "code" if catalog.code_table_of(source) else element.rule
    kinds = [kind for kind in KINDS if rule in kind.rules and (not kind.elements or element.id in kind.elements)]
    if not kinds:
        return planted
    kind = random.choice(kinds)
    text = kind.write(value)
    if text is None or text == row[place]:
        return planted
    planted.append(_error(resource, number, source.name, kind.id, text, value, kind.verdict))
    row[place] = text
    if kind.remains == NONE:
        record.values[source.column] = None
    elif kind.remains == SUSPECT:
        record.values[source.column] = text
        record.suspects.add(source.column)
    elif kind.remains != KEEP:
        record.values[source.column] = kind.remains
    return planted


def _plant_row(resource: Resource, record: Record, row: Row, random: Random, kind: str, number: int) -> dict[str, Any]:
    choice = random.choice(
        ("row_shifted", "row_garbled", "row_key_missing") if kind == "csv" else ("row_garbled", "row_key_missing")
    )
    if choice == "row_shifted":
        row.append("多余")
        record.verdict = "rejected"
    else:
        record.verdict = "quarantined"
        if choice == "row_garbled":
            place = next((n for n, f in enumerate(resource.fields) if f.name not in resource.load.key and row[n]), None)
            if place is None:
                choice = "row_key_missing"
            else:
                row[place] = "锟斤拷锟斤拷"
        if choice == "row_key_missing":
            names = [f.name for f in resource.fields]
            row[names.index(resource.load.key[0])] = None
            record.key_lost = True
    return _error(resource, number, "", choice, "", "", record.verdict)


def _error(
    resource: Resource, row_no: int, column: str, kind: str, delivered: str, clean: str, verdict: str
) -> dict[str, Any]:
    return {
        "resource": resource.id,
        "file": "",
        "row_no": row_no,
        "column": column,
        "kind": kind,
        "delivered": delivered,
        "clean": clean,
        "verdict": verdict,
    }


def publish(
    catalog: Catalog, resource: Resource, delivery: Delivery, rows: list[Row], inbox: Path, manifest: dict[str, Any]
) -> None:
    """Write a delivery and its manifest into the inbox."""
    access = catalog.access[resource.id]
    if access.kind == "sql":
        path = Path((access.url or "").removeprefix("sqlite:///").replace("{inbox}", str(inbox)))
        path.parent.mkdir(parents=True, exist_ok=True)
        append_sqlite(path, access.table or "", [f.name for f in resource.fields], rows)
        return
    folder = inbox / (access.path or "")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / delivery.file
    write_delivery(path, resource, catalog.format_of(resource.id), rows)
    path.with_name(path.name + ".manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, sort_keys=True), encoding="utf-8"
    )
