"""The state of every declared table: ok, warned, blocked, stale, waiting for a first delivery, or declared only."""

from __future__ import annotations

from jobs.audit.facts import Facts, Row
from jobs.audit.measures import ThemeInputs
from jobs.contracts import Catalog


def states(catalog: Catalog, facts: Facts, rows: dict[tuple[str, str], int], theme_inputs: ThemeInputs) -> list[Row]:
    """One row per resource, entity and theme table; ``rows`` are those of the passed versions."""
    found = [_resource(catalog, facts, rows, resource) for resource in catalog.resources]
    days = {row["name"]: row["as_of"] for row in found}
    for entity in catalog.entities:
        sources = [r.id for r in catalog.live.values() if any(m.entity == entity for m in r.mentions)]
        found.append(_built(facts, rows, "fused", entity, max((days[source] for source in sources), default="")))
        days[entity] = found[-1]["as_of"]
    for theme in catalog.themes.values():
        for table in theme.tables:
            name = f"{theme.id}__{table.name}"
            inputs = theme_inputs.get(name)
            if inputs is None:
                found.append(_row("derived", name, "declared"))
            else:
                newest = max((days.get(source.removesuffix("__conflicts"), "") for _, source in inputs), default="")
                found.append(_built(facts, rows, "derived", name, newest))
    return found


def _row(layer: str, name: str, state: str, as_of: str = "", since: str = "", reason: str = "", rows: int = 0) -> Row:
    return {
        "layer": layer,
        "name": name,
        "state": state,
        "as_of": as_of,
        "since": since,
        "reason": reason,
        "rows": rows,
    }


def _resource(catalog: Catalog, facts: Facts, rows: dict[tuple[str, str], int], resource: str) -> Row:
    if resource not in catalog.live:
        return _row("standardised", resource, "declared")
    landed = [row["period"] for row in facts.deliveries.get(resource, []) if row["state"] == "landed"]
    return _built(facts, rows, "standardised", resource, max(landed, default=""))


def _built(facts: Facts, rows: dict[tuple[str, str], int], layer: str, name: str, as_of: str) -> Row:
    step, count = facts.steps.get((layer, name)), rows.get((layer, name), 0)
    if step is None:
        return _row(layer, name, "waiting", reason="尚无可用数据")
    if step["state"] in ("blocked", "stale"):
        return _row(layer, name, step["state"], as_of, step["as_of"], step["reason"] or "", count)
    verdict = facts.verdicts.get((layer, name))
    state = "warned" if verdict and verdict["outcome"] == "warned" else "ok"
    return _row(layer, name, state, as_of, rows=count)
