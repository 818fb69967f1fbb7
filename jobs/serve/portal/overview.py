"""The first page: may the release be used, where does it stick, who must act, what has changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jobs.serve.portal.charts import bar, dimension_ranges, score_history
from jobs.serve.portal.facts import Facts, Row, grouped
from jobs.serve.portal.names import page_name
from jobs.serve.portal.numbers import count, percent, score, short_day, signed
from jobs.serve.portal.products import duties, held, products, stuck, verdict
from jobs.serve.portal.scores import GOOD, POOR, RED, YELLOW, dimension_rows, league, scores_of
from jobs.serve.portal.strips import Window, draw_axis, draw_strip, strip_of
from jobs.serve.portal.words import outcome

JUDGED = ("standardised", "resolved", "fused", "derived")
MOST_RULES = 15
MOST_DISPUTES = 15
MOST_SYSTEMS = 40


def overview(facts: Facts, window: Window) -> Row:
    """Everything the template of the first page shows."""
    standings = league(facts)
    dimensions = dimension_rows(facts, standings)
    failed = failing_rules(facts)
    contested = disputes_by_element(facts)
    delivered = systems(facts, window)
    return {
        "verdict": verdict(facts),
        "city": scores_of(facts, "city", "city"),
        "history": score_history(facts.releases),
        "change": city_change(facts),
        "headline": headline(facts),
        "products": products(facts),
        "held": held(facts),
        "stuck": stuck(facts),
        "duties": duties(facts),
        "changes": changes(facts),
        "standings": standings,
        "chips": _chips(standings),
        "dimensions": dimensions,
        "ranges": dimension_ranges(dimensions, GOOD),
        "failed": failed[:MOST_RULES],
        "n_failed": len(failed),
        "disputes": contested[:MOST_DISPUTES],
        "n_disputes": len(contested),
        "n_systems": len(delivered),
        "loud": [row for row in delivered if row["is_loud"]][:MOST_SYSTEMS],
        "quiet": [row for row in delivered if not row["is_loud"]][:MOST_SYSTEMS],
        "strays": [explained(facts, row) for row in facts.findings if row["kind"] == "files_unclaimed"],
        "axis": draw_axis(window),
        "n_declared": len(facts.resources) - len(facts.live),
        "marks": {"good": GOOD, "poor": POOR, "red": RED, "yellow": YELLOW},
    }


def _chips(standings: list[Row]) -> list[tuple[str, str]]:
    """Filters of the league: a card and how many hold it."""
    words = [row["sign"].word for row in standings]
    return [("", f"全部 {len(words)}"), *((word, f"{word} {words.count(word)}") for word in dict.fromkeys(words))]


def headline(facts: Facts) -> Row:
    """The figures under the first sentence."""
    states = [row["table"]["state"] for row in facts.live.values()]
    verdicts = [row for (layer, _), rows in facts.rules.items() if layer in JUDGED for row in rows]
    books = list(facts.ledger.values())
    return {
        "n_renewed": sum(state in ("ok", "warned") for state in states),
        "n_live": len(states),
        "n_rules": len(verdicts),
        "n_failed_rules": sum(row["outcome"] != "passed" for row in verdicts),
        "received": sum(row["received"] or 0 for row in books),
        "refused": sum((row["rejected"] or 0) + (row["quarantined"] or 0) for row in books),
        "unbalanced": [row["resource"] for row in books if not row["balances"]],
        "n_books": len(books),
        "contested": sum(row["n_conflicts"] or 0 for row in facts.disputes),
    }


def city_change(facts: Facts) -> Decimal | None:
    """Change of the city's score against the release before, if both are known."""
    now, before = scores_of(facts, "city", "city")["total"]["score"], facts.previous and facts.previous["score"]
    return None if now is None or before is None else Decimal(str(now)) - Decimal(str(before))


def changes(facts: Facts) -> list[Row]:
    """What differs from the release before; of a first release, what it brings."""
    if facts.previous is None:
        return _first(facts)
    before, found = facts.previous, []
    change = city_change(facts)
    if change is not None:
        word = "升" if change > 0 else "降" if change < 0 else "持平"
        tone = ("ok" if change > 0 else "block") if abs(change) >= 1 else ""
        title = f"{word} {score(abs(change))}" if change else word
        found.append(_change("得分", title, f"全市由 {score(before['score'])} 到 {_total(facts)}。", tone=tone))
    fresh = [row for row in facts.findings if _is_new(facts, row["as_of"]) and row["severity"] != "info"]
    stopped = [
        row for row in held(facts) if row["table"]["state"] == "blocked" and _is_new(facts, row["table"]["since"])
    ]
    names = "、".join(facts.resource_name(row["resource"]["id"]) for row in stopped[:2])
    more = f"等 {len(stopped)} 项" if len(stopped) > 2 else ""
    found.append(
        _change(
            "闸门",
            f"新阻断 {len(stopped)} 项",
            f"{names}{more}。" if stopped else "本期没有新的阻断。",
            tone="block" if stopped else "",
        )
    )
    critical = sum(row["severity"] == "critical" for row in fresh)
    found.append(_change("问题", f"新发现 {len(fresh)} 件", f"其中关键 {critical} 件。", href="#rules"))
    found += _grown_libraries(facts)
    renewed = [row for row in facts.live.values() if row["table"]["is_changed"]]
    found.append(
        _change("目录", f"{len(renewed)} 项有变化", f"共接入 {len(facts.live)} 项。", href="release.html#changes")
    )
    return found


