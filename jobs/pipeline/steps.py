"""Steps: what was built from what, so that nothing is built twice and a blocked table says since when."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from jobs.context import Context
from jobs.gates import Verdict
from jobs.lake.journal import STEPS
from jobs.lake.store import Version

Built = TypeVar("Built")

STOPPED = ("refused", "blocked", "failed", "stale", "waiting")
"""States of steps that somebody must look at."""


@dataclass(frozen=True)
class Step:
    """How one table came out.

    ``built``, ``unchanged`` (its inputs are as they were), ``blocked`` (its gate stopped it), ``stale`` (an input is
    stopped, so it stays as it was), ``waiting`` (an input does not exist yet), ``failed`` (its source did) or
    ``refused`` (a whole delivery was, and none has replaced it).
    """

    layer: str
    name: str
    state: str
    rows: int = 0
    seconds: float = 0.0
    reason: str = ""
    delivery: str = ""
    """Of a refused one its file, period and sequence."""
    is_warned: bool = False
    """Its gate let it pass although rules failed, none of them critical."""

    @property
    def is_stopped(self) -> bool:
        return self.state in STOPPED

    def __str__(self) -> str:
        delivery = f": {self.delivery}" if self.delivery else ""
        return f"{self.state}: {self.layer}.{self.name}{delivery}: {self.reason}"


def fingerprint(ctx: Context, inputs: list[tuple[str, str]], places: Iterable[str], *more: str) -> str:
    """Identity of a table's inputs: their passed versions, and what is declared in the files at ``places``."""
    parts = [ctx.catalog.fingerprint_of(*places), *more]
    for layer, name in sorted(inputs):
        version = ctx.lake.passed(layer, name)
        parts.append(f"{layer}.{name}@{version.number if version else '-'}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def held(ctx: Context, layer: str, name: str, inputs: list[tuple[str, str]]) -> Step | None:
    """The step of a table that must stay as it is because an input is stopped; None if it may be built."""
    for source in inputs:
        last = ctx.journal.newest(STEPS, "layer", "name", layer=source[0], name=source[1])
        if not last or last[0]["state"] not in ("blocked", "stale"):
            continue
        good = ctx.lake.passed(*source)
        since = f"最近可用数据截至 {good.as_of}" if good else "尚无可用数据"
        reason = f"{source[1]} 未通过质量闸门，{since}"
        own = ctx.lake.passed(layer, name)
        step = Step(layer, name, "stale", own.rows if own else 0, 0.0, reason)
        _note(ctx, step, "", own.number if own else None)
        return step
    return None


def _note(ctx: Context, step: Step, mark: str, version: int | None) -> None:
    ctx.journal.note(
        STEPS,
        layer=step.layer,
        name=step.name,
        fingerprint=mark,
        as_of=ctx.as_of,
        version=version,
        rows=step.rows,
        seconds=f"{step.seconds:.3f}",
        state=step.state,
        reason=step.reason,
    )


def known_step(ctx: Context, layer: str, name: str, mark: str) -> Step | None:
    """How a table stands that was already built from these inputs; None if it must be built."""
    last = ctx.journal.newest(STEPS, "layer", "name", layer=layer, name=name)
    if not last or last[0]["fingerprint"] != mark or last[0]["state"] not in ("built", "blocked"):
        return None
    state = "unchanged" if last[0]["state"] == "built" else "blocked"
    good = ctx.lake.passed(layer, name) if state == "unchanged" else None
    is_warned = good is not None and good.is_warned
    return Step(layer, name, state, last[0]["rows"] or 0, 0.0, last[0]["reason"] or "", is_warned=is_warned)


def take_step(ctx: Context, layer: str, name: str, mark: str, build: Callable[[], tuple[Version, Verdict]]) -> Step:
    """Build and judge one table unless its inputs are those it was last built from."""
    if known := known_step(ctx, layer, name, mark):
        return known
    ctx.progress(layer, name)
    began = time.monotonic()
    version, verdict = build()
    state = "blocked" if verdict.blocked else "built"
    seconds = time.monotonic() - began
    step = Step(layer, name, state, version.rows, seconds, verdict.reason, is_warned=verdict.outcome == "warned")
    _note(ctx, step, mark, version.number)
    return step


@dataclass(frozen=True)
class Task(Generic[Built]):
    """A table to be built: ``run`` lets the engine work, ``judge`` takes what it built to its gate."""

    layer: str
    name: str
    mark: str
    run: Callable[[], Built]
    judge: Callable[[Built], tuple[Version, Verdict]]


def take(ctx: Context, task: Task[Built]) -> Step:
    """Let the engine work, then the gate judge, unless the table was built from these inputs before."""
    return take_step(ctx, task.layer, task.name, task.mark, lambda: task.judge(task.run()))
