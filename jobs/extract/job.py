"""Take what arrived by the cut-off into the blob store and the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from jobs.context import Context, RunReport
from jobs.contracts import Access, Resource
from jobs.errors import SourceError
from jobs.extract.blobs import Sink, sweep_partials, sync_folder
from jobs.extract.connect import open_source
from jobs.extract.files import Files
from jobs.extract.seen import Seen
from jobs.extract.source import Asked, Offer, located
from jobs.extract.strays import find_strays, folders_at_top, patterns_by_folder, place_of, strays_at
from jobs.lake.delivery import Delivery
from jobs.lake.journal import DELIVERIES, REPEATS, STRAYS, WITHDRAWALS, Journal
from jobs.stages import JOURNAL_FOLDER, stage_of

Row = dict[str, Any]
Listed = dict[str, tuple[str, frozenset[str]]]
"""Places of others that were listed: whose, and the names of all files there."""


_BATCH, _BATCH_BYTES = 200, 64 << 20
"""Deliveries, and bytes of them, after which the journal is told: a kill before costs that much transfer again."""


class Known:
    """Deliveries that were taken before, by their identity, and those of now that the journal is not told of yet.

    Many are told in one transaction, after the folders of their blobs are synced. A kill before that loses nothing:
    what the journal does not know is fetched again, and a blob that is there is not rewritten.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.by_load: dict[str, Row] = {row["load_id"]: row for row in journal.newest(DELIVERIES, "load_id")}
        self._untold: list[Row] = []
        self._folders: set[Path] = set()
        self._bytes = 0

    def __enter__(self) -> Known:
        return self

    def __exit__(self, *_error: object) -> None:
        self.tell()

    def add(self, row: Row, folder: Path, size: int) -> None:
        """Remember one more, whose blob of ``size`` bytes is kept in ``folder``."""
        self.by_load[row["load_id"]] = row
        self._untold.append(row)
        self._folders.add(folder)
        self._bytes += size
        if len(self._untold) >= _BATCH or self._bytes >= _BATCH_BYTES:
            self.tell()

    def tell(self) -> None:
        """Let the journal testify to all that it was not told of."""
        for folder in sorted(self._folders):
            sync_folder(folder)
        self._journal.note_all(DELIVERIES, self._untold)
        self._untold, self._folders, self._bytes = [], set(), 0


def run(ctx: Context, resources: Iterable[Resource]) -> list[RunReport]:
    """Extract every resource that is live; one report each. A source that fails is reported, the others go on.

    What lies in the inbox and at their places beside them and is no resource's is testified too.
    """
    resources = list(resources)
    listed: Listed = {}
    with Known(ctx.journal) as known:
        reports = _run(ctx, resources, known, listed)
    _note_strays(ctx, [resource.id for resource in resources], listed)
    return reports


def _run(ctx: Context, resources: Iterable[Resource], known: Known, listed: Listed) -> list[RunReport]:
    reports = []
    for resource in resources:
        access = ctx.catalog.access.get(resource.id)
        if access is None:
            continue
        ctx.progress("extract", resource.id)
        sweep_partials(_folder(ctx, resource))
        taken, problems = _take_all(ctx, resource, access, known, listed)
        note = problems[0] + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "") if problems else ""
        reports.append(RunReport("extract", resource.id, rows=taken, changed=taken > 0, note=note))
    return reports


def _note_strays(ctx: Context, resources: list[str], listed: Listed) -> None:
    """Testify what is no resource's in the inbox and at the places that were ``listed``, where that has changed.

    Looked at in the inbox are the folders of ``resources`` and those in which no resource is declared: others are
    looked at with theirs.
    """
    access = ctx.catalog.access
    own, all_ = folders_at_top(access, resources), folders_at_top(access, access)

    def is_looked_at(top: str) -> bool:
        return top in own or top not in all_

    departments = {f: id_.partition(".")[0] for id_ in access for f in patterns_by_folder({id_: access[id_]})}
    departments |= {place: department for place, (department, _) in listed.items()}
    before = {row["folder"]: row for row in ctx.journal.newest(STRAYS, "folder")}
    rows = {
        folder: {"folder": folder, "department": row["department"], "files": 0, "names": [], "nearest": []}
        for folder, row in before.items()
        if (folder in listed if "://" in folder else is_looked_at(folder.partition("/")[0]))
    }
    there = (strays_at(place, names, access) for place, (_, names) in listed.items())
    here = find_strays(ctx.inbox, access, is_looked_at) if ctx.inbox.is_dir() else ()
    for found in filter(None, chain(here, there)):
        top = found.folder.partition("/")[0]
        department = top if top in ctx.catalog.departments else departments.get(found.folder, "")
        row: Row = {"folder": found.folder, "department": department, "files": found.count}
        rows[found.folder] = row | {"names": list(found.files), "nearest": list(found.nearest)}
    ctx.journal.note_all(STRAYS, [row for folder, row in rows.items() if _told(row) != _told(before.get(folder))])


