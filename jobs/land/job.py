"""Land one delivery: read, number, hash and append its records, count what was received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from jobs.context import Context
from jobs.contracts import Format
from jobs.lake.delivery import Delivery
from jobs.lake.digest import Digest
from jobs.lake.store import Version
from jobs.land.ahead import ahead
from jobs.land.isolation import expect_isolated, read_isolated
from jobs.land.rejects import REJECTS, RejectLog
from jobs.land.rows import add_exactly, column_sum, landed_schema, to_batches
from jobs.stages import stage_of


@dataclass
class Landing:
    """A delivery that stands in the lake, not yet passed: its table versions and what was counted."""

    delivery: Delivery
    version: Version | None = None
    rejects_version: Version | None = None
    landed: int = 0
    rejected: int = 0
    last_rejected: int = 0
    """Number of the last record that was not taken."""
    sums: dict[str, Decimal] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    """What was passed over as declared, or is doubtful though taken, and how often."""

    @property
    def received(self) -> int:
        return self.landed + self.rejected


@dataclass(frozen=True)
class Standing:
    """Rows of a delivery that an earlier reading of it left in the lake."""

    landed: int = 0
    rejected: int = 0


def run(ctx: Context, delivery: Delivery, earlier: Standing | None = None) -> Landing:
    """Append the delivery to its landed table, in place of what an ``earlier`` reading of it left there.

    Raises SourceError if the file must be refused whole.
    """
    earlier = earlier or Standing()
    resource = ctx.catalog.resources[delivery.resource]
    names = {f.name: f.stored for f in resource.fields}
    columns, schema = list(names), landed_schema(list(names.values()))
    landing = Landing(delivery, sums={name: Decimal(0) for name in delivery.manifest.get("sums", {}) if name in names})
    log = RejectLog(delivery.load_id)

    def batches() -> Iterator[pa.RecordBatch]:
        for chunk in read_isolated(
            _blob(ctx, delivery), _format(ctx, delivery), columns, code_lengths(ctx, delivery.resource)
        ):
            landing.landed += chunk.rows
            log.add(chunk.rejects)
            landing.notes.update(chunk.notes)
            for name in landing.sums:
                landing.sums[name] = add_exactly(landing.sums[name], column_sum(chunk.columns[columns.index(name)]))
            yield from to_batches(chunk, delivery.load_id, ctx.lake.key, schema)

    gone = delivery.load_id if earlier.landed or earlier.rejected else ""
    number = ctx.lake.append("landed", resource.id, ahead(batches()), schema, gone)
    landing.version = _grown(ctx, resource.id, number, landing.landed - earlier.landed)
    landing.rejected, landing.last_rejected = log.count, log.last_no
    if log.count or earlier.rejected:
        name = f"{resource.id}__rejects"
        number = ctx.lake.append("landed", name, log.batches(), REJECTS, gone)
        landing.rejects_version = _grown(ctx, name, number, log.count - earlier.rejected)
    return landing


def expect(ctx: Context, deliveries: Iterable[Delivery]) -> None:
    """Have deliveries read that are landed next, in this order."""
    for delivery in deliveries:
        resource = ctx.catalog.resources[delivery.resource]
        columns, lengths = list({f.name: f for f in resource.fields}), code_lengths(ctx, delivery.resource)
        expect_isolated(_blob(ctx, delivery), _format(ctx, delivery), columns, lengths)


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
