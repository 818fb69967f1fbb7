"""A resource's page: its rules, its rows, its deliveries, its fields, and who stands on it."""

from __future__ import annotations

import json

from jobs.serve.portal.charts import FATE_COLOURS, batches, fates
from jobs.serve.portal.facts import SAMPLES, Facts, Row, table_title
from jobs.serve.portal.flow import draw_flow
from jobs.serve.portal.numbers import short_day
from jobs.serve.portal.products import why_held
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.samples import quarantined_rows, refused_lines
from jobs.serve.portal.scores import scores_of
from jobs.serve.portal.strips import Window, draw_axis, draw_strip, strip_of
from jobs.serve.portal.words import (
    CYCLES,
    DIMENSIONS,
    FATES,
    KINDS,
    LOADS,
    NOTES,
    PERSONAL,
    SHARES,
    TYPES,
    outcome,
    state,
)

MOST_DELIVERIES = 10
HELD = ("blocked", "stale", "waiting")


def resource_page(facts: Facts, resource: Row, window: Window) -> Row:
    """Everything the template of one live resource shows."""
    key, table = resource["id"], resource["table"]
    rules = _rules(facts, key)
    deliveries = facts.deliveries.get(key, [])
    users = facts.downstream("standardised", key)
    refusal = _refusal(facts, key, table)
    return {
        "resource": resource,
        "table": table,
        "sign": state(table["state"]),
        "is_held": table["state"] in HELD,
        "why": why_held(facts, resource),
        "n_refused": sum(row["state"] == "refused" for row in deliveries),
        "headline": _headline(facts, table, rules) + (f"，{refusal}" if refusal else ""),
        "department": facts.department_name(resource["department"]),
        "system": facts.system_name(resource["system"]),
        "cycle": CYCLES.get(resource["cycle"], resource["cycle"]),
        "load": LOADS.get(resource["load_mode"], resource["load_mode"]),
        "share": SHARES.get(resource["share"], resource["share"]),
        "scores": scores_of(facts, "resource", key),
        "dimensions": DIMENSIONS,
        "rules": rules,
        "n_critical": sum(row["severity"] == "critical" for row in rules),
        "n_critical_failed": sum(row["severity"] == "critical" and row["outcome"] != "passed" for row in rules),
        "n_hint_failed": sum(row["severity"] != "critical" and row["outcome"] != "passed" for row in rules),
        "samples": quarantined_rows(facts, resource),
        "lines": refused_lines(facts, key),
        "most": SAMPLES,
        "book": facts.ledger.get(key),
        "fates": _fates(facts, key),
        "deliveries": [_delivery(facts, row) for row in reversed(deliveries[-MOST_DELIVERIES:])],
        "n_deliveries": len(deliveries),
        "batches": batches(deliveries, facts.as_of),
        "strip": draw_strip(strip_of(facts, [key], window), window),
        "axis": draw_axis(window),
        "fields": _fields(facts, key),
        "flow": draw_flow(facts, resource),
        "users": [_user(facts, key, *user) for user in users],
        "findings": [row | {"kind_word": KINDS.get(row["kind"], row["kind"])} for row in _other_findings(facts, key)],
    }


def _headline(facts: Facts, table: Row, rules: list[Row]) -> str:
    day = short_day(table["as_of"], facts.as_of)
    failed = sum(row["outcome"] != "passed" for row in rules)
    if table["state"] == "blocked":
        return f"阻断，停在 {day}" if table["as_of"] else "阻断，尚无可用版本"
    if table["state"] == "stale":
        return f"陈旧，停在 {day}"
    if table["state"] == "waiting":
        return "尚无可用数据"
    if failed:
        return f"有提示 {failed} 条，截至 {day}"
    return f"{state(table['state']).word}，截至 {day}"


def _refusal(facts: Facts, key: str, table: Row) -> str:
    """A newer delivery that was refused while an older one is in use."""
    is_open = any(row["kind"] == "delivery_refused" and row["resource"] == key for row in facts.findings)
    return "新一批整批拒收" if is_open and table["state"] in ("ok", "warned") else ""


