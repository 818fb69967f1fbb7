"""Take what arrived by the cut-off into the blob store and the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobs.context import Context, RunReport
from jobs.contracts import Access, Resource
from jobs.errors import SourceError
from jobs.extract.blobs import hash_file, keep_blob, partial_file, sweep_partials
from jobs.extract.databases import Mark, extract_table
from jobs.extract.folders import Found, describe, matching_files, shown
from jobs.extract.secrets import connection_url
from jobs.lake.delivery import Delivery
from jobs.lake.journal import DELIVERIES, REPEATS
from jobs.stages import stage_of

Row = dict[str, Any]


class Known:
    """Deliveries that were taken before, by their identity and by the name they came under."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.by_load: dict[str, Row] = {}
        self.by_file: dict[tuple[str, str], Row] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Remember one more."""
        self.by_load[row["load_id"]] = row
        self.by_file[row["resource"], row["file"]] = row


def run(ctx: Context, resources: Iterable[Resource]) -> list[RunReport]:
    """Extract every resource that is live; one report each. A source that fails is reported, the others go on."""
    known = Known(ctx.journal.newest(DELIVERIES, "load_id"))
    reports = []
    for resource in resources:
        access = ctx.catalog.access.get(resource.id)
        if access is None:
            continue
        ctx.progress("extract", resource.id)
        sweep_partials(_folder(ctx, resource))
        if access.kind == "sql":
            taken, problems = _from_database(ctx, resource, access, known)
        else:
            taken, problems = _from_files(ctx, resource, access, known)
        note = problems[0] + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "") if problems else ""
        reports.append(RunReport("extract", resource.id, rows=taken, changed=taken > 0, note=note))
    return reports


def _from_files(ctx: Context, resource: Resource, access: Access, known: Known) -> tuple[int, list[str]]:
    """Deliveries taken, in the order they were received, and what is wrong with the others: a bad one does not hold
    up its neighbours."""
    problems: list[str] = []
    described: list[Found] = []
    taken = 0
    try:
        for named in matching_files(resource.id, access, ctx.inbox):
            try:
                described.append(describe(resource.id, named))
            except SourceError as error:
                problems.append(str(error))
    except SourceError as error:
        problems.append(str(error))
    for found in sorted(described, key=lambda item: (item.received_at, item.path.name)):
        try:
            taken += _take_file(ctx, resource, found, known)
        except SourceError as error:
            problems.append(str(error))
    return taken, problems


def _take_file(ctx: Context, resource: Resource, found: Found, known: Known) -> int:
    """1 if the file is a delivery that is new by the cut-off, else 0."""
    if found.received_at[:10] > ctx.as_of:
        return 0
    name = shown(found.path.name)
    if _is_taken(ctx, resource, found, known.by_file.get((resource.id, name))):
        return 0
    delivery = Delivery(
        resource=resource.id,
        period=found.period,
        sequence=found.sequence,
        blob=hash_file(found.path),
        member=found.manifest.get("member") or ctx.catalog.format_of(resource.id).member or "",
        file=name,
        received_at=found.received_at,
        manifest=found.manifest,
    )
    if found.manifest.get("sha256", delivery.blob) != delivery.blob:
        problem = "the file differs from the SHA-256 in its manifest"
        raise SourceError(problem, remedy="Send it again", resource=resource.id, file=name)
    if delivery.load_id in known.by_load:
        if known.by_load[delivery.load_id]["file"] != name:
            _note_repeat(ctx, delivery)
        return 0
    if keep_blob(found.path, _folder(ctx, resource)) != delivery.blob:
        problem = "the file changed while it was read"
        raise SourceError(
            problem, remedy="Put files into the inbox under another name first", resource=resource.id, file=name
        )
    _note(ctx, delivery, known)
    return 1


def _is_taken(ctx: Context, resource: Resource, found: Found, row: Row | None) -> bool:
    """Whether the file was taken at this place and has not been touched since: then it need not be hashed again."""
    if row is None or (row["period"], row["sequence"]) != (found.period, found.sequence):
        return False
    blob: Path = _folder(ctx, resource) / row["blob"]
    file = found.path.stat()
    if not blob.is_file():
        return False
    kept = blob.stat()
    one_clock = kept.st_dev == file.st_dev
    return one_clock and kept.st_size == file.st_size and kept.st_mtime_ns > file.st_ctime_ns


def _from_database(ctx: Context, resource: Resource, access: Access, known: Known) -> tuple[int, list[str]]:
    earlier = [row for row in known.by_load.values() if row["resource"] == resource.id]
    if any(row["period"] >= ctx.as_of for row in earlier):
        return 0, []
    reached = sorted((row for row in earlier if row["state"] != "refused"), key=lambda row: row["period"])
    mark = _manifest(reached[-1]) if reached else {}
    last = Mark(mark.get("high", ""), mark.get("at_high", 0))
    folder = _folder(ctx, resource)
    target = partial_file(folder)
    try:
        url = connection_url(resource, access, ctx.inbox, ctx.settings.secrets)
        extracted = extract_table(resource, access, url, last, ctx.as_of, target)
        if extracted.rows == 0:
            return 0, []
        blob = keep_blob(target, folder)
    except SourceError as error:
        return 0, [str(error)]
    finally:
        target.unlink(missing_ok=True)
    received = f"{ctx.as_of}T23:59:59"
    _note(ctx, Delivery(resource.id, ctx.as_of, 1, blob, "", access.table or "", received, extracted.manifest()), known)
    return 1, []


def _note(ctx: Context, delivery: Delivery, known: Known) -> None:
    row: Row = {
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
    known.add(row)


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


def _manifest(row: Row) -> dict[str, Any]:
    manifest = row["manifest"]
    return manifest if isinstance(manifest, dict) else json.loads(manifest or "{}")


def _folder(ctx: Context, resource: Resource) -> Path:
    return ctx.settings.lake / stage_of("extract").folder / resource.system
