"""The truth beside the extracts: which record speaks of whom, what each cell must come to, what becomes of each row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jobs.contracts import Catalog
from jobs.simulate.deliveries import Delivery
from jobs.simulate.golden import NUMERIC, Claimed, Golden, golden_of, losers_of
from jobs.simulate.ledger import Stock
from jobs.simulate.records import Source
from jobs.simulate.tables import Table
from jobs.simulate.things import World
from jobs.simulate.worldtruth import write_world

RECORDS = ("resource", "file", "period", "sequence:int", "row_no:int", "entity_id", "verdict")
MENTIONS = ("resource", "file", "period", "sequence:int", "row_no:int", "entity", "role", "entity_id")
ERRORS = (
    *("resource", "file", "period", "sequence:int", "row_no:int", "column", "kind"),
    *("delivered", "clean", "verdict", "flag", "delivery"),
)
GOLDEN = ("date", "key", "entity_id", "element", "value", "source", "needs")
CONFLICTS = (
    *("date", "key", "element", "chosen", "chosen_source", "value", "source", "role"),
    *("file", "period", "sequence:int", "row_no:int"),
)


class Truth:
    """Collects deliveries as they are made and answers what must come of them."""

    def __init__(self, catalog: Catalog, world: World, folder: Path) -> None:
        self.catalog, self.world, self.folder = catalog, world, folder
        self.waiting: list[tuple[Source, Delivery]] = []
        self.stocks: dict[str, Stock] = {}
        self.ledger: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.kinds: set[str] = set()
        self.today = world.start
        self.records = Table(folder / "records.parquet", RECORDS)
        self.mentions = Table(folder / "mentions.parquet", MENTIONS)
        self.errors = Table(folder / "errors.parquet", ERRORS)

    def add(self, source: Source, delivery: Delivery) -> None:
        """Note what was delivered, row by row."""
        self.waiting.append((source, delivery))
        self.deliveries.append(
            {
                "resource": delivery.resource,
                "file": delivery.file,
                "period": delivery.period,
                "sequence": delivery.sequence,
                "received_at": delivery.received_at,
                "rows": len(delivery.lines),
                "declared": delivery.declared,
                "fault": delivery.fault,
                "verdict": delivery.verdict,
            }
        )
        self._note_records(source, delivery)
        self._note_errors(source, delivery)

    def _note_records(self, source: Source, delivery: Delivery) -> None:
        lines, fates = delivery.lines, delivery.fates
        where = (delivery.resource, delivery.file, delivery.period, delivery.sequence)
        numbers = range(1, len(lines) + 1)
        default = "kept" if delivery.verdict == "landed" else delivery.verdict
        verdicts = [default] * len(lines)
        for place, fate in fates.items():
            verdicts[place] = fate.verdict if default == "kept" else default
        self.records.add(len(lines), *where, numbers, [record.subject for record in lines], verdicts)
        if delivery.verdict == "landed":
            for position, mention in enumerate(source.resource.mentions):
                who = [record.entities[position] for record in lines]
                self.mentions.add(len(lines), *where, numbers, mention.entity, mention.role, who)

    def _note_errors(self, source: Source, delivery: Delivery) -> None:
        fields = source.resource.fields
        where = (delivery.resource, delivery.file, delivery.period, delivery.sequence)
        rows: list[tuple[Any, ...]] = []
        for place, record in enumerate(delivery.lines):
            for column, patch in (record.patches or {}).items():
                clean = record.values[column]
                rows.append((place + 1, fields[column].name, patch.kind, patch.text, clean, patch.verdict, patch.flag))
        rows += [(place + 1, "", fate.kind, "", "", fate.verdict, "") for place, fate in delivery.fates.items()]
        rows.sort(key=lambda row: row[:3])
        self.kinds |= {row[2] for row in rows}
        if rows:
            self.errors.add(len(rows), *where, *map(list, zip(*rows, strict=True)), delivery.verdict)

    def close_day(self, day: str) -> None:
        """Apply what was received by the evening of ``day``; note the ledger."""
        self.today = day
        ready: dict[str, list[Delivery]] = {}
        for source, delivery in self.waiting:
            if delivery.received_at[:10] <= day and delivery.verdict == "landed":
                self.stocks.setdefault(delivery.resource, Stock(source))
                ready.setdefault(delivery.resource, []).append(delivery)
        self.waiting = [(s, d) for s, d in self.waiting if d.received_at[:10] > day]
        for resource, deliveries in ready.items():
            self.stocks[resource].take(deliveries)
        for resource, stock in sorted(self.stocks.items()):
            self.ledger.append({"date": day, "resource": resource, **stock.counts, "current": len(stock.live())})

    def write_deliveries(self) -> None:
        """Write what was delivered and what must become of it, known once all is."""
        _json(self.folder / "deliveries.json", self.deliveries)
        _json(self.folder / "ledger.json", self.ledger)

    def write_rest(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write the records and what befell them, the golden cells and the world; returns the counts that also stand in
        ``world.json``."""
        for table in (self.records, self.mentions, self.errors):
            table.close()
        golden = conflicts = 0
        for entity in self.catalog.entities:
            cells, losers = self._write_golden(entity)
            golden, conflicts = golden + cells, conflicts + losers
        summary = facts | {
            "resources": len({d["resource"] for d in self.deliveries}),
            "deliveries": len(self.deliveries),
            "records": self.records.rows,
            "errors": self.errors.rows,
            "error_kinds": len(self.kinds),
            "refused": sum(d["verdict"] == "refused" for d in self.deliveries),
            "repeated": sum(d["verdict"] == "repeat" for d in self.deliveries),
            "golden_cells": golden,
            "conflicts": conflicts,
            **write_world(self.world, self.folder),
        }
        _json(self.folder / "world.json", summary)
        return summary

    def _write_golden(self, name: str) -> tuple[int, int]:
        """Cells of one kind of entity at the last cut-off, and the values that lost."""
        entity = self.catalog.entities[name]
        cells = Table(self.folder / "golden" / f"{name}.parquet", GOLDEN)
        losers = Table(self.folder / "conflicts" / f"{name}.parquet", CONFLICTS)
        numeric = {e for e in entity.authority if self.catalog.elements[e].type in NUMERIC}
        for golden in golden_of(self.catalog, entity, self.stocks, self.today):
            needs: dict[int, str] = {}
            for element, cell in golden.cells.items():
                claimed = cell.claimed
                if id(claimed) not in needs:
                    needs[id(claimed)] = self._needs(golden, claimed)
                source = claimed.told.resource.id
                cells.row(self.today, golden.key, golden.identity, element, cell.value, source, needs[id(claimed)])
            for row in losers_of(golden, numeric):
                losers.row(self.today, golden.key, *row)
        cells.close()
        losers.close()
        return cells.rows, losers.rows

    def _needs(self, golden: Golden, claimed: Claimed) -> str:
        """``former_name`` where the winning record knows its entity only by a name that it no longer has."""
        if claimed.told.name is None:
            return ""
        name = claimed.told.name.at(claimed.stand.record)
        number = int(golden.identity[1:]) if golden.identity[1:].isdigit() else -1
        things: Any = {"P": self.world.persons, "O": self.world.organisations}.get(golden.identity[:1])
        return "former_name" if name and things and number >= 0 and name == things[number].former_name else ""


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
