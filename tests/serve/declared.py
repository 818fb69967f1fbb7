"""What a served database repeats of the catalog, as docs/tables.md lays it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobs.contracts import Catalog, Choice, Element

Row = dict[str, Any]


def catalog_rows(catalog: Catalog, text: Callable[[str], str]) -> dict[str, list[Row]]:
    """Tables of the schema ``meta``; ``text`` may spoil the names."""
    tables = catalog.code_tables.values()
    return {
        "departments": [
            {"code": d.code, "name": text(d.name), "short_name": text(d.short_name), "kind": d.kind}
            for d in catalog.departments.values()
        ],
        "systems": [{"id": s.id, "name": text(s.name), "department": s.department} for s in catalog.systems.values()],
        "resources": _resources(catalog, text),
        "elements": [
            {"id": e.id, "name": e.name, "identifier": e.identifier, "standard": e.standard} | _kind(e)
            for e in catalog.elements.values()
        ],
        "code_values": [
            {"code_table": t.id, "code": code, "name": name} for t in tables for code, name in t.values.items()
        ],
        "dictionary": _dictionary(catalog, text),
        "authority": _authority(catalog),
    }


def _kind(e: Element) -> Row:
    return {"type": e.type, "code_table": e.code_table or "", "level": e.level, "pii": e.pii, "mask": e.mask or ""}


def _resources(catalog: Catalog, text: Callable[[str], str]) -> list[Row]:
    return [
        {
            "id": r.id,
            "code": r.code,
            "name": text(r.name),
            "system": r.system,
            "department": r.department,
            "subject": r.subject,
            "cycle": r.cycle,
            "load_mode": r.load.mode,
            "key_columns": ", ".join(r.load.key),
            "share": r.share.type,
            "level": r.level,
            "is_live": r.id in catalog.live,
            "almost_empty": r.almost_empty,
            "format": r.format.kind,
        }
        for r in catalog.resources.values()
    ]


def _dictionary(catalog: Catalog, text: Callable[[str], str]) -> list[Row]:
    return [
        {
            "schema_name": "std",
            "table_name": resource.id.replace(".", "__"),
            "column_name": field.column,
            "label": text(field.label),
            "element": field.element,
            "source": field.name,
        }
        | _kind(catalog.elements[field.element])
        for resource in catalog.live.values()
        for field in resource.fields
    ]


def _authority(catalog: Catalog) -> list[Row]:
    rows: list[Row] = []
    for entity in catalog.entities.values():
        for element, chain in entity.authority.items():
            shared: Row = {"entity": entity.entity, "element": element, "until": ""}
            if isinstance(chain, Choice):
                shared |= {"units": "", "basis": chain.basis, "since": "", "case_when": "", "is_fallback": False}
                found = [{"source": source, "choose": chain.choose} for source in chain.among]
            else:
                found = [
                    {
                        "source": claim.source,
                        "units": ", ".join(claim.units),
                        "basis": claim.basis,
                        "since": claim.since or "",
                        "case_when": claim.when or "",
                        "is_fallback": claim.fallback,
                        "choose": "",
                    }
                    for claim in chain
                ]
            rows += [shared | {"place": place} | claim for place, claim in enumerate(found, 1)]
    return rows


def lineage_rows(catalog: Catalog) -> list[Row]:
    """Declared edges: resources → entities → the themes that are built."""
    edges = set()
    for entity in catalog.entities.values():
        for element, chain in entity.authority.items():
            for source in chain.among if isinstance(chain, Choice) else [claim.source for claim in chain]:
                if source in catalog.live:
                    edges.add(("standardised", source, element, "fused", entity.entity, element))
    for theme, table in catalog.theme_sql:
        entity_id = "organisation" if theme == "enterprise_profile" else "person"
        edges.add(("fused", entity_id, "", "derived", f"{theme}__{table}", ""))
    names = ("from_layer", "from_table", "from_column", "to_layer", "to_table", "to_column")
    return [dict(zip(names, edge, strict=True)) for edge in sorted(edges)]
