"""Theme SQL: parsed, checked against what it may read, ordered by what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from jobs.contracts import Catalog, ThemeTable
from jobs.derive.allowed import problems
from jobs.errors import CatalogError

_REMEDY = "See jobs/derive/allowed.py for what may be called"


@dataclass(frozen=True)
class ThemeQuery:
    """One theme table: its SQL with table names made plain, and the lake tables it reads."""

    theme: str
    table: str
    sql: str
    inputs: tuple[tuple[str, str], ...]
    key: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.theme}__{self.table}"


_last: list[tuple[Catalog, list[ThemeQuery]]] = []


def theme_queries(catalog: Catalog) -> list[ThemeQuery]:
    """All written theme tables, each after those it reads. Parsing takes 0.5 s, so the last answer is kept."""
    if not _last or _last[0][0] is not catalog:
        _last[:] = [(catalog, _ordered(catalog))]
    return _last[0][1]


def _ordered(catalog: Catalog) -> list[ThemeQuery]:
    found = {query.name: query for key, text in catalog.theme_sql.items() for query in [_parse(catalog, *key, text)]}
    graph = {name: {t for layer, t in query.inputs if layer == "derived"} for name, query in found.items()}
    try:
        return [found[name] for name in TopologicalSorter(graph).static_order() if name in found]
    except CycleError as error:
        raise CatalogError(
            f"theme tables read each other in a circle: {error.args[1]}", remedy="Break the circle"
        ) from None


def _parse(catalog: Catalog, theme: str, table: str, text: str) -> ThemeQuery:
    where = {"file": f"catalog/themes/{theme}/{table}.sql"}
    declared = {t.name: t for t in catalog.themes[theme].tables} if theme in catalog.themes else {}
    if table not in declared:
        raise CatalogError(
            f"theme.yml of {theme!r} declares no table {table!r}", remedy="Declare it under `tables`", **where
        )
    tree = _one_select(text, where)
    for problem in problems(tree):
        raise CatalogError(f"not allowed in a theme table: {problem}", remedy=_REMEDY, **where)
    _require_columns(tree, declared[table], where)
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    inputs = []
    for node in list(tree.find_all(exp.Table)):
        if not node.db and node.name in local:
            continue
        layer, name = _lake_table(catalog, node, where)
        inputs.append((layer, name))
        alias = node.alias or node.name
        node.replace(exp.alias_(exp.to_table(view_name(layer, name)), alias, table=True))
    return ThemeQuery(theme, table, tree.sql(dialect="spark"), tuple(sorted(set(inputs))), declared[table].key)


def _one_select(text: str, where: dict[str, str]) -> exp.Query:
    try:
        statements = [statement for statement in sqlglot.parse(text, read="spark") if statement is not None]
    except ParseError as error:
        what = error.errors[0]["description"] if error.errors else "syntax"
        raise CatalogError(f"not SQL: {what}", remedy="Correct it", **where) from None
    except SqlglotError:
        raise CatalogError("not SQL: an open quote or bracket", remedy="Correct it", **where) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise CatalogError("a theme table is one SELECT", remedy="Remove every other statement", **where)
    return statements[0]


def _require_columns(tree: exp.Query, table: ThemeTable, where: dict[str, str]) -> None:
    """What is selected is what theme.yml declares, in its order, and the key is among it."""
    selected, declared = list(tree.named_selects), [column.name for column in table.columns]
    if selected != declared:
        raise CatalogError(
            f"the SELECT gives ({', '.join(selected)}), theme.yml declares ({', '.join(declared)})",
            remedy="Give both the same columns in the same order",
            **where,
        )
    if not table.key or not set(table.key) <= set(declared):
        raise CatalogError(
            "a written table needs `key: […]` of its own columns",
            remedy=f"Add it to {table.name} in theme.yml",
            **where,
        )


def view_name(layer: str, name: str) -> str:
    """Name under which a lake table is offered to SQL."""
    return f"{layer}_{name.replace('.', '__')}"


def _lake_table(catalog: Catalog, node: exp.Table, where: dict[str, str]) -> tuple[str, str]:
    schema, name = node.db, node.name
    if isinstance(node.this, exp.Func) or node.catalog:
        raise CatalogError(
            "a table function or a foreign catalog is not allowed", remedy="Read std, base or theme tables", **where
        )
    if schema == "base" and name.removesuffix("__conflicts") in catalog.entities:
        return "fused", name
    if schema == "std" and name.replace("__", ".") in catalog.live:
        return "standardised", name.replace("__", ".")
    if schema == "theme" and tuple(name.split("__", 1)) in catalog.theme_sql:
        return "derived", name
    raise CatalogError(
        f"table {schema}.{name} is not one it may read",
        remedy="Allowed: base.<entity>, std.<department>__<system>__<thing> of live resources, theme.<theme>__<table>",
        **where,
    )
