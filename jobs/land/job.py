"""Land one delivery: read, number, hash and append its records, count what was received."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from jobs.context import Context
from jobs.contracts import Format, place_of
from jobs.errors import SourceError
from jobs.lake.delivery import Delivery
from jobs.lake.digest import Digest
from jobs.lake.store import Version
from jobs.land.ahead import ahead
from jobs.land.columns import Came, Columns
from jobs.land.drift import Change, Traits, changes_of, columns_of, may_be_absent, require_allowed
from jobs.land.header import HeaderDiffers
from jobs.land.isolation import expect_isolated, read_isolated
from jobs.land.limits import bound
from jobs.land.rejects import REJECTS, RejectLog, may_be_cut
from jobs.land.renamed import Candidate, candidates, explained
from jobs.land.rows import add_exactly, column_sum, landed_schema, to_batches
from jobs.land.shapes import Shape, shape_of
from jobs.stages import stage_of

COUNTED_MB = 64
"""Size of a file up to which its records are counted though it is refused for its header."""


@dataclass
class Landing:
    """A delivery that stands in the lake, not yet passed: its table versions and what was counted and noticed."""

    delivery: Delivery
    version: Version | None = None
    rejects_version: Version | None = None
    landed: int = 0
    rejected: int = 0
    first_rejected: list[int] = field(default_factory=list)
    """Numbers of the first records that were not taken."""
    is_cut: bool = False
    """The last record was not taken, and may be the beginning of one."""
    sums: dict[str, Decimal] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    """What was passed over as declared, or is doubtful though taken, and how often."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why records were not taken, and how many."""
    traits: Traits = field(default_factory=Traits)
    changes: list[Change] = field(default_factory=list)

    @property
    def received(self) -> int:
        return self.landed + self.rejected


@dataclass(frozen=True)
class Standing:
    """Rows of a delivery that an earlier reading of it left in the lake."""

    landed: int = 0
    rejected: int = 0


def run(ctx: Context, delivery: Delivery, earlier: Standing | None = None, before: Traits | None = None) -> Landing:
    """Append the delivery to its landed table, in place of what an ``earlier`` reading of it left there.

    ``before`` is what the delivery before it looked like. Raises SourceError if the file must be refused whole.
    """
    earlier = earlier or Standing()
    resource = ctx.catalog.resources[delivery.resource]
    columns = columns_of(resource)
    try:
        return _append(ctx, delivery, earlier, columns, {}, before)
    except HeaderDiffers as differs:
        found = _candidates(ctx, delivery, differs, before)
        sure = {c.column: c.field for c in found if c.sure} if resource.drift.renamed == "alias" else {}
        open_ = set(differs.missing) - set(sure.values())
        if not open_ <= may_be_absent(resource) or any(c.field in open_ for c in found):
            places = {c.field: place_of(ctx.settings.home, resource, c.field) for c in found}
            raise explained(differs, found, places) from None
        known = Columns(columns, columns.aliases | sure, open_)
        return _append(ctx, delivery, earlier, known, sure, before)


def _append(
    ctx: Context,
    delivery: Delivery,
    earlier: Standing,
    columns: Columns,
    assumed: dict[str, str],
    before: Traits | None,
) -> Landing:
    """Read it under these names; ``assumed`` are those that nobody declared."""
    resource = ctx.catalog.resources[delivery.resource]
    stored = {f.name: f.stored for f in resource.fields}
    schema, fmt = landed_schema([stored[name] for name in columns]), _format(ctx, delivery)
    named = {name: columns.aliases.get(name, name) for name in delivery.manifest.get("sums", {})}
    landing = Landing(delivery, sums={name: Decimal(0) for name, own in named.items() if own in stored})
    log = RejectLog(delivery.load_id)

    def batches() -> Iterator[pa.RecordBatch]:
        came, shapes, content = Came(), dict[str, Shape](), hashlib.blake2b(digest_size=16)
        for chunk in ahead(read_isolated(_blob(ctx, delivery), fmt, columns, code_lengths(ctx, delivery.resource))):
            landing.landed += chunk.rows
            log.add(chunk.rejects)
            landing.notes.update(chunk.notes)
            landing.reasons.update(reject.reason.partition(":")[0] for reject in chunk.rejects)
            for name in landing.sums:
                counted = column_sum(chunk.columns[columns.index(named[name])])
                landing.sums[name] = add_exactly(landing.sums[name], counted)
            shapes = shapes or (dict(zip(columns, map(shape_of, chunk.columns), strict=True)) if chunk.rows else {})
            came = chunk.came or came
            for batch in to_batches(chunk, delivery.load_id, ctx.lake.key, schema):
                content.update(batch.column("_row_hash").buffers()[2] or b"")
                yield batch
        landing.notes.update({"respelt_names": came.respelt} if came.respelt else {})
        landing.traits = Traits(came.found, shapes, content.hexdigest())
        landing.changes = changes_of(resource, came, assumed, landing.traits, before)
        require_allowed(resource, bool(came.found), landing.changes)

    gone = delivery.load_id if earlier.landed or earlier.rejected else ""
    number = ctx.lake.append("landed", resource.id, ahead(batches()), schema, gone)
    landing.version = _grown(ctx, resource.id, number, landing.landed - earlier.landed)
    landing.rejected, landing.first_rejected = log.count, log.first
    if log.last is not None and log.last.row_no == landing.received:
        landing.is_cut = may_be_cut(log.last.reason, not landing.notes.get("open_end"))
    if log.count or earlier.rejected:
        name = f"{resource.id}__rejects"
        number = ctx.lake.append("landed", name, log.batches(), REJECTS, gone)
        landing.rejects_version = _grown(ctx, name, number, log.count - earlier.rejected)
    return landing


