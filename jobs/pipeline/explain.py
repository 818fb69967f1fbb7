"""Where a value came from, and what became of a row: answers over released and passed tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import duckdb

from jobs.context import Context
from jobs.contracts import Choice, Entity, SourceField
from jobs.errors import UsageError
from jobs.lake.delivery import counting, delivery_of
from jobs.lake.journal import DELIVERIES, LANDINGS, STEPS
from jobs.lake.manifest import Entry, Manifest, read_manifest

Row = dict[str, Any]

FLAGS = ((1, "fallback"), (2, "unofficial"), (4, "suspect"))


@dataclass(frozen=True)
class Trace:
    """One cell: its value, why it was chosen, the row it came from, and the values that lost."""

    element: str
    value: str
    flags: tuple[str, ...]
    authority: str
    source: Row
    losing: tuple[Row, ...] = field(default=())


def trace_cells(ctx: Context, entity: str, identity: str, element: str | None, release: int | None) -> list[Trace]:
    """Cells of one entity, which is named by its canonical id or by the value of a strong key."""
    declared, manifest = _entity(ctx, entity), _released(ctx, release)
    fused = manifest.entry("fused", entity)
    if fused is None:
        raise UsageError(f"release {manifest.release} has no {entity}", remedy="See `brain release show`")
    if element is not None and element not in declared.authority:
        raise UsageError(
            f"{entity} has no element {element!r}", remedy=f"One of {', '.join(sorted(declared.authority))}"
        )
    keys = ["canonical_id", *[key for key in declared.keys if isinstance(key, str)]]
    condition = " OR ".join(f'"{key}" = $id' for key in keys)
    rows = _query(ctx, fused, f"SELECT * FROM files WHERE {condition}", id=identity)
    if not rows:
        remedy = f"Give one of {', '.join(keys)}; a record of a source without authority: `brain where RESOURCE KEY`"
        raise UsageError(f"no {entity} in the library has this id", remedy=remedy)
    row = rows[0]
    losing = _losing(ctx, manifest, entity, row["canonical_id"])
    wanted = [element] if element else [name for name in sorted(declared.authority) if row[name] is not None]
    return [_trace(ctx, declared, row, name, [item for item in losing if item["element"] == name]) for name in wanted]


def _trace(ctx: Context, entity: Entity, row: Row, element: str, losing: list[Row]) -> Trace:
    cell = row["_cells"][element]
    if cell is None:
        return Trace(element, "", (), "no source has a value", {}, tuple(losing))
    source = _with_delivery(ctx, dict(row["_sources"][cell >> 3]))
    flags = tuple(word for bit, word in FLAGS if cell & bit)
    return Trace(element, str(row[element]), flags, _ground(entity, element, source["resource"]), source, tuple(losing))


def _ground(entity: Entity, element: str, resource: str) -> str:
    """The line of the catalog that gives ``resource`` its say."""
    chain = entity.authority[element]
    if isinstance(chain, Choice):
        return f"{chain.choose} among {', '.join(chain.among)}: {chain.basis}"
    for place, claim in enumerate(chain, 1):
        if claim.source == resource:
            kind = "fallback" if claim.fallback else f"authority of {', '.join(claim.units)}"
            return f"{kind}, place {place} of {len(chain)}" + (f": {claim.basis}" if claim.basis else "")
    return "not named in the catalog"


def _losing(ctx: Context, manifest: Manifest, entity: str, canonical_id: str) -> list[Row]:
    entry = manifest.entry("fused", f"{entity}__conflicts")
    if entry is None or not entry.rows:
        return []
    query = (
        "SELECT element, value, resource, role, _load_id AS load_id, _row_no AS row_no "
        "FROM files WHERE canonical_id = $id ORDER BY ALL"
    )
    return [_with_delivery(ctx, row) for row in _query(ctx, entry, query, id=canonical_id)]


def _with_delivery(ctx: Context, source: Row) -> Row:
    found = ctx.journal.newest(DELIVERIES, "load_id", load_id=source["load_id"])
    facts = {name: found[0][name] for name in ("file", "period", "sequence", "blob", "received_at")} if found else {}
    return source | facts


def where_row(ctx: Context, resource: str, key: str, cells: bool = False) -> list[Row]:
    """Every landed row of a key (the delivered text or the standardised value) and its fate, in order of delivery;
    with it what was repaired, passed over or doubtful while the delivery it came with was read. With ``cells`` also
    ``flagged``: of each cell with a flag its column, flag and delivered text, which may be a personal value."""
    if resource not in ctx.catalog.live:
        near = ", ".join(get_close_matches(resource, ctx.catalog.live))
        raise UsageError(
            f"{resource!r} is not a live resource", remedy=f"Perhaps {near}" if near else "`brain status` names them"
        )
    landed = ctx.lake.passed("landed", resource)
    if landed is None:
        remedy = f"See `brain deliveries --only {resource}`; `brain run` names files that are no resource's"
        raise UsageError(f"nothing of {resource} has landed", remedy=remedy)
    fields = _identifying(ctx, resource)
    delivered = " OR ".join(f'"{field.stored}" = $key' for field in fields)
    rows: dict[tuple[str, int], Row] = {}
    standing: set[str] = set()
    said = " OR ".join(f'CAST("{f.column}" AS VARCHAR) = $key OR _raw."{f.column}" = $key' for f in fields)
    for name, fate in ((resource, None), (f"{resource}__rejects", "quarantined")):
        version = ctx.lake.passed("standardised", name)
        if version is None or not version.rows:
            continue
        why = "array_to_string(_rules, '; ')" if fate else "''"
        query = (
            f"SELECT _load_id AS load_id, _row_no AS row_no, _row_hash, _fate AS fate, {why} AS why, "
            f"_from_seq AS from_seq, _to_seq AS to_seq{', _flag, _raw' if cells else ''} "
            f"FROM read_parquet($files) WHERE {said}"
        )
        for row in _rows(ctx.lake.files(version), query, key=key):
            flagged = {"flagged": _flagged(row.pop("_flag"), row.pop("_raw"))} if cells else {}
            standing.add(row.pop("_row_hash"))
            rows[(row["load_id"], row["row_no"])] = row | flagged
    query = f"SELECT _load_id AS load_id, _row_no AS row_no, _row_hash FROM read_parquet($files) WHERE {delivered}"
    for row in _rows(ctx.lake.files(landed), query, key=key):
        place, is_same = (row["load_id"], row["row_no"]), row.pop("_row_hash") in standing
        if place not in rows:
            rows[place] = row | _unseen(ctx, resource, row["load_id"], is_same)
    rows |= _refused_rows(ctx, resource, key)
    notes = delivery_notes(ctx, resource)
    found = [_with_delivery(ctx, row) | {"notes": notes.get(row["load_id"], {})} for row in rows.values()]
    return sorted(found, key=lambda row: (row.get("period") or "", row.get("sequence") or 0, row["row_no"]))


def _flagged(flags: dict[str, str | None], texts: dict[str, str | None]) -> list[Row]:
    """Columns with a flag, and what was delivered there."""
    return [{"column": name, "flag": flag, "text": texts[name]} for name, flag in flags.items() if flag]


def delivery_notes(ctx: Context, resource: str) -> dict[str, dict[str, int]]:
    """What was repaired, passed over or doubtful while each delivery of a resource was read, by load id."""
    rows = ctx.journal.newest(LANDINGS, "load_id", resource=resource)
    return {row["load_id"]: json.loads(row["notes"] or "{}") for row in rows}


def _unseen(ctx: Context, resource: str, load_id: str, is_same: bool) -> Row:
    """Why a landed row does not stand in the standardised table that passed last; ``is_same``: one like it does."""
    rows = {row["load_id"]: row for row in ctx.journal.newest(DELIVERIES, "load_id", resource=resource)}
    if rows[load_id]["state"] == "withdrawn":
        return {"fate": "withdrawn", "why": "its department took the delivery back"}
    if load_id not in {d.load_id for d in counting(delivery_of(r) for r in rows.values() if r["state"] == "landed")}:
        return {"fate": "superseded", "why": "a correction of the whole period took its place"}
    landed_at = rows[load_id]["noted_at"]
    table = {"layer": "standardised", "name": resource}
    judged = ctx.journal.newest(STEPS, "layer", "name", **table)
    passed = ctx.journal.newest(STEPS, "layer", "name", **table, state="built")
    if passed and landed_at <= passed[0]["noted_at"]:
        if is_same:
            return {"fate": "duplicate", "why": "it says what a row that stands said already"}
        return {"fate": "replaced", "why": "another row of its key counts"}
    if judged and landed_at <= judged[0]["noted_at"]:
        return {"fate": "held back", "why": f"its gate stopped the table: {judged[0]['reason']}"}
    return {"fate": "waiting", "why": "landed, not yet standardised: `brain run --from standardise` takes it"}


def _identifying(ctx: Context, resource: str) -> list[SourceField]:
    """Fields that name a record: its key, and the elements that are strong keys of an entity."""
    strong = {
        part
        for e in ctx.catalog.entities.values()
        for key in e.keys
        for part in ([key] if isinstance(key, str) else key)
    }
    declared = ctx.catalog.resources[resource]
    return [field for field in declared.fields if field.name in declared.load.key or field.element in strong]


def _refused_rows(ctx: Context, resource: str, key: str) -> dict[tuple[str, int], Row]:
    version = ctx.lake.passed("landed", f"{resource}__rejects")
    if version is None:
        return {}
    query = (
        "SELECT _load_id AS load_id, _row_no AS row_no, _reason AS why "
        "FROM read_parquet($files) WHERE contains(_text, $key)"
    )
    rows = _rows(ctx.lake.files(version), query, key=key)
    return {(row["load_id"], row["row_no"]): row | {"fate": "rejected"} for row in rows}


def _entity(ctx: Context, entity: str) -> Entity:
    if entity not in ctx.catalog.entities:
        raise UsageError(f"unknown entity {entity!r}", remedy=f"One of {', '.join(ctx.catalog.entities)}")
    return ctx.catalog.entities[entity]


def _released(ctx: Context, release: int | None) -> Manifest:
    manifest = read_manifest(ctx.settings.lake, release)
    if manifest is None:
        raise UsageError("there is no release yet", remedy="Run `brain demo` or `brain run`")
    return manifest


def _query(ctx: Context, entry: Entry, query: str, **values: Any) -> list[Row]:
    files = [str(ctx.settings.lake / name) for name in entry.files]
    return _rows(files, query.replace("FROM files", "FROM read_parquet($files)"), **values)


def _rows(files: list[str], query: str, **values: Any) -> list[Row]:
    if not files:
        return []
    rows: list[Row] = duckdb.execute(query, {"files": files} | values).to_arrow_table().to_pylist()
    return rows
