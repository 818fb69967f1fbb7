"""The project's own catalog, read once, and catalogs that differ from it in one theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from jobs.contracts import Catalog, Theme

WithSql = Callable[..., Catalog]


@pytest.fixture
def with_sql(catalog: Catalog) -> WithSql:
    """A catalog whose only theme is ``trial``: one table a keyword, as (SQL, its columns, the key first)."""

    def build(**tables: tuple[str, str]) -> Catalog:
        declared = [
            {"name": name, "label": name, "key": columns.split()[:1], "columns": [{"name": c} for c in columns.split()]}
            for name, (_, columns) in tables.items()
        ]
        theme = Theme.model_validate({"id": "trial", "name": "试", "cycle": "daily", "tables": declared})
        sql = {("trial", name): text for name, (text, _) in tables.items()}
        return replace(catalog, themes={"trial": theme}, theme_sql=sql)

    return build
