"""Steps: what was built from what, so that nothing is built twice and a blocked table says since when."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from jobs.context import Context
from jobs.gates import Verdict
from jobs.lake.journal import STEPS
from jobs.lake.store import Version


@dataclass(frozen=True)
class Step:
    """How one table came out: ``built``, ``unchanged`` (inputs are as they were), ``blocked`` or ``failed``."""

    layer: str
    name: str
    state: str
    rows: int = 0
    seconds: float = 0.0
    reason: str = ""


def fingerprint(ctx: Context, inputs: list[tuple[str, str]], *more: str) -> str:
    """Identity of a table's inputs: their passed versions and what is declared."""
    parts = [ctx.catalog.fingerprint, *more]
    for layer, name in sorted(inputs):
        version = ctx.lake.passed(layer, name)
        parts.append(f"{layer}.{name}@{version.number if version else '-'}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def take_step(ctx: Context, layer: str, name: str, mark: str, build: Callable[[], tuple[Version, Verdict]]) -> Step:
    """Build and judge one table unless its inputs are those it was last built from."""
    last = ctx.journal.newest(STEPS, "layer", "name", layer=layer, name=name)
    if last and last[0]["fingerprint"] == mark and last[0]["state"] in ("built", "blocked"):
        return Step(layer, name, "unchanged" if last[0]["state"] == "built" else "blocked", last[0]["rows"] or 0, 0.0, last[0]["reason"] or "")
    ctx.progress(layer, name)
    began = time.monotonic()
    version, verdict = build()
    seconds = time.monotonic() - began
    state = "blocked" if verdict.blocked else "built"
    ctx.journal.note(
        STEPS,
        layer=layer,
        name=name,
        fingerprint=mark,
        as_of=ctx.as_of,
        version=version.number,
        rows=version.rows,
        seconds=f"{seconds:.3f}",
        state=state,
        reason=verdict.reason,
    )
    return Step(layer, name, state, version.rows, seconds, verdict.reason)
