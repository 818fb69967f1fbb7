"""What a table's rows are read by, as digests: two declarations with the same parts read every text alike."""

from __future__ import annotations

import hashlib

from jobs.rules.rule import flag_sql
from jobs.standardise.clean import breaches
from jobs.standardise.policy import Cell, Standard
from jobs.standardise.versions import fates_sql


def identity(cell: Cell) -> tuple[str, ...]:
    """What a cell's rule and policy make of a text, in full; what it is held against is no part of it."""
    rule, policy = cell.rule, cell.policy
    return (rule.type, rule.text("r", policy), rule.parsed("t", policy), flag_sql(rule, "r", "t", "p", policy))


def parts_of(standard: Standard) -> dict[str, str]:
    """Digest of each part by its name: the columns, the row rules, the key, and how deliveries follow each other."""
    parts = {
        cell.column: digest(cell.source, *identity(cell), *([cell.against] if cell.against else []))
        for cell in standard.cells
    }
    parts["(row rules)"] = digest(*[text for rule in breaches(standard) for text in rule])
    parts["(key)"] = digest(*standard.key)
    order = fates_sql("rows", standard.mode, "last", "id")
    parts["(load)"] = digest(order, str(standard.operation), *standard.deleted)
    return parts


def digest(*texts: str) -> str:
    """Eight hex digits; the lengths count, so that no two lists of texts run into each other."""
    return hashlib.sha256("".join(f"{len(text)}:{text}" for text in texts).encode()).hexdigest()[:8]
