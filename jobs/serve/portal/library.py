"""A base library's page: whose word counts for each element, where the cells came from, where sources disagree."""

from __future__ import annotations

import re

from markupsafe import Markup

from jobs.serve.portal.charts import stack
from jobs.serve.portal.facts import Facts, Row, grouped, quote
from jobs.serve.portal.numbers import days_between, visible
from jobs.serve.portal.overview import disputes_by_element
from jobs.serve.portal.scores import scores_of
from jobs.serve.portal.svg import tag
from jobs.serve.portal.words import CYCLES, state

ORIGINS = (
    ("own", "数源", "f-brand"),
    ("fallback", "备用", "f-bar"),
    ("unofficial", "无法定数源", "f-q3"),
    ("suspect", "存疑", "f-warn"),
)


def library_page(facts: Facts, product: Row) -> Row:
    """Everything the template of one library shows; ``product`` is its line among the products."""
    entity = product["name"]
    claims = facts.authority.get((entity,), [])
    covered = coverage(facts, entity)
    contested = {row["element"]: row for row in disputes_by_element(facts) if row["entity"] == entity}
    units = _units(facts, claims)
    rows = [
        _element(facts, element[0], own, covered.get(element[0]), contested.get(element[0]), units)
        for element, own in grouped(claims, "element").items()
    ]
    cells = {name: sum(row[name] for row in covered.values()) for name, _, _ in ORIGINS}
    return {
        "product": product,
        "scores": scores_of(facts, "entity", entity),
        "units": units,
        "heads_before": [("数据元", "", 1), *((_over_column(facts, code), "mid", 0) for code in units)],
        "elements": rows,
        "orphans": [row for row in rows if not row["has_live"]],
        "cells": cells,
        "n_cells": sum(cells.values()),
        "origins": ORIGINS,
        "disputes": list(contested.values()),
        "n_disputes": sum(row["n"] for row in contested.values()),
        "sources": _sources(facts, claims),
        "users": [
            facts.table(*key) | {"sign": state(facts.table(*key)["state"], True)}
            for key in facts.targets.get(("fused", entity), [])
        ],
    }


def coverage(facts: Facts, entity: str) -> dict[str, Row]:
    """Cells of each element by where they came from; a suspect value counts as such whatever its source."""
    columns = {row["column_name"] for row in _columns(facts, entity)}
    elements = sorted(name for name in columns if f"{name}_flag" in columns)
    if not elements:
        return {}
    counts = [
        f"histogram(coalesce({quote(f'{name}_flag')}, '')) FILTER ({quote(name)} IS NOT NULL)" for name in elements
    ]
    found = facts.connection.execute(f"SELECT count(*), {', '.join(counts)} FROM base.{quote(entity)}").fetchone() or ()
    return {
        name: {origin: 0 for origin, _, _ in ORIGINS} | _by_origin(flags or {}) | {"total": int(found[0])}
        for name, flags in zip(elements, found[1:], strict=True)
    }


def _by_origin(flags: dict[str, int]) -> dict[str, int]:
    """Cells by origin, from cells by flag: the gravest word of a flag counts."""
    cells: dict[str, int] = {}
    for flag, number in flags.items():
        words = flag.split("+")
        origin = next((word for word in ("suspect", "fallback", "unofficial") if word in words), "own")
        cells[origin] = cells.get(origin, 0) + number
    return cells


def _columns(facts: Facts, entity: str) -> list[Row]:
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'base' AND table_name = ?"
    return facts.query(query, [entity])


def _units(facts: Facts, claims: list[Row]) -> list[str]:
    """Departments that provide anything, those that answer for most elements first."""
    weight: dict[str, int] = {}
    for row in claims:
        code = row["source"].split(".", 1)[0]
        weight[code] = weight.get(code, 0) + (1 if row["is_fallback"] else 100)
    return sorted(weight, key=lambda code: (-weight[code], facts.department_name(code)))


def _over_column(facts: Facts, code: str) -> Markup:
    """What stands over a narrow column: the department's name in lines of two characters, without 市 and 局."""
    name = facts.department_name(code)
    short = name.removeprefix("市委").removeprefix("市").removesuffix("局") or name
    lines = [visible(short[start : start + 2]) for start in range(0, min(len(short), 6), 2)]
    return tag("abbr", *(part for line in lines for part in (line, tag("br"))), title=name)


def _element(
    facts: Facts, element: str, claims: list[Row], covered: Row | None, contested: Row | None, units: list[str]
) -> Row:
    marks = _marks(facts, claims)
    lawful = next((row for row in claims if not row["is_fallback"]), claims[0])
    row: Row = {
        "id": element,
        "name": facts.element_name(element),
        "level": facts.elements.get(element, {}).get("level", ""),
        "basis": lawful["basis"],
        "since": lawful["since"],
        "is_choice": bool(lawful["choose"]),
        "marks": [marks.get(code) for code in units],
        "has_live": any(claim["source"] in facts.live for claim in claims),
        "sources": [_claim(facts, claim) for claim in claims],
        "n_disputes": contested["n"] if contested else 0,
        "covered": covered,
    }
    if covered:
        filled = sum(covered[name] for name, _, _ in ORIGINS)
        segments = [(word, covered[name], colour) for name, word, colour in ORIGINS]
        row |= {"filled": filled, "bar": stack(segments, covered["total"], width=150, unit="格")}
    return row


def _claim(facts: Facts, claim: Row) -> Row:
    is_live = claim["source"] in facts.live
    return claim | {"name": facts.resource_name(claim["source"]), "is_live": is_live, "case": _case(facts, claim)}


def _case(facts: Facts, claim: Row) -> str:
    """When a claim counts, in words: ``uscc like '91%'`` is 统一社会信用代码以 91 开头."""
    found = re.fullmatch(r"(\w+) like '([0-9A-Za-z]+)%'", claim["case_when"])
    return f"{facts.element_name(found[1])}以 {found[2]} 开头" if found else str(claim["case_when"])


def _marks(facts: Facts, claims: list[Row]) -> dict[str, Row]:
    """What each department is for an element: 源, 共, 备1, 备2 …; grey where none of its sources is connected."""
    marks: dict[str, Row] = {}
    lawful = {claim["source"].split(".", 1)[0] for claim in claims if not claim["is_fallback"]}
    place = 0
    for claim in claims:
        code = claim["source"].split(".", 1)[0]
        is_live = claim["source"] in facts.live
        if claim["is_fallback"]:
            place += 1
            word, class_ = f"备{place}", "b"
        elif claim["choose"]:
            word, class_ = "比", "c"
        else:
            word, class_ = ("源" if len(lawful) == 1 else "分源"), "y"
        if code in marks:
            marks[code]["is_live"] = marks[code]["is_live"] or is_live
        else:
            marks[code] = {"word": word, "class": class_, "is_live": is_live}
    return marks


def _sources(facts: Facts, claims: list[Row]) -> list[Row]:
    """Live resources that the library reads, stalest first."""
    rows = []
    for source in dict.fromkeys(row["source"] for row in claims):
        if source not in facts.live:
            continue
        resource = facts.live[source]
        table = resource["table"]
        rows.append(
            resource
            | {
                "sign": state(table["state"]),
                "who": facts.department_name(resource["department"]),
                "cycle_word": CYCLES.get(resource["cycle"], resource["cycle"]),
                "behind": days_between(table["as_of"], facts.as_of) if table["as_of"] else None,
                "n_elements": len({row["element"] for row in claims if row["source"] == source}),
            }
        )
    return sorted(rows, key=lambda row: (-(row["behind"] if row["behind"] is not None else 10**6), row["id"]))
