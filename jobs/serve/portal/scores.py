"""Scores as the pages show them: marks, cards, and the league of departments."""

from __future__ import annotations

from decimal import Decimal

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.words import CARDS, DIMENSIONS, KINDS, RESPONSIBLE

GOOD, POOR = Decimal(95), Decimal(90)
RED, YELLOW = Decimal(85), Decimal(92)
"""Marks and cards as ``catalog/scoring.yml`` declares them; a test holds both to the same numbers."""


def scores_of(facts: Facts, scope: str, key: str) -> Row:
    """``total`` and ``01`` to ``06`` of one scope, each a scorecard row or an unmeasured one."""
    found = facts.scores.get((scope, key), {})
    return {dimension: found.get(dimension, _UNMEASURED) for dimension in ("total", *DIMENSIONS)}


_UNMEASURED: Row = {"score": None, "n_rules": 0, "n_failed_rules": 0, "n_checked": 0, "n_failed": 0}


def marked(value: object) -> str:
    """Class of a score: below 90, below 95, unmeasured or plain."""
    if value is None:
        return "none"
    number = Decimal(str(value))
    return "bad" if number < POOR else "low" if number < GOOD else ""


def card_of(total: object, n_critical: int) -> str:
    """``red``, ``yellow``, ``green`` or ``none``: by the total, and never green while anything critical is open."""
    if total is None:
        return "none"
    number = Decimal(str(total))
    if number < RED:
        return "red"
    return "yellow" if number < YELLOW or n_critical else "green"


def league(facts: Facts) -> list[Row]:
    """Departments with live resources: red and yellow cards first, then by score, lowest first."""
    rows = [_standing(facts, code) for code in facts.live_departments]
    order = {"red": 0, "yellow": 1, "green": 2, "none": 3}
    rows.sort(key=lambda row: (order[row["card"]], row["total"] if row["total"] is not None else 101, row["code"]))
    ranked = sorted((row for row in rows if row["total"] is not None), key=lambda row: -row["total"])
    for row in rows:
        row["place"] = 1 + sum(other["total"] > row["total"] for other in ranked) if row["total"] is not None else None
        row["n_ranked"] = len(ranked)
    return rows


def _standing(facts: Facts, code: str) -> Row:
    resources = [row for row in facts.live.values() if row["department"] == code]
    states = [row["table"]["state"] for row in resources]
    scores = scores_of(facts, "department", code)
    total = scores["total"]["score"]
    findings = [row for row in facts.findings if row["department"] == code]
    own = [row for row in findings if row["responsible"] == "department"]
    n_critical = sum(row["severity"] == "critical" for row in own)
    card = card_of(total, n_critical)
    return {
        "code": code,
        "name": facts.department_name(code),
        "scores": scores,
        "total": total,
        "card": card,
        "sign": CARDS[card],
        "states": {state: states.count(state) for state in ("blocked", "stale", "waiting") if state in states},
        "n_resources": len(resources),
        "n_out": sum(state not in ("ok", "warned") for state in states),
        "n_open": sum(row["severity"] != "info" for row in own),
        "n_critical": n_critical,
        "worst": _worst(facts, [row for row in findings if row["severity"] == "critical"]),
    }


def _worst(facts: Facts, findings: list[Row]) -> str:
    """The gravest finding in a few words."""
    order = ("table_blocked", "delivery_refused", "delivery_missing")
    findings = sorted(findings, key=lambda row: order.index(row["kind"]) if row["kind"] in order else len(order))
    if not findings:
        return ""
    first = findings[0]
    where = facts.resource_name(first["resource"]).removesuffix("信息")
    whose = "" if first["responsible"] == "department" else f"（{RESPONSIBLE.get(first['responsible'], '')}）"
    return f"{where}：{KINDS.get(first['kind'], first['kind'])}{whose}"


def dimension_rows(facts: Facts, standings: list[Row]) -> list[Row]:
    """The city by dimension, with the lowest and the highest department."""
    city = scores_of(facts, "city", "city")
    rows = []
    for code, word in DIMENSIONS.items():
        found = [(row["name"], row["scores"][code]["score"]) for row in standings]
        measured = sorted((pair for pair in found if pair[1] is not None), key=lambda pair: (pair[1], pair[0]))
        row = city[code] | {"code": code, "word": word, "low": None, "high": None}
        rows.append(row | ({"low": measured[0], "high": measured[-1]} if measured else {}))
    return rows
