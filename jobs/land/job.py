"""Land one delivery: read, number, hash and append its records, count what was received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa

from jobs.context import Context
from jobs.lake.delivery import Delivery
from jobs.lake.digest import Digest
from jobs.lake.store import Version
from jobs.land.chunk import Reject
from jobs.land.reader import read_records
from jobs.land.rows import REJECTS, column_sum, landed_schema, to_batches
from jobs.stages import stage_of


@dataclass
class Landing:
    """A delivery that stands in the lake, not yet passed: its table version and what was counted."""

    delivery: Delivery
    version: Version | None = None
    rejects_version: Version | None = None
    landed: int = 0
    rejects: list[Reject] = field(default_factory=list)
    sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def received(self) -> int:
        return self.landed + len(self.rejects)


def run(ctx: Context, delivery: Delivery) -> Landing:
    """Append the delivery to its landed table; raises SourceError if the file must be refused whole."""
    resource = ctx.catalog.resources[delivery.resource]
    columns = [f.name for f in resource.fields]
    schema = landed_schema([f.stored for f in resource.fields])
    landing = Landing(delivery, sums={name: Decimal(0) for name in delivery.manifest.get("sums", {}) if name in columns})
    blob = ctx.settings.lake / stage_of("extract").folder / resource.system / delivery.blob
    fmt = ctx.catalog.format_of(resource.id)

    def batches() -> Iterator[pa.RecordBatch]:
        for chunk in read_records(blob, fmt, columns):
            landing.landed += chunk.rows
            landing.rejects += chunk.rejects
            for name in landing.sums:
                landing.sums[name] += column_sum(chunk.columns[columns.index(name)])
            yield from to_batches(chunk, delivery.load_id, ctx.lake.key, schema)

    number = ctx.lake.append("landed", resource.id, batches(), schema)
    landing.version = _grown(ctx, resource.id, number, landing.landed)
    if landing.rejects:
        rejected = pa.Table.from_pylist(
            [
                {"_load_id": delivery.load_id, "_row_no": r.row_no, "_reason": r.reason, "_text": r.text}
                for r in landing.rejects
            ],
            REJECTS,
        )
        name = f"{resource.id}__rejects"
        number = ctx.lake.append("landed", name, rejected.to_batches(), REJECTS)
        landing.rejects_version = _grown(ctx, name, number, len(landing.rejects))
    return landing


def _grown(ctx: Context, name: str, number: int, added: int) -> Version:
    """The appended version. A landed table is known by its deliveries, so its digest counts rows only."""
    base = ctx.lake.passed("landed", name)
    rows = (base.rows if base else 0) + added
    return Version("landed", name, number, Digest(rows, f"rows:{rows}", f"version:{number}"))
