"""From facts to files: one template environment, bytes that depend on the release alone, unchanged files left alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from jobs.serve.portal import numbers, words
from jobs.serve.portal.department import department_page
from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.library import library_page
from jobs.serve.portal.listing import listing_pages, search_index
from jobs.serve.portal.names import page_name
from jobs.serve.portal.overview import overview
from jobs.serve.portal.products import products, verdict
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.release import release_page
from jobs.serve.portal.resource import resource_page
from jobs.serve.portal.scores import league, marked
from jobs.serve.portal.strips import LEGEND, draw_key, window_of

_HERE = Path(__file__).parent
_FOLDERS = ("departments", "resources", "libraries")


def render_portal(connection: duckdb.DuckDBPyConnection, out: Path) -> int:
    """Write the report of the release in ``connection`` below ``out``; returns the number of its pages.

    Files that are as they should be are not touched; pages of things that are no longer declared are removed.
    Raises UsageError if the database holds no release.
    """
    facts = Facts(connection)
    written: set[Path] = set()
    shared = {
        "facts": facts,
        "standing_verdict": verdict(facts),
        "legend": [(draw_key(kind, word), word) for kind, word in LEGEND],
    }
    for name, template, context in _pages(facts):
        place = {"root": "../" * name.count("/"), "page": name}
        html = _environment().get_template(template).render(**shared, **place, **context)
        written.add(_write(out / name, html))
    for name in ("style.css", "app.js", "lookup.js"):
        _write(out / name, (_HERE / name).read_text(encoding="utf-8"))
    _write(out / "print.css", _print_rules(facts))
    _write(out / "index.js", search_index(facts))
    for pattern in ("catalog-*.html", *(f"{folder}/*.html" for folder in _FOLDERS)):
        for stale in set(out.glob(pattern)) - written:
            stale.unlink()
    return len(written)


def _pages(facts: Facts) -> Iterator[tuple[str, str, Row]]:
    window = window_of(facts)
    yield "index.html", "index.html", overview(facts, window)
    yield "release.html", "release.html", release_page(facts)
    for name, context in listing_pages(facts):
        yield name, "catalog.html", context
    for standing in league(facts):
        yield (
            f"departments/{page_name(standing['code'])}.html",
            "department.html",
            department_page(facts, standing, window),
        )
    for key, resource in facts.live.items():
        yield f"resources/{page_name(key)}.html", "resource.html", resource_page(facts, resource, window)
    for product in products(facts):
        if product["is_library"]:
            yield f"libraries/{page_name(product['name'])}.html", "library.html", library_page(facts, product)


@cache
def _environment() -> Environment:
    """The templates, compiled once a process; what depends on the release comes with each page."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("count", "large", "signed", "score", "long_day", "month_day", "limit"):
        environment.filters[name] = getattr(numbers, name)
    environment.filters["md"] = _near_day
    environment.filters["page"] = page_name
    environment.filters["marked"] = marked
    environment.filters["reason"] = reason
    environment.globals |= {"words": words, "percent": numbers.percent}
    return environment


@pass_context
def _near_day(context: Context, day: object) -> str:
    """A day as it is written within the release's own year."""
    return numbers.short_day(day, context["facts"].as_of)


def _shown(value: Any) -> Any:
    """Every expression passes here: what is missing is left out, what would rearrange the page is spelt out."""
    if value is None:
        return ""
    return numbers.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _print_rules(facts: Facts) -> str:
    """The foot of a printed sheet: the only style that depends on the release."""
    note = " · 模拟数据" if facts.is_simulated else ""
    if not facts.release["approved_by"]:
        note += " · 未经人工批准"
    foot = f'content: "数据质量公报 · 第 {facts.number} 号发布{note}"; font-size: 8pt; color: #555'
    count = 'content: counter(page) " / " counter(pages); font-size: 8pt; color: #555'
    return f"@page {{ @bottom-left {{ {foot} }} @bottom-right {{ {count} }} }}\n"


def _write(path: Path, text: str) -> Path:
    content = text.encode("utf-8")
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return path