def _first(facts: Facts) -> list[Row]:
    figures = headline(facts)
    found = [_change("首次", "没有上期可比", "下一次发布起，这里列出得分、行数、闸门与问题的变化。")]
    found.append(
        _change(
            "目录", f"{figures['n_renewed']} 项首次进入发布", f"共接入 {figures['n_live']} 项。", href="catalog.html"
        )
    )
    for row in products(facts):
        if row["is_library"] and row["is_usable"]:
            href = f"libraries/{page_name(row['name'])}.html"
            found.append(
                _change(row["title"], row["size"], f"截至 {short_day(row['as_of'], facts.as_of)}。", href=href)
            )
    return found


def _grown_libraries(facts: Facts) -> list[Row]:
    """The three libraries that gained or lost most."""
    known = [
        row for row in products(facts) if row["is_library"] and row["is_changed"] and row["previous_rows"] is not None
    ]
    known.sort(key=lambda row: (-abs(row["rows"] - row["previous_rows"]), row["name"]))
    return [
        _change(
            row["title"],
            f"{count(row['rows'])} 行，{_grown(row['rows'] - row['previous_rows'])}",
            f"上期 {count(row['previous_rows'])} 行，截至 {short_day(row['as_of'], facts.as_of)}。",
            href=f"libraries/{page_name(row['name'])}.html",
        )
        for row in known[:3]
    ]


def _change(word: str, title: str, text: str, href: str = "", tone: str = "") -> Row:
    return {"word": word, "title": title, "text": text, "href": href, "tone": tone}


def _total(facts: Facts) -> str:
    return score(scores_of(facts, "city", "city")["total"]["score"])


def _grown(difference: int) -> str:
    return f"净增 {count(difference)}" if difference > 0 else f"净减 {count(-difference)}" if difference else "行数不变"


def _is_new(facts: Facts, day: str) -> bool:
    return bool(day) and facts.previous is not None and str(facts.previous["as_of"]) < day


def failing_rules(facts: Facts) -> list[Row]:
    """Rules that do not hold, worst first; each with its share of what was checked."""
    rows = [row for row in facts.findings if row["kind"] == "rule_failed"]
    order = {"critical": 0, "warning": 1, "info": 2}
    rows.sort(key=lambda row: (order.get(row["severity"], 3), -_share(row), row["finding_id"]))
    return [explained(facts, row) for row in rows]


def explained(facts: Facts, row: Row) -> Row:
    """A finding with the names that a reader needs."""
    table = facts.table(row["layer"], row["table_name"])
    return row | {
        "sign": outcome("failed", row["severity"]),
        "where": facts.resource_name(row["resource"]) if row["resource"] else str(table["label"]),
        "who": facts.department_name(row["department"]) if row["department"] else "",
        "is_page": row["resource"] in facts.live,
        "is_ours": row["department"] in facts.live_departments,
        "share": percent(row["n_failed"], row["n_checked"]),
        "share_value": _share(row),
    }


def _share(row: Row) -> float:
    return float(row["n_failed"] or 0) / float(row["n_checked"]) if row["n_checked"] else 0.0


def disputes_by_element(facts: Facts) -> list[Row]:
    """Values that differ between sources, by element; the pairs of sources below."""
    rows = [
        {
            "entity": entity,
            "library": facts.table("fused", entity)["label"],
            "element": element,
            "name": facts.element_name(element),
            "n": sum(pair["n_conflicts"] for pair in pairs),
            "cells": max((pair["n_cells"] or 0) for pair in pairs),
            "pairs": sorted(pairs, key=lambda pair: (-pair["n_conflicts"], pair["other_source"])),
        }
        for (entity, element), pairs in grouped(facts.disputes, "entity", "element").items()
    ]
    rows.sort(key=lambda row: (-row["n"], row["entity"], row["element"]))
    most = rows[0]["n"] if rows else 0
    return [row | {"bar": bar(row["n"], most, f"{row['name']} {count(row['n'])} 处", width=160)} for row in rows]


def systems(facts: Facts, window: Window) -> list[Row]:
    """Deliveries by system: what came late, what was refused, what is missing; those in trouble first."""
    rows: list[Row] = []
    for (system,), resources in grouped(facts.live.values(), "system").items():
        ids = [row["id"] for row in resources]
        strip = strip_of(facts, ids, window)
        every = [row for resource in ids for row in facts.deliveries.get(resource, [])]
        late = sum(row["load_id"] in facts.late for row in every)
        refused = sum(row["state"] == "refused" for row in every)
        rows.append(
            {
                "system": facts.system_name(system),
                "code": resources[0]["department"],
                "department": facts.department_name(resources[0]["department"]),
                "n_resources": len(ids),
                "strip": draw_strip(strip, window),
                "n": len(every),
                "late": late,
                "refused": refused,
                "missing": strip.missing,
                "is_loud": bool(late or refused or strip.missing),
            }
        )
    return sorted(
        rows, key=lambda row: (-row["missing"] - row["refused"], -row["late"], row["department"], row["system"])
    )


def grown(row: Any) -> str:
    """Change in rows against the release before, for a table column."""
    return "—" if row["previous_rows"] is None else signed(row["rows"] - row["previous_rows"])
