"""What every served column means: label, element, type, level; comments and ``meta.dictionary`` come from here."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.contracts import Catalog, Element

SYSTEM = {
    "_key": "记录标识（加密散列）",
    "_load_id": "批次标识",
    "_row_no": "批次内行号",
    "_sources": "来源记录",
    "_cells": "各数据元的来源序号与标记",
    "canonical_id": "实体标识",
    "element": "数据元",
    "chosen": "采用值",
    "chosen_resource": "采用值的来源目录",
    "value": "未采用的值",
    "resource": "未采用值的来源目录",
    "role": "提及角色",
    "record_key": "记录标识（加密散列）",
}


@dataclass(frozen=True)
class Column:
    """One column of a served table; ``expression`` is DuckDB SQL over the lake's Parquet columns."""

    name: str
    expression: str
    label: str
    element: Element | None = None
    source: str = ""

    @property
    def pii(self) -> str:
        return self.element.pii if self.element else "none"

    @property
    def mask(self) -> str | None:
        return self.element.mask if self.element else None


def resource_columns(catalog: Catalog, resource_id: str) -> list[Column]:
    """Columns of ``std.<resource>``: each value with its flag."""
    columns = []
    for field in catalog.resources[resource_id].fields:
        quoted, element = quote(field.column), catalog.element_of(field)
        columns.append(Column(field.column, quoted, field.label, element, field.name))
        columns.append(Column(f"{field.column}_flag", f"_flag.{quoted}", f"{field.label}的标记"))
    return columns


def entity_columns(catalog: Catalog, entity: str) -> list[Column]:
    """Columns of ``base.<entity>``: each cell with what a reader must know of where it came from."""
    columns = [Column("canonical_id", "canonical_id", SYSTEM["canonical_id"])]
    for name in sorted(catalog.entities[entity].authority):
        element, quoted = catalog.elements[name], quote(name)
        columns.append(Column(name, quoted, element.name, element))
        columns.append(Column(f"{name}_flag", _bits(f"_cells.{quoted}"), f"{element.name}的标记"))
    return columns


_WORDS = [
    "+".join(word for bit, word in ((1, "fallback"), (2, "unofficial"), (4, "suspect")) if flag & bit)
    for flag in range(1, 8)
]


def _bits(cell: str) -> str:
    """``fallback``, ``unofficial``, ``suspect``, joined by ``+``; null for a clean cell of the authority."""
    return f"({_WORDS})[{cell} & 7]"


def theme_columns(catalog: Catalog, table: str) -> dict[str, str]:
    """Labels of a theme table's columns."""
    theme, _, name = table.partition("__")
    declared = next(t for t in catalog.themes[theme].tables if t.name == name)
    labels = {column.name: column.label or column.formula or column.name for column in declared.columns}
    return {element.id: element.name for element in catalog.elements.values()} | labels


def quote(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'
