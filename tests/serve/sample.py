"""A served database as docs/tables.md lays it out: the real catalog, invented counts, on request hostile texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from jobs.contracts import Catalog, Choice
from tests.serve.arrived import (
    AS_OF,
    BLOCKED,
    MISSING,
    REFUSED,
    TOO_MANY,
    WAITING,
    balance,
    chance,
    deliveries,
    findings,
    verdicts,
)
from tests.serve.declared import catalog_rows, lineage_rows

Row = dict[str, Any]
DIMENSIONS = ("01", "02", "03", "04", "05", "06")
HOSTILE = "<script>alert('x')</script>\u202eexe.fdp\u200b\x07&\"'"
FORMULA = "=cmd|' /C calc'!A0"
PERSON = {
    "id": "441900199001011236",
    "name": "欧阳晓明",
    "mobile": "13800138000",
    "address": "东莞市厚街镇康乐路 7 号 302",
}


@dataclass(frozen=True)
class Sample:
    """Rows of every table. ``hostile`` spoils the names that departments choose."""

    catalog: Catalog
    hostile: bool = False
    approved_by: str = ""
    note: str = "模拟数据"
    drop: tuple[str, ...] = field(default=())
    """Tables that shall be missing, as ``schema.table``."""

    def text(self, plain: str) -> str:
        return f"{plain}{HOSTILE}" if self.hostile else plain

    @cached_property
    def deliveries(self) -> list[Row]:
        return [row for resource in self.catalog.live.values() for row in deliveries(resource, self.text)]

    @cached_property
    def rules(self) -> list[Row]:
        return [row for resource in self.catalog.live.values() for row in verdicts(self.catalog, resource, self.text)]

    @cached_property
    def ledger(self) -> list[Row]:
        return [balance(resource, self.deliveries) for resource in self.catalog.live]

    @cached_property
    def findings(self) -> list[Row]:
        return list(findings(self.rules, self.deliveries, self.ledger, self.text))

    def tables(self) -> dict[str, list[Row]]:
        """All rows by ``schema.table``."""
        shared = {"as_of": AS_OF, "approved_by": self.approved_by, "event": "release", "note": self.note}
        past = [
            shared
            | {"release": n, "as_of": f"2026-11-{16 + n}", "score": Decimal("97.2") - Decimal(n % 3) / 2}
            | {"n_tables": 98, "n_changed": 7 * n}
            for n in range(1, 7)
        ]
        states = self._states()
        steps = ("layer", "name", "as_of", "version", "rows", "state", "reason")
        rows = {
            "meta.release": [shared | {"release": 6, "n_tables": 98, "n_rows": 812_345, "previous": 5}],
            "meta.releases": past,
            "meta.tables": states,
            **{f"meta.{name}": rows for name, rows in catalog_rows(self.catalog, self.text).items()},
            "audit.findings": self.findings,
            "audit.scorecard": self._scorecard(),
            "audit.ledger": self.ledger,
            "audit.disputes": self._disputes(),
            "audit.lineage": lineage_rows(self.catalog),
            "journal.deliveries": self.deliveries,
            "journal.rules": self.rules,
            "journal.steps": [
                {name: row[name] for name in steps} | {"seconds": 0.2} for row in states if row["version"]
            ],
            "reject.landed": self._refused(),
            "reject.standardised": self._quarantined(),
        }
        return {name: found for name, found in rows.items() if found and name not in self.drop}

    def _states(self) -> list[Row]:
        counts = {row["resource"]: row["current"] for row in self.ledger}
        hinted = {row["resource"] for row in self.findings if row["kind"] == "rule_failed"}
        rows = []
        for resource in self.catalog.resources.values():
            state, reason = "warned" if resource.id in hinted else "ok", ""
            if resource.id not in self.catalog.live:
                state = "declared"
            elif resource.id == WAITING:
                state, reason = "waiting", "尚无可用数据"
            elif resource.id in BLOCKED:
                state, reason = "blocked", self.text(TOO_MANY)
            rows.append(_state("standardised", resource.id, resource.name, state, counts.get(resource.id, 0), reason))
        for entity in self.catalog.entities.values():
            state, reason = ("stale", "企业登记被阻断") if entity.entity == "organisation" else ("ok", "")
            rows.append(_state("fused", entity.entity, entity.library, state, 10_038, reason))
        for theme in self.catalog.themes.values():
            for table in theme.tables:
                state = "stale" if theme.id == "enterprise_profile" else "ok"
                if (theme.id, table.name) not in self.catalog.theme_sql:
                    state = "declared"
                label = f"{theme.name} · {table.label}"
                rows.append(_state("derived", f"{theme.id}__{table.name}", label, state, 1_208, ""))
        return rows

    def _scorecard(self) -> list[Row]:
        live = list(self.catalog.live.values())
        scopes = [("city", "city", "全市")]
        scopes += [("department", code, code) for code in dict.fromkeys(r.department for r in live)]
        scopes += [("resource", r.id, r.name) for r in live]
        scopes += [("entity", e.entity, e.library) for e in self.catalog.entities.values()]
        counts = {"n_rules": 12, "n_failed_rules": 2, "n_checked": 91_000, "n_failed": 310}
        return [
            {"scope": scope, "id": key, "name": self.text(name), "dimension": dimension, "score": score} | counts
            for scope, key, name in scopes
            for dimension, score in _scores(scope, key).items()
        ]

    def _disputes(self) -> list[Row]:
        rows = []
        for entity in self.catalog.entities.values():
            for element, chain in entity.authority.items():
                sources = list(chain.among) if isinstance(chain, Choice) else [claim.source for claim in chain]
                for other in dict.fromkeys(sources[1:]):
                    if other != sources[0] and (n := int(1_500 * chance("dispute", element, other) ** 4)):
                        pair = {"chosen_source": sources[0], "other_source": other, "n_conflicts": n, "n_cells": 9_870}
                        rows.append({"entity": entity.entity, "element": element} | pair)
        return rows

    def _refused(self) -> list[Row]:
        line = self.text(f"{PERSON['id']},{PERSON['name']},{PERSON['mobile']},{FORMULA}")
        shared = {"resource": BLOCKED[0], "load_id": "a" * 16, "file": self.text("cb.csv"), "period": AS_OF}
        reason = "column_count: 12 fields instead of 13"
        return [shared | {"row_no": 40 + n, "reason": reason, "row_text": line} for n in range(8)]

    def _quarantined(self) -> list[Row]:
        rows = []
        for resource in (key for key in ("gaj.household.person", *BLOCKED) if key in self.catalog.live):
            fields = self.catalog.resources[resource].delivered
            values = {f.name: _value(f.element) for f in fields}
            rules = "; ".join(["key_missing", *(f"required {f.column}" for f in fields)])
            shared = {"resource": resource, "load_id": "b" * 16, "file": "x.csv", "period": AS_OF, "rules": rules}
            spoilt = [values, values | {fields[-1].name: FORMULA}, values | {fields[0].name: HOSTILE}]
            rows += [
                shared | {"row_no": 1_847 + n, "row_json": json.dumps(own, ensure_ascii=False)}
                for n, own in enumerate(spoilt * 3)
            ]
        return rows


def corner(catalog: Catalog) -> Catalog:
    """One resource of each trouble, a few that are not connected, two libraries, the themes that are built."""
    live = ("gaj.household.person", "gaj.idcard.card", "cgj.ledger.kiosk", *BLOCKED, *REFUSED, WAITING, MISSING)
    declared = [key for key in catalog.resources if key not in catalog.live][:6]
    built = {theme for theme, _ in catalog.theme_sql}
    return replace(
        catalog,
        access={key: catalog.access[key] for key in sorted(set(live))},
        resources={key: catalog.resources[key] for key in sorted({*live, *declared})},
        entities={key: catalog.entities[key] for key in ("person", "organisation")},
        themes={key: theme for key, theme in catalog.themes.items() if key in built},
    )


def _scores(scope: str, key: str) -> dict[str, Decimal | None]:
    found: dict[str, Decimal | None] = {}
    for dimension in DIMENSIONS:
        poor = key in ("rsj", "mzj", *BLOCKED) and dimension in ("03", "05")
        luck = Decimal(str(chance(scope, key, dimension)))
        is_measured = dimension != "06" or luck <= Decimal("0.5")
        found[dimension] = round((60 if poor else 93) + 7 * luck, 2) if is_measured else None
    measured = [score for score in found.values() if score is not None]
    return found | {"total": round(sum(measured, Decimal(0)) / len(measured), 2)}


def _state(layer: str, name: str, label: str, state: str, rows: int, reason: str) -> Row:
    held, known = state in ("blocked", "stale"), state not in ("declared", "waiting")
    return {
        "layer": layer,
        "name": name,
        "label": label,
        "department": name.split(".")[0] if layer == "standardised" else "",
        "rows": rows if known else 0,
        "version": 12 if known else None,
        "state": state,
        "as_of": ("2026-11-20" if held else AS_OF) if known else "",
        "since": "2026-11-21" if held else "",
        "reason": reason,
        "previous_rows": rows - (0 if held else int(40 * chance("grown", name))) if known else None,
        "is_changed": known and not held,
    }


def _value(element: str) -> str | None:
    """Somebody's data: nothing of it may be read from a page."""
    if element in ("resident_id", "id_document_no"):
        return PERSON["id"]
    if "name" in element:
        return PERSON["name"]
    if "phone" in element or "mobile" in element:
        return PERSON["mobile"]
    return PERSON["address"] if "address" in element else None if element.endswith("_at") else "1"


def write(sample: Sample, path: Path) -> Path:
    """The file, with a small ``base`` table an entity so that coverage can be counted."""
    with duckdb.connect(str(path)) as connection:
        for schema in ("std", "base", "theme", "audit", "meta", "journal", "reject"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, rows in sample.tables().items():
            connection.register("_rows", pa.Table.from_pylist(rows))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _rows")
            connection.unregister("_rows")
        for entity in sample.catalog.entities.values():
            cells = ", ".join(_cell(element) for element in entity.authority)
            connection.execute(f"CREATE TABLE base.{entity.entity} AS SELECT {cells} FROM range(500) t(i)")
    return path


def _cell(element: str) -> str:
    """SQL of an element and its flag: more or less filled, an eighth flagged."""
    place = f"(1 + hash(i, '{element}f') % 4)::BIGINT"
    flag = f"['fallback', 'unofficial', 'suspect', 'fallback+suspect'][{place}]"
    filled = int(100 * chance("filled", element))
    return (
        f"CASE WHEN hash(i, '{element}') % 100 <= {filled} THEN 'v' END AS {element}, "
        f"CASE WHEN hash(i, '{element}f') % 100 < 12 THEN {flag} END AS {element}_flag"
    )
