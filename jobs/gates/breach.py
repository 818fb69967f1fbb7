"""What the counts of a delivery say against a rule that they break, and what its sender is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jobs.gates.suite import MAX_REJECTED, Rule

AGAIN = "Ask for the whole delivery again, with the same period and the next sequence"
REMOVED = f"{AGAIN}, or with the number of rows that were removed in its manifest"

_SAID: dict[str, tuple[Callable[[Mapping[str, Any]], str], str]] = {
    "landed_rows": (lambda f: "批次为空，一行也没有", AGAIN),
    "rejected_share": (
        lambda f: (
            f"收到 {f['received']:,} 行，其中 {f['rejected_pct']:.2f}% 读不成行，限 {MAX_REJECTED:.0%}，"
            f"首见于第 {f['first_rejected']} 行"
        ),
        AGAIN,
    ),
    "last_record": (lambda f: f"末行（第 {f['received']:,} 行）不完整，文件疑被截断", AGAIN),
    "unexplained_loss": (
        lambda f: (
            f"行数骤减：上一批 {f['before']:,} 行，本批 {f['received']:,} 行，清单未说明注销，"
            f"超出可减少的 {f['loss_beyond_pct']:.2f} 个百分点"
        ),
        REMOVED,
    ),
    "declared_rows": (lambda f: f"声明 {f['declared']:,} 行，实收 {f['received']:,} 行", AGAIN),
}


def explain_breach(rules: list[Rule], facts: Mapping[str, Any]) -> str:
    """The breaches in words, and the remedy in the form in which the readers of deliveries give theirs."""
    said = [_said(rule, facts) for rule in rules]
    return f"{'；'.join(words for words, _ in said)}. {said[0][1]}"


def _said(rule: Rule, facts: Mapping[str, Any]) -> tuple[str, str]:
    if rule.id in _SAID:
        words, remedy = _SAID[rule.id]
        return words(facts), remedy
    counted, declared = rule.args["column_A"], rule.args["column_B"]
    column = declared.removeprefix("declared ")
    return f"{column} 声明合计 {facts[declared]:,.2f}，实收合计 {facts[counted]:,.2f}", AGAIN
