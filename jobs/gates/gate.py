"""The verdict over one table version, and the move of its *passed* mark. A gate fails closed.

Zero rules evaluated, a missing column, an exception inside a rule, or another version than the one that was to be
judged: each is a failure, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from jobs.gates import judge
from jobs.gates.breach import explain_breach
from jobs.gates.engine import Result, judged_columns, result_of_row
from jobs.gates.suite import Rule, suite_hash
from jobs.lake.journal import DELIVERIES, READINGS, VERDICTS

if TYPE_CHECKING:
    from jobs.context import Context
    from jobs.lake.store import Version


@dataclass(frozen=True)
class Verdict:
    """What a gate said: ``passed``, ``warned`` or ``blocked``, and why."""

    outcome: str
    results: tuple[Result, ...] = field(default=(), repr=False)
    reason: str = ""

    @property
    def blocked(self) -> bool:
        return self.outcome == "blocked"


def decide(rules: list[Rule], results: list[Result], facts: dict[str, Any] | None = None) -> Verdict:
    """From results to a verdict; fails closed. ``facts`` are the counts of a delivery, where one is judged."""
    if not rules:
        return Verdict("blocked", (), "未评任何规则")
    if len(results) != len(rules):
        return Verdict("blocked", tuple(results), f"声明 {len(rules)} 条，已评 {len(results)} 条")
    errors = [result for result in results if result.outcome == "error"]
    if errors:
        return Verdict("blocked", tuple(results), f"规则未能评定：{errors[0].rule.name}（{errors[0].problem}）")
    critical = [result for result in results if result.outcome == "failed" and result.rule.severity == "critical"]
    if critical and facts:
        return Verdict("blocked", tuple(results), explain_breach([result.rule for result in critical], facts))
    if critical:
        names = "；".join(f"{result.rule.name}（{result.failed} / {result.checked}）" for result in critical[:3])
        return Verdict("blocked", tuple(results), names)
    warned = any(result.outcome == "failed" for result in results)
    return Verdict("warned" if warned else "passed", tuple(results))


def judge_table(
    ctx: Context, versions: list[Version], rules: list[Rule], rows: Callable[[], dict[str, pa.Table]]
) -> Verdict:
    """Judge ``versions[0]`` (the others share its fate). ``rows`` gives ``arrived`` and ``kept`` when needed.

    A version judged before under the same suite keeps its verdict.
    """
    main, suite = versions[0], suite_hash(rules)
    earlier = _known(ctx, main, suite)
    if earlier is not None and not any(version.changed for version in versions):
        return earlier
    held = rows()
    results: list[Result] = []
    if held["arrived"] is held["kept"]:
        results = _ask(rules, held["kept"])
    else:
        for on, table in held.items():
            results += _ask([rule for rule in rules if rule.on == on], table)
    verdict = decide(rules, results)
    with ctx.journal.writing() as connection:
        _record(ctx, main, suite, rules, verdict, connection=connection)
        if not verdict.blocked:
            for version in versions:
                ctx.lake.mark_passed(version, verdict.outcome, ctx.as_of, connection)
    return verdict


def _ask(rules: list[Rule], rows: pa.Table) -> list[Result]:
    return judge.ask(rules, judged_columns(rules, rows)) if rules else []


@dataclass(frozen=True)
class Arrival:
    """A landed delivery before its gate: its journal row, what was counted, and the versions that would pass."""

    delivery: dict[str, Any]
    facts: dict[str, Any]
    rules: list[Rule]
    versions: list[Version]
    contract: str = ""
    """Digest of the declaration it was read by."""
    stands: bool = False
    """An earlier reading of it passed, and stays where this one does not."""


def judge_landings(ctx: Context, arrivals: list[Arrival]) -> list[Verdict]:
    """Judge deliveries by their counts, all with the same rules at once.

    The passed marks and the state of each delivery move in one transaction.
    """
    verdicts: dict[int, Verdict] = {}
    by_suite: dict[str, list[int]] = {}
    for position, arrival in enumerate(arrivals):
        by_suite.setdefault(suite_hash(arrival.rules), []).append(position)
    for suite, positions in by_suite.items():
        rules = arrivals[positions[0]].rules
        results = judge.ask(rules, pd.DataFrame([arrivals[n].facts for n in positions]), by_row=True)
        with ctx.journal.writing() as connection:
            for row, position in enumerate(positions):
                found = [result_of_row(result, row) for result in results]
                verdicts[position] = decide(rules, found, arrivals[position].facts)
                _settle(ctx, arrivals[position], suite, verdicts[position], connection)
    return [verdicts[position] for position in range(len(arrivals))]


def _settle(ctx: Context, arrival: Arrival, suite: str, verdict: Verdict, connection: sa.Connection) -> None:
    delivery = arrival.delivery
    state = "refused" if verdict.blocked else "landed"
    stays = verdict.blocked and arrival.stands
    note_reading(ctx, delivery, arrival.contract, "kept" if stays else state, verdict.reason, connection)
    if stays:
        return
    _record(ctx, arrival.versions[0], suite, arrival.rules, verdict, delivery["load_id"], connection)
    if not verdict.blocked:
        for version in arrival.versions:
            ctx.lake.mark_passed(version, verdict.outcome, ctx.as_of, connection)
    ctx.journal.note(DELIVERIES, connection, **delivery, state=state, reason=verdict.reason)


def note_reading(
    ctx: Context, delivery: dict[str, Any], contract: str, outcome: str, reason: str, connection: Any = None
) -> None:
    """Testify by which declaration a delivery was read, and how that ended."""
    ids = {"load_id": delivery["load_id"], "resource": delivery["resource"]}
    ctx.journal.note(READINGS, connection, **ids, contract=contract, outcome=outcome, reason=reason)


def _known(ctx: Context, version: Version, suite: str) -> Verdict | None:
    rows = ctx.journal.newest(VERDICTS, "layer", "name", layer=version.layer, name=version.name)
    if not rows or rows[0]["version"] != version.number or rows[0]["suite"] != suite or rows[0]["outcome"] == "blocked":
        return None
    return Verdict(rows[0]["outcome"])


def _record(
    ctx: Context,
    version: Version,
    suite: str,
    rules: list[Rule],
    verdict: Verdict,
    name: str = "",
    connection: sa.Connection | None = None,
) -> None:
    ctx.journal.note(
        VERDICTS,
        connection,
        layer=version.layer,
        name=name or version.name,
        version=version.number,
        as_of=ctx.as_of,
        suite=suite,
        outcome=verdict.outcome,
        declared=len(rules),
        evaluated=sum(result.outcome != "error" for result in verdict.results),
        results=[
            {
                "rule": result.rule.id,
                "name": result.rule.name,
                "element": result.rule.element,
                "severity": result.rule.severity,
                "indicator": result.rule.indicator,
                "outcome": result.outcome,
                "checked": result.checked,
                "failed": result.failed,
                "limit_pct": result.rule.limit_pct,
                "why": result.rule.why,
            }
            for result in verdict.results
        ],
    )