def _rules(facts: Facts, key: str) -> list[Row]:
    """Newest verdict, rule by rule: what does not hold first."""
    labels = {row["column_name"]: row["label"] for row in facts.dictionary.get(("std", key.replace(".", "__")), [])}
    rows = [
        row
        | {
            "sign": outcome(row["outcome"], row["severity"], row["checked"]),
            "column": labels.get(row["element"], row["element"]) or "整表",
        }
        for row in facts.rules.get(("standardised", key), [])
    ]
    weight = {"critical": 0, "warning": 1}
    return sorted(
        rows,
        key=lambda r: (
            r["outcome"] == "passed",
            weight.get(r["severity"], 2),
            -(r["failed"] or 0),
            r["indicator"],
            r["rule"],
        ),
    )


def _fates(facts: Facts, key: str) -> Row | None:
    book = facts.ledger.get(key)
    if not book or not (book["received"] or book["landed"]):
        return None
    rows = [
        {"word": word, "n": int(book[name] or 0), "note": note, "colour": FATE_COLOURS[name]}
        for name, word, note in FATES
    ]
    settled = sum(int(book[name] or 0) for name, _, _ in FATES)
    return {"rows": rows, "drawing": fates(book), "settled": settled, "is_settled": settled == book["landed"]}


def _delivery(facts: Facts, row: Row) -> Row:
    late = row["load_id"] in facts.late
    sign = state("blocked") if row["state"] == "refused" else state("warned") if late else state("ok")
    word = {"refused": "整批拒收", "extracted": "待入湖", "withdrawn": "已撤回"}.get(
        row["state"], "迟交" if late else "按时"
    )
    if row["state"] in ("extracted", "withdrawn"):
        sign = state("waiting")
    return row | {"sign": sign, "word": word, "why": "；".join(filter(None, (reason(row["reason"]), *_noted(row))))}


def _noted(row: Row) -> list[str]:
    """What was passed over as declared while the delivery was read, or taken though doubtful."""
    return [f"{NOTES.get(note, note)}：{times}" for note, times in sorted(json.loads(row.get("notes") or "{}").items())]


def _fields(facts: Facts, key: str) -> list[Row]:
    """Fields with the element they carry and what this source is for it in the base libraries."""
    roles: dict[str, list[str]] = {}
    for claims in facts.authority.values():
        for claim in claims:
            if claim["source"] == key:
                library = str(facts.table("fused", claim["entity"])["label"])
                word = "备用" if claim["is_fallback"] else "共同来源" if claim["choose"] else "数源"
                roles.setdefault(claim["element"], []).append(f"{library} {word}")
    failed = {row["element"]: row for row in facts.rules.get(("standardised", key), []) if row["outcome"] != "passed"}
    rows = [row for row in facts.dictionary.get(("std", key.replace(".", "__")), []) if row["source"]]
    return [
        row
        | {
            "element_name": facts.element_name(row["element"]) if row["element"] else "—",
            "type_word": TYPES.get(row["type"], row["type"] or "—"),
            "personal": PERSONAL.get(row["pii"], row["pii"]),
            "roles": list(dict.fromkeys(roles.get(row["element"], []))),
            "failed": failed.get(row["column_name"]),
        }
        for row in rows
    ]


def _user(facts: Facts, key: str, layer: str, name: str) -> Row:
    """A table that stands on the resource, with the elements it takes from it."""
    table = facts.table(layer, name)
    columns = [
        facts.element_name(row["from_column"])
        for row in facts.lineage
        if (row["from_table"], row["to_layer"], row["to_table"]) == (key, layer, name) and row["from_column"]
    ]
    return table | {
        "sign": state(table["state"], product=True),
        "columns": list(dict.fromkeys(columns)),
        "is_library": layer == "fused",
        "title": table_title(table),
    }


def _other_findings(facts: Facts, key: str) -> list[Row]:
    """What was found beside the rules: deliveries, levels, rows."""
    return [row for row in facts.findings if row["resource"] == key and row["kind"] != "rule_failed"]
