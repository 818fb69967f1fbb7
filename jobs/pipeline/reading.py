"""What a delivery or a table is read by, noted in the journal: so that a correction tells what it touches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from jobs.context import Context
from jobs.contracts import Resource
from jobs.gates import standardised_suite, suite_hash
from jobs.lake.journal import CONTRACTS
from jobs.standardise.contract import digest, parts_of
from jobs.standardise.policy import standard_of

_OTHER_LAYERS = {"id", "code", "name", "subject", "cycle", "share", "level", "items_level", "volume", "confidence"}
_OTHER_LAYERS |= {"channel", "almost_empty", "mentions", "totals", "fields", "format", "load"}
_OTHER_FIELDS = {"label", "element", "to", "required", "formats", "unit", "code_table", "rule", "fit", "verified"}
_OTHER_FIELDS |= {"conditional", "against"}
_EVER = "9999-12-31"
"""A cut-off day for all: a table is not read anew because a day has passed."""


@dataclass(frozen=True)
class Contract:
    """What is declared of one table, as far as it decides what its rows become."""

    layer: str
    name: str
    parts: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """Identity of all parts."""
        text = json.dumps(self.parts, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def landing_contract(ctx: Context, resource: Resource) -> Contract:
    """How files are written and what their columns are called; what values mean does not matter here."""
    declared = resource.model_dump(mode="json", exclude=_OTHER_LAYERS)
    fields = [field.model_dump(mode="json", exclude=_OTHER_FIELDS) for field in resource.delivered]
    parts = {
        "format": ctx.catalog.format_of(resource.id).model_dump(mode="json"),
        "columns": fields,
        "load": resource.load.model_dump(mode="json"),
        "other": declared,
    }
    texts = {name: json.dumps(part, ensure_ascii=False, sort_keys=True) for name, part in parts.items()}
    return Contract("landed", resource.id, {name: digest(text) for name, text in texts.items()})


def standard_contract(ctx: Context, resource: Resource) -> Contract:
    """Rules, code tables and spellings of every column, the row rules, and what the gate asks."""
    parts = parts_of(standard_of(ctx.catalog, resource, _EVER))
    parts["(gate)"] = suite_hash(standardised_suite(ctx.catalog, resource))
    return Contract("standardised", resource.id, parts)


def note_contracts(ctx: Context, contracts: Iterable[Contract]) -> None:
    """Remember the parts, once for each contract; in one transaction, for each waits for the disk."""
    named = [{"layer": c.layer, "name": c.name, "contract": c.digest, "parts": c.parts} for c in contracts]
    keys = ("layer", "name", "contract")
    fresh = [row for row in named if not ctx.journal.newest(CONTRACTS, "contract", **{key: row[key] for key in keys})]
    ctx.journal.note_all(CONTRACTS, fresh)


def changed_parts(ctx: Context, before: str, now: Contract) -> list[str] | None:
    """Names of the parts that differ from the contract ``before``; None if nobody noted it."""
    if before == now.digest:
        return []
    rows = ctx.journal.newest(CONTRACTS, "contract", layer=now.layer, name=now.name, contract=before)
    if not rows:
        return None
    old: dict[str, str] = json.loads(rows[0]["parts"])
    return sorted(name for name in {*old, *now.parts} if old.get(name) != now.parts.get(name))
