"""A department's page: what it owes, how its score came about, and a letter that can be printed."""

from __future__ import annotations

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.numbers import age, days_between
from jobs.serve.portal.overview import explained
from jobs.serve.portal.scores import scores_of
from jobs.serve.portal.strips import Window, draw_axis, draw_strip, strip_of
from jobs.serve.portal.words import DIMENSIONS, KINDS, LOADS, NOT_COUNTED, SHARES

MOST_DUTIES = 20
MOST_ORDERS = 12
_DUTY_ORDER = (
    "table_blocked",
    "delivery_refused",
    "delivery_missing",
    "files_unclaimed",
    "almost_empty",
    "rule_failed",
    "rows_quarantined",
    "rows_rejected",
)


def department_page(facts: Facts, standing: Row, window: Window) -> Row:
    """Everything the template of one department shows; ``standing`` is its line in the league."""
    code = standing["code"]
    resources = [row for row in facts.live.values() if row["department"] == code]
    declared = [row for row in facts.resources.values() if row["department"] == code and not row["is_live"]]
    found = [row for row in facts.findings if row["department"] == code]
    own = _ordered([row for row in found if row["responsible"] == "department"])
    others = [row for row in found if row["responsible"] != "department"]
    owed = [row for row in own if row["severity"] != "info"]
    books = [facts.ledger[row["id"]] for row in resources if row["id"] in facts.ledger]
    deliveries = [row for resource in resources for row in facts.deliveries.get(resource["id"], [])]
    return {
        "standing": standing,
        "department": facts.departments.get(code, {"code": code, "name": code, "short_name": code, "kind": ""}),
        "title": _title(standing, own),
        "n_systems": len({row["system"] for row in resources}),
        "duties": [_duty(facts, row) for row in owed[:MOST_DUTIES]],
        "n_duties": len(owed),
        "notes": [explained(facts, row) for row in own if row["severity"] == "info"],
        "scores": [(word, standing["scores"][dimension]) for dimension, word in DIMENSIONS.items()],
        "resources": [_resource(facts, row, window) for row in resources],
        "declared": declared,
        "axis": draw_axis(window),
        "rules": _rules(facts, own, others),
        "n_own_rules": sum(row["kind"] == "rule_failed" for row in own),
        "others": [explained(facts, row) for row in others],
        "disputes": _disputes(facts, code),
        "n_quarantined": sum(row["quarantined"] or 0 for row in books),
        "n_rejected": sum(row["rejected"] or 0 for row in books),
        "n_received": sum(row["received"] or 0 for row in books),
        "n_deliveries": len(deliveries),
        "n_late": sum(row["load_id"] in facts.late for row in deliveries),
        "n_refused": sum(row["state"] == "refused" for row in deliveries),
        "orders": [_duty(facts, row) for row in owed[:MOST_ORDERS]],
    }


def _ordered(rows: list[Row]) -> list[Row]:
    """Critical first, then by how much stands still, then by age."""
    places = {kind: place for place, kind in enumerate(_DUTY_ORDER)}
    weight = {"critical": 0, "warning": 1}
    return sorted(
        rows,
        key=lambda r: (
            weight.get(r["severity"], 2),
            places.get(r["kind"], 9),
            r["as_of"],
            -(r["n_failed"] or 0),
            r["finding_id"],
        ),
    )


def _title(standing: Row, own: list[Row]) -> str:
    states, failed = standing["states"], sum(row["kind"] == "rule_failed" for row in own)
    parts = [f"{states[state]} 项{word}" for state, word in _STATE_WORDS if state in states]
    if failed:
        parts.append(f"{failed} 条规则未过")
    return "，".join(parts) or "本期无阻断，规则全过"


_STATE_WORDS = (("blocked", "阻断"), ("stale", "陈旧"), ("waiting", "尚无数据"))


def _duty(facts: Facts, row: Row) -> Row:
    row = explained(facts, row)
    return row | {
        "age": age(row["as_of"], facts.as_of),
        "tone": "over" if row["severity"] == "critical" else "now" if days_between(row["as_of"], facts.as_of) else "",
        "kind_word": KINDS.get(row["kind"], row["kind"]),
    }


def _resource(facts: Facts, row: Row, window: Window) -> Row:
    every = facts.deliveries.get(row["id"], [])
    return row | {
        "system_name": facts.system_name(row["system"]),
        "load": LOADS.get(row["load_mode"], row["load_mode"]),
        "share_word": SHARES.get(row["share"], row["share"]),
        "scores": scores_of(facts, "resource", row["id"]),
        "strip": draw_strip(strip_of(facts, [row["id"]], window), window),
        "late": sum(delivery["load_id"] in facts.late for delivery in every),
        "refused": sum(delivery["state"] == "refused" for delivery in every),
        "book": facts.ledger.get(row["id"]),
    }


def _rules(facts: Facts, own: list[Row], others: list[Row]) -> list[Row]:
    """Rules that do not hold, the department's own first; those of others are shown as not counted."""
    mine = [explained(facts, row) | {"counted": True} for row in own if row["kind"] == "rule_failed"]
    theirs = [
        explained(facts, row) | {"sign": NOT_COUNTED, "counted": False}
        for row in others
        if row["kind"] == "rule_failed"
    ]
    return mine + theirs


def _disputes(facts: Facts, code: str) -> list[Row]:
    """Values of this department that another source contradicts, most first."""
    rows = []
    for row in facts.disputes:
        sources = (row["chosen_source"], row["other_source"])
        if any(source.split(".", 1)[0] == code for source in sources):
            rows.append(
                row
                | {
                    "name": facts.element_name(row["element"]),
                    "library": facts.table("fused", row["entity"])["label"],
                    "is_chosen": sources[0].split(".", 1)[0] == code,
                    "chosen_name": facts.resource_name(sources[0]),
                    "other_name": facts.resource_name(sources[1]),
                }
            )
    return sorted(rows, key=lambda row: (-row["n_conflicts"], row["element"], row["other_source"]))
