"""The release's page: what was judged, who approved it, what it changes, what stays at its old version."""

from __future__ import annotations

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.numbers import count
from jobs.serve.portal.overview import city_change, grown, headline
from jobs.serve.portal.products import behind, held, held_products, products, theme_tables, verdict
from jobs.serve.portal.scores import scores_of
from jobs.serve.portal.words import LAYERS

MOST_CHANGED = 30
MOST_HELD = 100
MOST_RELEASES = 20


def release_page(facts: Facts) -> Row:
    """Everything the template of the release shows."""
    libraries = [row for row in products(facts) if row["is_library"]]
    rows = [row | {"grown": grown(row)} for row in libraries + theme_tables(facts)]
    resources = [row["table"] | {"resource": row, "grown": grown(row["table"])} for row in facts.live.values()]
    changed = [row for row in resources if row["is_changed"]]
    changed.sort(key=lambda row: (-abs((row["rows"] or 0) - (row["previous_rows"] or 0)), row["name"]))
    stopped, stuck, late = held_products(facts), held(facts), behind(facts)
    return {
        "verdict": verdict(facts),
        "title": _title(facts, rows, stopped),
        "city": scores_of(facts, "city", "city"),
        "change": city_change(facts),
        "headline": headline(facts),
        "products": rows,
        "n_changed": sum(bool(row["is_changed"]) for row in rows),
        "changed": changed[:MOST_CHANGED],
        "n_changed_resources": len(changed),
        "held": stuck[:MOST_HELD],
        "n_held": len(stuck),
        "held_products": stopped,
        "behind": late[:MOST_HELD],
        "n_behind": len(late),
        "steps": _steps(facts),
        "gates": gates(facts),
        "releases": list(reversed(facts.releases))[:MOST_RELEASES],
        "n_releases": len(facts.releases),
    }


def _title(facts: Facts, rows: list[Row], stopped: list[Row]) -> str:
    if facts.release["event"] == "rollback":
        return "已撤回到旧版"
    renewed = sum(bool(row["is_changed"]) for row in rows) if facts.previous else len(rows) - len(stopped)
    waiting = sum(row["state"] == "waiting" for row in stopped)
    parts = [f"已发布：{renewed} 张产品表{'更新' if facts.previous else '可用'}"]
    if len(stopped) > waiting:
        parts.append(f"{len(stopped) - waiting} 张停在旧版")
    if waiting:
        parts.append(f"{waiting} 张尚无数据")
    return "，".join(parts)


def _steps(facts: Facts) -> list[Row]:
    """From candidate to release, in five sentences; every figure is counted in the journal."""
    deliveries = [row for rows in facts.deliveries.values() for row in rows]
    judged = gates(facts)
    stopped = sum(
        row["state"] == "blocked" for row in facts.steps if row["layer"] in ("standardised", "fused", "derived")
    )
    n_landed, n_refused = _of(deliveries, "landed"), _of(deliveries, "refused")
    n_judged = sum(row["evaluated"] for row in judged)
    approved, tables, rows = (facts.release[name] for name in ("approved_by", "n_tables", "n_rows"))
    steps = {
        "交付": f"收到 {count(len(deliveries))} 批，入湖 {count(n_landed)} 批，整批拒收 {count(n_refused)} 批",
        "质量闸门": f"评 {count(n_judged)} 条规则，阻断 {stopped} 张表，阻断的停在旧版",
        "审计": f"列出问题 {count(len(facts.findings))} 件，行数账逐项核对",
        "批准": f"{approved} 批准" if approved else "未经人工批准（演示）",
        "发布": f"第 {facts.number} 号，{count(tables)} 张表，{count(rows)} 行，一次切换",
    }
    return [{"word": word, "text": text} for word, text in steps.items()]


def _of(deliveries: list[Row], state: str) -> int:
    return sum(row["state"] == state for row in deliveries)


def gates(facts: Facts) -> list[Row]:
    """Verdicts by stage; an unjudged rule is counted as what it is."""
    found = []
    for layer, word in LAYERS.items():
        tables = {name: rows for (own, name), rows in facts.rules.items() if own == layer}
        rules = [row for rows in tables.values() for row in rows]
        if not rules:
            continue
        failed = [row for row in rules if row["outcome"] == "failed"]
        found.append(
            {
                "word": word,
                "tables": len(tables),
                "declared": len(rules),
                "evaluated": sum(row["outcome"] != "error" for row in rules),
                "passed": sum(row["outcome"] == "passed" for row in rules),
                "critical": sum(row["severity"] == "critical" for row in failed),
                "hints": sum(row["severity"] != "critical" for row in failed),
                "errors": sum(row["outcome"] == "error" for row in rules),
            }
        )
    return found
