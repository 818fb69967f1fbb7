"""A delivery: (resource, period, sequence, blob, member of the blob). Only an equal tuple is a repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

UNTAKEN = "untaken_records"
"""Note of a delivery that was refused before its records were read: how many its file holds."""


@dataclass(frozen=True)
class Delivery:
    """What arrived for one resource at one place in its order of deliveries."""

    resource: str
    period: str
    """Business day the data speaks of, ``yyyy-MM-dd``."""
    sequence: int
    blob: str
    """SHA-256 of the bytes, hex."""
    member: str
    file: str
    received_at: str
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def load_id(self) -> str:
        """Hash of the identifying tuple, 16 hex digits."""
        identity = "\x1f".join((self.resource, self.period, str(self.sequence), self.blob, self.member))
        return hashlib.sha256(identity.encode()).hexdigest()[:16]

    @property
    def order(self) -> int:
        """Place in the resource's order: ``yyyyMMdd`` × 1000 + sequence. Never a clock."""
        return int(self.period.replace("-", "")) * 1000 + self.sequence

    @property
    def corrects(self) -> bool:
        """Whether it takes the place of what was delivered for its period before it."""
        return bool(self.manifest.get("corrects"))


def counting(landed: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries that count, in their order: a correction puts all of its period before it out of force."""
    ordered = sorted(landed, key=lambda delivery: (delivery.order, delivery.load_id))
    corrected: dict[str, int] = {}
    for delivery in ordered:
        if delivery.corrects:
            corrected[delivery.period] = delivery.order
    return [delivery for delivery in ordered if delivery.order >= corrected.get(delivery.period, 0)]


def delivery_of(row: dict[str, Any]) -> Delivery:
    """A delivery from its journal row."""
    import json

    return Delivery(
        resource=row["resource"],
        period=row["period"],
        sequence=int(row["sequence"]),
        blob=row["blob"],
        member=row["member"] or "",
        file=row["file"] or "",
        received_at=row["received_at"] or "",
        manifest=json.loads(row["manifest"] or "{}"),
    )
