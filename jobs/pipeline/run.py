"""The pipeline as a sentence: extract → land → standardise → resolve → fuse → derive → audit → publish → serve."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobs.context import Context
from jobs.errors import UsageError
from jobs.lake.journal import RUNS
from jobs.pipeline.base import build_base
from jobs.pipeline.flow import Flow
from jobs.pipeline.ingest import ingest
from jobs.pipeline.release import begin_release, make_release, measure, serve_release
from jobs.pipeline.steps import Step
from jobs.pipeline.themes import build_themes
from jobs.stages import VERBS

DONE, BLOCKED, PARTLY = 0, 3, 5
MEANING = {
    DONE: "done",
    BLOCKED: "blocked, a gate let nothing through",
    PARTLY: "partly done, what is named above was stopped and the rest was made",
}


@dataclass(frozen=True)
class Outcome:
    """All steps of one run, and the release that readers see after it."""

    steps: tuple[Step, ...]
    release: int | None = None
    is_new: bool = False
    states: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 done · 3 nothing could be released because a gate blocked it · 5 some sources or tables were stopped."""
        if not any(step.is_stopped for step in self.steps):
            return DONE
        return PARTLY if any(step.state in ("built", "unchanged", "refused") for step in self.steps) else BLOCKED


@dataclass(frozen=True)
class Approval:
    """Who approved the release, and what was shown for it (:attr:`jobs.pipeline.preview.Preview.shown`)."""

    by: str = ""
    shown: str = ""
    """Empty: what has passed by the time of publishing."""


def run_pipeline(
    ctx: Context, first: str = "extract", last: str = "serve", only: str = "*", approval: Approval | None = None
) -> Outcome:
    """Run the verbs from ``first`` to ``last``; ``only`` is a glob of resource ids for the first three.

    Without ``approval`` the release says that nobody gave one. One run at a time works on a home: :class:`RunConflict`
    where another lives.
    """
    verbs, given = chosen_verbs(first, last), approval or Approval()
    if given.shown and first != "publish":
        raise UsageError("what was shown would not be what is released", remedy="Use --shown with --from publish")
    with ctx.lake.alone():
        return _run(ctx, verbs, f"{first}..{last} {only}", only, given)


def _run(ctx: Context, verbs: set[str], run: str, only: str, approval: Approval) -> Outcome:
    epoch = begin_release(ctx) if "publish" in verbs else None  # now: a run that begins later shall fence this one off
    ctx.journal.note(RUNS, run=run, as_of=ctx.as_of, state="started", summary={})
    steps: list[Step] = []
    with Flow() as flow:
        if verbs & {"extract", "land", "standardise"}:
            steps += ingest(ctx, flow, only, verbs)
        if verbs & {"resolve", "fuse"}:
            build_base(ctx, flow, verbs)
        if "derive" in verbs:
            build_themes(ctx, flow)
        steps += flow.steps()
    if "audit" in verbs:
        steps += measure(ctx)
    release, is_new = None, False
    if epoch is not None:
        step, release, is_new = make_release(ctx, epoch, approval.by, approval.shown)
        steps.append(step)
    if "serve" in verbs:
        steps.append(serve_release(ctx))
    states = {state: sum(step.state == state for step in steps) for state in sorted({step.state for step in steps})}
    ctx.journal.note(RUNS, run=run, as_of=ctx.as_of, state="ended", summary=states)
    return Outcome(tuple(steps), release, is_new, states)


def chosen_verbs(first: str, last: str) -> set[str]:
    """The verbs from ``first`` to ``last``; raises :class:`UsageError` for an unknown one or a wrong order."""
    for verb in (first, last):
        if verb not in VERBS:
            raise UsageError(f"unknown stage {verb!r}", remedy=f"Use one of {', '.join(VERBS)}")
    start, end = VERBS.index(first), VERBS.index(last)
    if start > end:
        raise UsageError(f"{first} comes after {last}", remedy=f"The order is {' → '.join(VERBS)}")
    return set(VERBS[start : end + 1])
