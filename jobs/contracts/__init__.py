"""The only reader of ``catalog/`` and ``expectations/``: YAML → frozen typed objects, checked in one place."""

from jobs.contracts.catalog import Catalog
from jobs.contracts.check import carried
from jobs.contracts.load import CatalogFaults, Fault, load_catalog
from jobs.contracts.model import (
    Access,
    Choice,
    Claim,
    CodeTable,
    Department,
    Element,
    Entity,
    Expectation,
    Format,
    Group,
    Mention,
    MentionField,
    Resource,
    SourceField,
    System,
    Theme,
    ThemeTable,
)

__all__ = [
    "Access",
    "Catalog",
    "CatalogFaults",
    "Choice",
    "Claim",
    "CodeTable",
    "Department",
    "Element",
    "Entity",
    "Expectation",
    "Fault",
    "Format",
    "Group",
    "Mention",
    "MentionField",
    "Resource",
    "SourceField",
    "System",
    "Theme",
    "ThemeTable",
    "carried",
    "load_catalog",
]
