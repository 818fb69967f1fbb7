"""接收回执 as lines of a sheet: what became of each delivery of a department, in words and counts, never a value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jobs.lake.delivery import UNTAKEN
from jobs.serve.portal.facts import Facts, Row, grouped
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.words import REJECTS, ROW_RULES
from jobs.serve.receipt import VERDICTS, changes_said, notes_said, untaken

HEADS = (
    *(
        "信息资源",
        "资源标识",
        "批次",
        "序号",
        "文件",
        "收到时间",
        "结论",
        "声明行",
        "收到行",
        "入湖行",
        "拒收行",
        "隔离行",
    ),
    *("接收时的处理", "列的变化", "拒收、隔离的原因"),
)
WIDTHS = (28, 24, 12, 6, 30, 20, 14, 9, 9, 9, 9, 9, 44, 40, 60)


class DeliveryLines:
    """The deliveries of one release, with what was refused and quarantined of each."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rejected = self._by_load("landed", "reject.landed", "split_part(reason, ':', 1) AS word, ")
        broken = "(SELECT load_id, unnest(string_split(rules, ';')) AS rule FROM reject.standardised)"
        self._quarantined = self._by_load("standardised", broken, "trim(rule) AS rule, ")
        self._n_quarantined = self._by_load("standardised", "reject.standardised", "")

    def _by_load(self, table: str, source: str, what: str) -> dict[tuple[str], list[Row]]:
        if not self._facts.has("reject", table):
            return {}
        query = f"SELECT load_id, {what}count(*) AS n FROM {source} GROUP BY ALL ORDER BY ALL"  # noqa: S608 - own words
        return grouped(self._facts.query(query), "load_id")

    def of(self, department: str) -> Iterator[list[object]]:
        """A line a delivery, by resource, the newest first."""
        for resource in self._facts.live.values():
            if resource["department"] != department:
                continue
            rules = self._facts.rules.get(("standardised", resource["id"]), [])
            names = ROW_RULES | {row["rule"]: row["rule_name"] for row in rules if row["rule_name"]}
            for row in reversed(self._facts.deliveries.get(resource["id"], [])):
                yield [resource["name"], resource["id"], *self._line(row, names)]

    def _line(self, row: Row, names: dict[str, str]) -> list[object]:
        notes: dict[str, int] = json.loads(row.get("notes") or "{}")
        held, counted = notes.pop(UNTAKEN, None), row["received"] is not None
        set_aside = self._n_quarantined.get((row["load_id"],), [])
        return [
            *(row["period"], row["sequence"], row["file"], row["received_at"].replace("T", " ")),
            *(VERDICTS.get(_state(row), row["state"]), row.get("declared"), row["received"] if counted else held),
            *(row["landed"], row["rejected"], sum(found["n"] for found in set_aside)),
            "；".join(notes_said(notes)),
            "；".join(changes_said(json.loads(row.get("changes") or "[]"))),
            "；".join(filter(None, self._why(row, names, [] if counted else [untaken(held)]))),
        ]

    def _why(self, row: Row, names: dict[str, str], uncounted: list[str]) -> Iterator[str]:
        """Why the delivery, or some of its rows, were not taken."""
        if row["state"] == "refused":
            yield from (reason(row["reason"]), *uncounted)
        for found in self._rejected.get((row["load_id"],), []):
            yield f"拒收 {found['n']} 行：{REJECTS.get(found['word'], found['word'])}"
        for found in self._quarantined.get((row["load_id"],), []):
            yield f"隔离 {found['n']} 行：{names.get(found['rule'], found['rule'])}"


def _state(row: Row) -> str:
    return "corrected" if row["state"] == "landed" and row.get("in_force") is False else str(row["state"])
