"""The only reader of ``catalog/`` and ``expectations/``: YAML → frozen typed objects, checked in one place."""

from jobs.contracts.access import REFERENCE, Access, Paging
from jobs.contracts.authority import carried
from jobs.contracts.catalog import Catalog
from jobs.contracts.drift import place_of
from jobs.contracts.entities import Choice, Claim, Entity, Group
from jobs.contracts.limits import Limits
from jobs.contracts.load import load_catalog
from jobs.contracts.reader import CatalogFaults, Fault
from jobs.contracts.registers import CodeTable, Department, Element
from jobs.contracts.sources import (
    Drift,
    Format,
    Load,
    Mention,
    MentionField,
    Resource,
    SourceField,
    System,
)
from jobs.contracts.themes import Expectation, Theme, ThemeTable
from jobs.contracts.units import AMOUNT_UNITS, other_unit

__all__ = [
    "AMOUNT_UNITS",
    "REFERENCE",
    "Access",
    "Catalog",
    "CatalogFaults",
    "Choice",
    "Claim",
    "CodeTable",
    "Department",
    "Drift",
    "Element",
    "Entity",
    "Expectation",
    "Fault",
    "Format",
    "Group",
    "Limits",
    "Load",
    "Mention",
    "MentionField",
    "Paging",
    "Resource",
    "SourceField",
    "System",
    "Theme",
    "ThemeTable",
    "carried",
    "load_catalog",
    "other_unit",
    "place_of",
]