def _told(row: Row | None) -> list[Any]:
    """What a row of strays says, as the journal keeps it."""
    lists = [row[name] for name in ("names", "nearest")] if row else [[], []]
    return [row["files"] if row else 0, *(json.loads(said) if isinstance(said, str) else said for said in lists)]


def _take_all(ctx: Context, resource: Resource, access: Access, known: Known, listed: Listed) -> tuple[int, list[str]]:
    """Deliveries taken, in the order they were received, and what is wrong with the others: a bad one does not hold
    up its neighbours."""
    seen = Seen(ctx.settings.lake / JOURNAL_FOLDER / "seen" / f"{resource.id}.json")
    folder, member = _folder(ctx, resource), ctx.catalog.format_of(resource.id).member or ""

    def is_known(file: str, stamp: str) -> bool:
        row = known.by_load.get(seen.delivery(file, stamp))
        return row is not None and (folder / row["blob"]).is_file()

    problems: list[SourceError] = []
    taken = 0
    try:
        asked = _asked(ctx, resource, known)
        with open_source(resource, access, member, ctx.inbox, ctx.settings.secrets, asked, is_known) as source:
            offers: list[Offer] = []
            for found in source.offers():
                (offers if isinstance(found, Offer) else problems).append(found)  # type: ignore[arg-type]
            if isinstance(source, Files) and (place := place_of(access)):
                listed[place] = (resource.department, source.listed)
            for offer in sorted(offers, key=lambda offer: (offer.received_at, offer.file)):
                if offer.received_at[:10] > ctx.as_of:
                    continue
                try:
                    taken += _take(ctx, resource, access, offer, known, seen)
                except SourceError as error:
                    problems.append(located(error, file=offer.file))
    except SourceError as error:
        problems.append(error)
    seen.save()
    return taken, [str(located(error, system=resource.system, resource=resource.id)) for error in problems]


def _take(ctx: Context, resource: Resource, access: Access, offer: Offer, known: Known, seen: Seen) -> int:
    """1 if the offer is a delivery that is new, else 0. Nothing is visible before all of it is there."""
    if offer.manifest.get("withdrawn"):
        _note_withdrawal(ctx, resource, offer)
        return 0
    with Sink(_folder(ctx, resource), access.max_mb << 20, access.max_minutes * 60) as sink:
        fetched = offer.fetch(sink)
        if not fetched.is_delivery:
            return 0
        delivery = Delivery(
            resource=resource.id,
            period=offer.period,
            sequence=offer.sequence,
            blob=sink.sha256,
            member=offer.manifest.get("member") or ctx.catalog.format_of(resource.id).member or "",
            file=offer.file,
            received_at=offer.received_at,
            manifest=offer.manifest | fetched.facts,
        )
        if offer.manifest.get("sha256", delivery.blob) != delivery.blob:
            raise SourceError("the file differs from the SHA-256 in its manifest", remedy="Send it again")
        sink.keep()
    seen.note(offer.file, offer.stamp if fetched.settled else "", delivery.load_id)
    before = known.by_load.get(delivery.load_id)
    if before is None:
        known.add(_row(delivery), _folder(ctx, resource), sink.size)
    elif before["file"] != offer.file:
        _note_repeat(ctx, delivery)
    return int(before is None)


def _asked(ctx: Context, resource: Resource, known: Known) -> Asked:
    """What a source that is asked once a day is to be told of the days before."""
    earlier = [row for row in known.by_load.values() if row["resource"] == resource.id]
    reached = max((row for row in earlier if row["state"] != "refused"), key=lambda row: row["period"], default=None)
    return Asked(
        as_of=ctx.as_of,
        last=_manifest(reached) if reached else {},
        since=reached["period"] if reached else "",
        is_taken=any(row["period"] >= ctx.as_of for row in earlier),
    )


def _row(delivery: Delivery) -> Row:
    return {
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


def _note_withdrawal(ctx: Context, resource: Resource, offer: Offer) -> None:
    """Testify once that a place in the order was taken back; with a SHA-256, only those bytes there."""
    place: Row = {"resource": resource.id, "period": offer.period, "sequence": offer.sequence}
    place["blob"] = offer.manifest.get("sha256", "")
    if not ctx.journal.newest(WITHDRAWALS, "resource", **place):
        ctx.journal.note(WITHDRAWALS, **place, file=offer.file, received_at=offer.received_at)


def _manifest(row: Row) -> dict[str, Any]:
    manifest = row["manifest"]
    return manifest if isinstance(manifest, dict) else json.loads(manifest or "{}")


def _folder(ctx: Context, resource: Resource) -> Path:
    return ctx.settings.lake / stage_of("extract").folder / resource.system
