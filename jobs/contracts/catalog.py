"""The catalog as one frozen object, with the questions that everybody asks it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from jobs.contracts.access import Access
from jobs.contracts.entities import Entity
from jobs.contracts.registers import CodeTable, Department, Element
from jobs.contracts.sources import READINGS, Format, Resource, SourceField, System
from jobs.contracts.themes import Expectation, Theme


@dataclass(frozen=True)
class Catalog:
    """All that is declared. Keys are ids; order is the order of the ids."""

    departments: dict[str, Department]
    systems: dict[str, System]
    resources: dict[str, Resource]
    elements: dict[str, Element]
    code_tables: dict[str, CodeTable]
    entities: dict[str, Entity]
    themes: dict[str, Theme]
    access: dict[str, Access]
    expectations: dict[tuple[str, str], tuple[Expectation, ...]]
    theme_sql: dict[tuple[str, str], str]
    scoring: dict[str, object]
    glossary: dict[str, dict[str, object]]
    digests: dict[str, str] = field(default_factory=dict, repr=False)
    """SHA-256 of every file, by its name below the home."""

    @property
    def fingerprint(self) -> str:
        """Identity of all that is declared."""
        return self.fingerprint_of("")

    def fingerprint_of(self, *places: str) -> str:
        """Identity of what is declared in files whose names begin with one of ``places``."""
        found = [f"{name}\0{digest}" for name, digest in sorted(self.digests.items()) if name.startswith(places)]
        return hashlib.sha256("\n".join(found).encode()).hexdigest()

    @cached_property
    def live(self) -> dict[str, Resource]:
        """Resources whose deliveries are connected; the others are declared only."""
        return {rid: resource for rid, resource in self.resources.items() if rid in self.access}

    @cached_property
    def column_elements(self) -> tuple[Element, ...]:
        """Elements that a delivered column may carry; the others are read out of one."""
        return tuple(element for element in self.elements.values() if element.rule not in READINGS)

    def format_of(self, resource_id: str) -> Format:
        """How the deliveries of a resource are written: its access decides, else its declaration."""
        access = self.access.get(resource_id)
        return access.format if access and access.format else self.resources[resource_id].format

    def element_of(self, source_field: SourceField) -> Element:
        """The element a source column carries."""
        return self.elements[source_field.element]

    def code_table_of(self, source_field: SourceField) -> CodeTable | None:
        """The code table that governs a source column, if any."""
        name = source_field.code_table or self.element_of(source_field).code_table
        return self.code_tables.get(name) if name else None

    def resources_of(self, department: str) -> list[Resource]:
        """Resources of a department, by id."""
        return [resource for resource in self.resources.values() if resource.department == department]
