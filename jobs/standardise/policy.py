"""What standardise must know of one resource, compiled once from the catalog."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.contracts import Catalog, Resource, SourceField
from jobs.errors import CatalogError
from jobs.rules import Policy, Rule, rule_for
from jobs.rules.predicate import columns_of, failing

GARBLED = ("\ufffd", "锟斤拷", "烫烫烫", "屯屯屯", "[\u00e3-\u00e9][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]{2}")
"""What is left of text that was decoded wrongly before it was sent: UTF-8's replacement read as GBK, memory that was
never filled, a Chinese character of UTF-8 read byte by byte. Each a pattern that every engine reads alike."""


@dataclass(frozen=True)
class Cell:
    """One source column, the element it becomes, and the rule that reads it."""

    source: str
    column: str
    rule: Rule
    policy: Policy
    against: str | None = None
    """Column that says the same by itself."""


@dataclass(frozen=True)
class RowRule:
    """A critical row rule: rows for which ``condition`` is true are quarantined under ``id``."""

    id: str
    condition: str


@dataclass(frozen=True)
class Standard:
    """How one resource is standardised."""

    resource: str
    mode: str
    key: tuple[str, ...]
    operation: str | None
    deleted: tuple[str, ...]
    cells: tuple[Cell, ...]
    row_rules: tuple[RowRule, ...]


def standard_of(catalog: Catalog, resource: Resource, as_of: str) -> Standard:
    """Compile the resource's declaration."""
    return Standard(
        resource=resource.id,
        mode=resource.load.mode,
        key=resource.key_columns,
        operation=resource.load.operation,
        deleted=resource.load.deleted,
        cells=tuple(_cell(catalog, field, as_of) for field in resource.fields),
        row_rules=tuple(_row_rules(catalog, resource)),
    )


def _cell(catalog: Catalog, field: SourceField, as_of: str) -> Cell:
    element = catalog.element_of(field)
    table = catalog.code_table_of(field)
    policy = Policy(
        formats=field.formats,
        unit=field.unit,
        target_unit=element.unit,
        codes=table.values if table and not table.partial else {},
        wild=table.wild if table else {},
        as_of=as_of,
        element=element.id,
    )
    rule = rule_for(element, table is not None, field.rule)
    return Cell(field.stored, field.column, rule, policy, field.against)


def _row_rules(catalog: Catalog, resource: Resource) -> list[RowRule]:
    columns = {field.column for field in resource.fields}
    flags = {f"{column}__flag" for column in columns}
    rules = []
    for position, expectation in enumerate(catalog.expectations.get(("3_standardised", resource.id), ())):
        unknown = [name for name in columns_of(expectation.args) if name not in columns | flags]
        if unknown:
            raise CatalogError(
                f"rule {expectation.expect} names {', '.join(unknown)}, which {resource.id} does not have",
                remedy=f"Correct expectations/3_standardised/{resource.id}.yml",
            )
        condition = failing(expectation.expect, expectation.args) if expectation.severity == "critical" else None
        if condition:
            rules.append(RowRule(f"{expectation.expect}#{position}", condition))
    return rules
