"""Thematic libraries and the rules that tables must hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jobs.contracts.base import Cycle, Declared, Identifier, Severity, Text, shaped


class ThemeColumn(Declared):
    """A column of a theme table and its formula in words."""

    name: Identifier
    formula: Text = ""
    label: Text = ""


class ThemeTable(Declared):
    """A table of a thematic library; its SQL stands beside as ``<name>.sql`` once it is built."""

    name: Identifier
    label: Text
    grain: Text = ""
    key: tuple[Identifier, ...] = ()
    columns: tuple[ThemeColumn, ...] = ()


class Theme(Declared):
    """``catalog/themes/<theme>/theme.yml``: a thematic library (专题库)."""

    id: Identifier
    name: Text
    purpose: Text = ""
    users: tuple[Text, ...] = ()
    cycle: Cycle
    inputs: tuple[Text, ...] = ()
    confidence: Text = ""
    tables: tuple[ThemeTable, ...]
    indicators: tuple[Text, ...] = ()


class Expectation(Declared):
    """One rule in Great Expectations' own vocabulary."""

    expect: Annotated[
        str, shaped(r"^(expect|unexpected)_[a-z0-9_]+$", "an expectation: expect_column_values_to_not_be_null")
    ]
    args: Annotated[dict[str, object], Field(alias="with")] = {}
    severity: Severity = "warning"
    indicator: Annotated[str, shaped(r"^\d{4,6}$", "four to six digits: '0104'")] = "0104"
    why: Text = ""
    name: Text = ""
