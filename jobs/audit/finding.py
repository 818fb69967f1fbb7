"""One finding: which table and resource it speaks of, who is to act, and what to do, in the words officials read."""

from __future__ import annotations

from typing import Any

from jobs.audit.facts import Row
from jobs.contracts import Resource

COLUMNS = (
    "finding_id",
    "as_of",
    "kind",
    "severity",
    "layer",
    "table_name",
    "resource",
    "department",
    "element",
    "rule",
    "rule_name",
    "indicator",
    "dimension",
    "n_checked",
    "n_failed",
    "limit_pct",
    "responsible",
    "what",
    "remedy",
)


def finding(
    kind: str, severity: str, layer: str, table: str, resource: Resource | None, what: str, remedy: str, **more: Any
) -> Row:
    """A row of the table ``findings``; ``more`` fills further columns."""
    row: Row = dict.fromkeys(COLUMNS, "") | {"n_checked": 0, "n_failed": 0, "limit_pct": 0.0}
    row |= {"kind": kind, "severity": severity, "layer": layer, "table_name": table, "what": what, "remedy": remedy}
    row |= {"responsible": "department" if resource else "platform"}
    if resource:
        row |= {"resource": resource.id, "department": resource.department}
    row |= more
    return row | {"dimension": str(row["indicator"])[:2]}
