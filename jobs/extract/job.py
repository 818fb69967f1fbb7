"""Take what arrived by the cut-off into the blob store and the journal."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from jobs.context import Context, RunReport
from jobs.contracts import Access, Resource
from jobs.errors import SourceError
from jobs.extract.blobs import hash_file, keep_blob
from jobs.extract.databases import extract_table
from jobs.extract.folders import find_files
from jobs.lake.delivery import Delivery
from jobs.lake.journal import DELIVERIES, REPEATS
from jobs.stages import stage_of


def run(ctx: Context, resources: Iterable[Resource]) -> list[RunReport]:
    """Extract every resource that is live; one report each. A source that fails is reported, the others go on."""
    known = {row["load_id"]: row for row in ctx.journal.newest(DELIVERIES, "load_id")}
    reports = []
    for resource in resources:
        access = ctx.catalog.access.get(resource.id)
        if access is None:
            continue
        ctx.progress("extract", resource.id)
        try:
            taken = (
                _from_database(ctx, resource, access, known)
                if access.kind == "sql"
                else _from_files(ctx, resource, access, known)
            )
            reports.append(RunReport("extract", resource.id, rows=taken, changed=taken > 0))
        except SourceError as error:
            reports.append(RunReport("extract", resource.id, changed=False, note=str(error)))
    return reports


def _from_files(ctx: Context, resource: Resource, access: Access, known: dict[str, Any]) -> int:
    taken = 0
    arrived = sorted(find_files(resource.id, access, ctx.inbox), key=lambda f: (f.received_at, f.path.name))
    for found in arrived:
        if found.received_at[:10] > ctx.as_of:
            continue
        fmt = ctx.catalog.format_of(resource.id)
        delivery = Delivery(
            resource=resource.id,
            period=found.period,
            sequence=found.sequence,
            blob=hash_file(found.path),
            member=found.manifest.get("member") or fmt.member or "",
            file=found.path.name,
            received_at=found.received_at,
            manifest=found.manifest,
        )
        if delivery.load_id not in known:
            keep_blob(found.path, _folder(ctx, resource))
            _note(ctx, delivery, known)
            taken += 1
        elif known[delivery.load_id]["file"] != delivery.file:
            _note_repeat(ctx, delivery)
    return taken


def _from_database(ctx: Context, resource: Resource, access: Access, known: dict[str, Any]) -> int:
    earlier = [row for row in known.values() if row["resource"] == resource.id]
    if any(row["period"] >= ctx.as_of for row in earlier):
        return 0
    low = max((_manifest(row).get("high", "") for row in earlier if row["state"] != "refused"), default="")
    folder = _folder(ctx, resource)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f".extract-{os.getpid()}"
    url = (access.url or "").replace("{inbox}", str(ctx.inbox)).replace("{home}", str(ctx.settings.home))
    try:
        rows, high = extract_table(resource, access, url, low, f"{ctx.as_of} 23:59:59.999999", target)
        if rows == 0:
            return 0
        manifest = {"rows": rows, "low": low, "high": high}
        blob = keep_blob(target, folder)
    finally:
        target.unlink(missing_ok=True)
    received = f"{ctx.as_of}T23:59:59"
    _note(ctx, Delivery(resource.id, ctx.as_of, 1, blob, "", access.table or "", received, manifest), known)
    return 1


def _note(ctx: Context, delivery: Delivery, known: dict[str, Any]) -> None:
    row: dict[str, Any] = {
        "load_id": delivery.load_id,
        "resource": delivery.resource,
        "period": delivery.period,
        "sequence": delivery.sequence,
        "blob": delivery.blob,
        "member": delivery.member,
        "file": delivery.file,
        "received_at": delivery.received_at,
        "manifest": delivery.manifest,
        "state": "extracted",
    }
    ctx.journal.note(DELIVERIES, **row)
    known[delivery.load_id] = row


def _note_repeat(ctx: Context, delivery: Delivery) -> None:
    """Testify once that the same delivery came again under another file name."""
    seen = ctx.journal.newest(REPEATS, "load_id", "file", load_id=delivery.load_id, file=delivery.file)
    if not seen:
        ctx.journal.note(
            REPEATS,
            load_id=delivery.load_id,
            resource=delivery.resource,
            file=delivery.file,
            received_at=delivery.received_at,
        )


def _manifest(row: dict[str, Any]) -> dict[str, Any]:
    import json

    manifest = row["manifest"]
    return manifest if isinstance(manifest, dict) else json.loads(manifest or "{}")


def _folder(ctx: Context, resource: Resource) -> Any:
    return ctx.settings.lake / stage_of("extract").folder / resource.system