def _candidates(ctx: Context, delivery: Delivery, differs: HeaderDiffers, before: Traits | None) -> list[Candidate]:
    """What missing columns may have become, seen by the names and the first cells of the new ones."""
    if not differs.extra:
        return []
    now: dict[str, Shape] = {}
    if before:
        reading = read_isolated(_blob(ctx, delivery), _format(ctx, delivery), list(differs.extra))
        with suppress(SourceError), closing(reading):  # what cannot be read by itself is known by its name alone
            now = dict(zip(differs.extra, map(shape_of, next(reading).columns), strict=True))
    resource = ctx.catalog.resources[delivery.resource]
    return candidates(ctx.catalog, resource, differs, before.shapes if before else {}, now)


def records_held(ctx: Context, delivery: Delivery) -> int | None:
    """Records of a file whose header is not the declared one; None where they cannot be told apart without it, or the
    file is so large that counting costs as much as taking it."""
    blob, fmt = _blob(ctx, delivery), _format(ctx, delivery)
    names = list(columns_of(ctx.catalog.resources[delivery.resource]))
    if blob.stat().st_size > COUNTED_MB << 20:
        return None
    limits = fmt.limits.model_copy(update={"unpacked_mb": min(bound(fmt, "unpacked_mb"), 8 * COUNTED_MB)})
    fmt = fmt.model_copy(update={"limits": limits})
    if fmt.kind in ("csv", "xlsx", "xls"):
        fmt = fmt.model_copy(update={"preamble": fmt.preamble + fmt.header_rows, "header_rows": 0})
    else:
        names = []
    with suppress(SourceError), closing(read_isolated(blob, fmt, names)) as chunks:
        return sum(chunk.rows + len(chunk.rejects) for chunk in chunks)
    return None


def expect(ctx: Context, deliveries: Iterable[Delivery]) -> None:
    """Have deliveries read that are landed next, in this order."""
    for delivery in deliveries:
        resource = ctx.catalog.resources[delivery.resource]
        lengths = code_lengths(ctx, delivery.resource)
        expect_isolated(_blob(ctx, delivery), _format(ctx, delivery), columns_of(resource), lengths)


def _blob(ctx: Context, delivery: Delivery) -> Path:
    system = ctx.catalog.resources[delivery.resource].system
    return ctx.settings.lake / stage_of("extract").folder / system / delivery.blob


def _format(ctx: Context, delivery: Delivery) -> Format:
    """The declared format; a manifest may say which member of an archive it speaks of."""
    fmt = ctx.catalog.format_of(delivery.resource)
    return fmt.model_copy(update={"member": delivery.member}) if delivery.member else fmt


def code_lengths(ctx: Context, resource: str) -> dict[str, int]:
    """Lengths of the columns whose values have one only and stand in no code table, which would know them short."""
    found: dict[str, int] = {}
    for field_ in ctx.catalog.resources[resource].fields:
        element = ctx.catalog.elements[field_.element]
        is_code = element.fixed and element.type == "string" and not (element.code_table or field_.code_table)
        if is_code and element.length and element.length.isdecimal():
            found[field_.name] = int(element.length)
    return found


def _grown(ctx: Context, name: str, number: int, added: int) -> Version:
    """The appended version. A landed table is known by its deliveries, so its digest counts rows only."""
    base = ctx.lake.passed("landed", name)
    rows = (base.rows if base else 0) + added
    return Version("landed", name, number, Digest(rows, f"rows:{rows}", f"version:{number}"))
