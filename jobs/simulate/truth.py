"""The truth beside the extracts: which record speaks of whom, what each cell must come to, what becomes of each row.

The oracle is plain Python over delivered records: latest record a key, claims in the order of the catalog, clean
before suspect. It shares no code with the pipeline.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.contracts import Catalog, Choice, Entity, Mention, MentionField, Resource, carried
from jobs.simulate.deliveries import Delivery, Record


@dataclass
class _State:
    """What a resource holds by the cut-off: key → (record, order, row number), and counts for its ledger."""

    current: dict[tuple[str | None, ...], tuple[Record, int, int]] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("received", "landed", "rejected", "quarantined", "duplicate", "superseded", "withdrawn"), 0
        )
    )


class Truth:
    """Collects deliveries as they are made and answers what must come of them."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.deliveries: list[Delivery] = []
        self.waiting: list[Delivery] = []
        self.states: dict[str, _State] = {}
        self.ledger: list[dict[str, Any]] = []
        self.golden: dict[str, list[dict[str, Any]]] = {}

    def add(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self.waiting.append(delivery)

    def close_day(self, day: date) -> None:
        """Apply what was received by the evening of ``day``; note the ledger and what every cell must be."""
        ready = [d for d in self.waiting if d.received_at[:10] <= day.isoformat()]
        self.waiting = [d for d in self.waiting if d.received_at[:10] > day.isoformat()]
        for delivery in sorted(ready, key=lambda d: (d.resource, d.period, d.sequence)):
            if delivery.verdict == "landed":
                self._apply(self.catalog.resources[delivery.resource], delivery)
        for rid, state in sorted(self.states.items()):
            self.ledger.append(
                {"date": day.isoformat(), "resource": rid, **state.counts, "current": sum(1 for _ in self._live(rid))}
            )
        self.golden = {entity.entity: self._golden(entity, day) for entity in self.catalog.entities.values()}

    def _live(self, rid: str) -> list[tuple[Record, int, int]]:
        resource = self.catalog.resources[rid]
        rows = self.states[rid].current.values() if rid in self.states else []
        return [row for row in rows if not _is_deletion(resource, row[0])]

    def _apply(self, resource: Resource, delivery: Delivery) -> None:
        state = self.states.setdefault(resource.id, _State())
        order = int(delivery.period.strftime("%Y%m%d")) * 1000 + delivery.sequence
        count, seen = state.counts, set()
        present: dict[tuple[str | None, ...], tuple[Record, int]] = {}
        for number, record in enumerate(delivery.records, 1):
            count["received"] += 1
            if record.verdict == "rejected":
                count["rejected"] += 1
                continue
            count["landed"] += 1
            key = tuple(record.values[column] for column in resource.key_columns)
            if record.verdict == "quarantined":
                count["quarantined"] += 1
                if not record.key_lost:
                    seen.add(key)
                continue
            if key in present:
                count["duplicate" if present[key][0].digest == record.digest else "superseded"] += 1
            present[key] = (record, number)
        for key, (record, number) in present.items():
            before = state.current.get(key)
            if before and before[0].digest == record.digest:
                count["duplicate"] += 1
                continue
            gone = _is_deletion(resource, record)
            count["withdrawn"] += gone
            if before and not _is_deletion(resource, before[0]):
                count["withdrawn" if gone else "superseded"] += 1
            state.current[key] = (record, order, number)
        if resource.load.mode == "full":
            for key in [key for key in state.current if key not in present and key not in seen]:
                del state.current[key]
                count["withdrawn"] += 1

    def _golden(self, entity: Entity, day: date) -> list[dict[str, Any]]:
        claims: dict[str, list[tuple[Resource, Mention, dict[str, str], Record, int, int]]] = {}
        for resource in self.catalog.live.values():
            for mention in resource.mentions:
                if mention.entity == entity.entity and resource.id in self.states:
                    held = carried(entity, resource, mention)
                    for record, order, number in self._live(resource.id):
                        key = _strong_key(entity, mention, held, record)
                        if key:
                            claims.setdefault(key, []).append((resource, mention, held, record, order, number))
        rows = []
        for key, records in sorted(claims.items()):
            for element, (value, source) in sorted(_winners(entity, records, day.isoformat()).items()):
                rows.append({"date": day.isoformat(), "key": key, "element": element, "value": value, "source": source})
        return rows

    def write(self, folder: Path, facts: dict[str, Any]) -> dict[str, Any]:
        """Write every truth file; returns the counts that also stand in ``world.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        errors = [error for delivery in self.deliveries for error in delivery.errors]
        records = [
            {
                "resource": d.resource,
                "file": d.file,
                "row_no": number,
                "entity_id": record.entity,
                "verdict": record.verdict,
            }
            for d in self.deliveries
            for number, record in enumerate(d.records, 1)
        ]
        _table(folder / "errors.parquet", errors)
        _table(folder / "records.parquet", records)
        for name, rows in self.golden.items():
            _table(folder / "golden" / f"{name}.parquet", rows)
        faults = [
            {
                "resource": d.resource,
                "file": d.file,
                "period": d.period.isoformat(),
                "sequence": d.sequence,
                "received_at": d.received_at,
                "rows": len(d.records),
                "declared": d.declared,
                "fault": d.fault,
                "verdict": d.verdict,
            }
            for d in self.deliveries
        ]
        (folder / "deliveries.json").write_text(json.dumps(faults, ensure_ascii=False, indent=1), encoding="utf-8")
        (folder / "ledger.json").write_text(json.dumps(self.ledger, indent=1), encoding="utf-8")
        summary = facts | {
            "resources": len({d.resource for d in self.deliveries}),
            "deliveries": len(self.deliveries),
            "records": len(records),
            "errors": len(errors),
            "error_kinds": len({error["kind"] for error in errors}),
            "refused": sum(d.verdict == "refused" for d in self.deliveries),
            "golden_cells": sum(len(rows) for rows in self.golden.values()),
        }
        (folder / "world.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
        return summary


def _is_deletion(resource: Resource, record: Record) -> bool:
    """Whether the record says that its key is gone."""
    operation = next((field.column for field in resource.fields if field.name == resource.load.operation), None)
    return operation is not None and record.values[operation] in resource.load.deleted


def _strong_key(entity: Entity, mention: Mention, held: dict[str, str], record: Record) -> str:
    """The first strong key whose parts are all there and not suspect."""
    for key in entity.keys:
        parts = (key,) if isinstance(key, str) else key
        columns = [held.get(part) for part in parts]
        if all(column and record.values.get(column) and column not in record.suspects for column in columns):
            if parts == ("resident_id",) and not _is_resident_id(record.values[columns[0] or ""] or ""):
                continue
            return "+".join(parts) + "=" + "|".join(str(record.values[column or ""]) for column in columns)
    return ""


def _is_resident_id(text: str) -> bool:
    return len(text) == 18 and text[:17].isdigit()


def _winners(entity: Entity, records: list[Any], today: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    grouped = {element: group for group in entity.groups for element in group.elements}
    for element in entity.authority:
        group = grouped.get(element)
        lead = group.elements[0] if group else element
        best: tuple[Any, Any] | None = None
        for resource, mention, held, record, order, number in records:
            rank = _rank(entity, element, resource.id, mention, held, record, today)
            value = _value(mention, held, record, lead)
            if rank is None or value is None:
                continue
            latest_by = group.latest if group else None
            chain = entity.authority[element]
            if isinstance(chain, Choice):
                latest_by = chain.ordered_by
            newest = _value(mention, held, record, latest_by) or "" if latest_by else ""
            doubt = held[lead] in record.suspects
            place = (doubt, rank, _descending(newest), -order, -number)
            if best is None or place < best[0]:
                best = (place, (mention, held, record, resource.id))
        if best is not None:
            mention, held, record, source = best[1]
            value = _value(mention, held, record, element)
            if value is not None:
                found[element] = (value, source)
    return found


def _rank(
    entity: Entity, element: str, source: str, mention: Mention, held: dict[str, str], record: Record, today: str
) -> int | None:
    chain = entity.authority[element]
    if isinstance(chain, Choice):
        return 0 if source in chain.among else None
    ordered = sorted(chain, key=lambda claim: (claim.fallback, claim.when is None))
    for place, claim in enumerate(ordered):
        if (
            claim.source != source
            or claim.role not in (None, mention.role)
            or not (claim.since or "0") <= today <= (claim.until or "9")
        ):
            continue
        if claim.when:
            column, _, pattern = claim.when.partition(" like ")
            value = _value(mention, held, record, column) or ""
            if not value.startswith(pattern.strip("'").rstrip("%")):
                continue
        return place
    return None


def _value(mention: Mention, held: dict[str, str], record: Record, element: str | None) -> str | None:
    if element is None or element not in held:
        return None
    value = record.values.get(held[element])
    spec = mention.fields.get(element)
    if isinstance(spec, MentionField) and spec.codes:
        return spec.codes.get(value or "")
    return value


def _descending(text: str) -> str:
    return "".join(chr(0x10FFFF - ord(char)) for char in text.ljust(19))


def _table(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = sorted({name for row in rows for name in row}) or ["empty"]
    columns = {name: [row.get(name) for row in rows] for name in names}
    pq.write_table(pa.table(columns), path)
