"""The catalog and the journal as tables."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from jobs.contracts import Catalog, Choice, Claim

Rows = list[dict[str, Any]]


def catalog_tables(catalog: Catalog) -> dict[str, Rows]:
    """``departments systems resources elements code_values authority`` of the schema ``meta``."""
    return {
        "departments": [
            {"code": d.code, "name": d.name, "short_name": d.short_name, "kind": d.kind}
            for d in catalog.departments.values()
        ],
        "systems": [{"id": s.id, "name": s.name, "department": s.department} for s in catalog.systems.values()],
        "resources": [_resource(catalog, rid) for rid in catalog.resources],
        "elements": [
            {
                "id": e.id,
                "name": e.name,
                "identifier": e.identifier,
                "type": e.type,
                "code_table": e.code_table or "",
                "level": e.level,
                "pii": e.pii,
                "mask": e.mask or "",
                "standard": e.standard,
            }
            for e in catalog.elements.values()
        ],
        "code_values": [
            {"code_table": table.id, "code": code, "name": name}
            for table in catalog.code_tables.values()
            for code, name in table.values.items()
        ],
        "authority": _authority(catalog),
    }


def _resource(catalog: Catalog, resource_id: str) -> dict[str, Any]:
    resource = catalog.resources[resource_id]
    return {
        "id": resource.id,
        "code": resource.code,
        "name": resource.name,
        "system": resource.system,
        "department": resource.department,
        "subject": resource.subject,
        "cycle": resource.cycle,
        "load_mode": resource.load.mode,
        "key_columns": ", ".join(resource.load.key),
        "share": resource.share.type,
        "level": resource.level,
        "is_live": resource.id in catalog.live,
        "almost_empty": resource.almost_empty,
        "format": catalog.format_of(resource.id).kind,
    }


def _authority(catalog: Catalog) -> Rows:
    rows: Rows = []
    for entity in catalog.entities.values():
        for element, chain in entity.authority.items():
            claims: list[tuple[str, Claim | None]]
            if isinstance(chain, Choice):
                claims = [(source, None) for source in chain.among]
                common = {"units": ", ".join(chain.units), "basis": chain.basis, "choose": chain.choose}
            else:
                claims = [(claim.source, claim) for claim in chain]
                common = {"choose": ""}
            rows += [
                {"entity": entity.entity, "element": element, "source": source, "place": place} | _claim(claim) | common
                for place, (source, claim) in enumerate(claims, 1)
            ]
    return rows


def _claim(claim: Claim | None) -> dict[str, Any]:
    return {
        "units": ", ".join(claim.units) if claim else "",
        "basis": claim.basis if claim else "",
        "since": (claim.since or "") if claim else "",
        "until": (claim.until or "") if claim else "",
        "case_when": (claim.when or "") if claim else "",
        "is_fallback": claim.fallback if claim else False,
    }


def journal_tables(deliveries: Rows, verdicts: Rows, steps: Rows, landings: Rows | None = None) -> dict[str, Rows]:
    """``deliveries rules steps`` of the schema ``journal``, from journal rows; a delivery with the rows its manifest
    declares, and as JSON what was repaired, passed over or doubtful in reading it and what changed in its columns."""
    noticed = {row["load_id"]: row for row in landings or []}
    names = ("load_id", "resource", "period", "sequence", "file", "received_at", "state", "reason")
    counts = ("received", "landed", "rejected")
    kept = ("rule", "element", "severity", "indicator", "outcome", "checked", "failed", "limit_pct", "why")
    return {
        "deliveries": [
            {n: row[n] or "" if n != "sequence" else row[n] for n in names}
            | {n: row[n] for n in counts}
            | {"declared": json.loads(row["manifest"] or "{}").get("rows"), "in_force": row.get("in_force", True)}
            | {"notes": "{}", "changes": "[]"}
            | {n: noticed[row["load_id"]][n] for n in ("notes", "changes") if row["load_id"] in noticed}
            for row in deliveries
        ],
        "rules": [
            {
                "layer": v["layer"],
                "table_name": v["name"],
                "version": v["version"],
                "as_of": v["as_of"],
                "rule_name": r["name"],
            }
            | {name: r[name] for name in kept}
            for v in verdicts
            for r in json.loads(v["results"] or "[]")
        ],
        "steps": [
            {n: row[n] for n in ("layer", "name", "as_of", "version", "rows")}
            | {"seconds": float(row["seconds"] or 0), "state": row["state"], "reason": row["reason"] or ""}
            for row in steps
        ],
    }


def arrow_of(rows: Rows) -> pa.Table:
    """Rows as Arrow; an empty list needs no schema because it makes no table."""
    return pa.Table.from_pylist(rows)
