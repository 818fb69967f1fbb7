"""All declared resources, in pages of limited size, and the search index that the first page looks things up in."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.names import page_name
from jobs.serve.portal.numbers import short_day, visible
from jobs.serve.portal.products import products
from jobs.serve.portal.words import CYCLES, SHARES, state

PAGE = 300
"""Resources on one page: about 170 KB of the 300 KB that a page may have."""


def listing_pages(facts: Facts) -> Iterator[tuple[str, Row]]:
    """File name and content of each page of the catalog: connected resources first, then by department."""
    order = {"blocked": 0, "stale": 1, "waiting": 2, "warned": 3, "ok": 4, "declared": 9}
    rows = sorted(facts.resources.values(), key=lambda row: (order.get(row["table"]["state"], 5), row["id"]))
    pages = [rows[start : start + PAGE] for start in range(0, len(rows), PAGE)] or [[]]
    names = [file_name(number) for number in range(1, len(pages) + 1)]
    for number, shown in enumerate(pages, 1):
        yield (
            names[number - 1],
            {
                "rows": [_row(facts, row) for row in shown],
                "number": number,
                "pages": list(enumerate(names, 1)),
                "n_all": len(rows),
                "n_live": len(facts.live),
                "chips": _chips(shown),
            },
        )


def file_name(number: int) -> str:
    return "catalog.html" if number == 1 else f"catalog-{number}.html"


def _chips(rows: list[Row]) -> list[tuple[str, str]]:
    words = [state(row["table"]["state"]).word for row in rows]
    return [("", f"全部 {len(words)}"), *((word, f"{word} {words.count(word)}") for word in dict.fromkeys(words))]


def _row(facts: Facts, row: Row) -> Row:
    return row | {
        "sign": state(row["table"]["state"]),
        "who": facts.department_name(row["department"]),
        "has_department": row["department"] in facts.live_departments,
        "system_name": facts.system_name(row["system"]),
        "cycle_word": CYCLES.get(row["cycle"], row["cycle"]),
        "share_word": SHARES.get(row["share"], row["share"]),
    }


def search_index(facts: Facts) -> str:
    """A script that hands over what can be looked up: [title, beside it, state, address, further words]."""
    items: list[list[str]] = []
    for product in products(facts):
        if product["is_library"]:
            items.append(
                [
                    product["title"],
                    "基础库",
                    product["state"],
                    f"libraries/{page_name(product['name'])}.html",
                    product["name"],
                ]
            )
    for code in facts.live_departments:
        department = facts.departments.get(code, {})
        items.append(
            [
                facts.department_name(code),
                "部门",
                "",
                f"departments/{page_name(code)}.html",
                str(department.get("name", "")),
            ]
        )
    for key, row in facts.resources.items():
        beside = f"{facts.department_name(row['department'])} · {facts.system_name(row['system'])}"
        address = f"resources/{page_name(key)}.html" if row["is_live"] else f"catalog.html#{page_name(key)}"
        day = f" · 截至 {short_day(row['table']['as_of'], facts.as_of)}" if row["table"]["as_of"] else ""
        items.append([row["name"], beside + day, row["table"]["state"], address, f"{key} {row['code']}"])
    for entity, claims in facts.authority.items():
        library = str(facts.table("fused", entity[0])["label"])
        for element in dict.fromkeys(claim["element"] for claim in claims):
            address = f"libraries/{page_name(entity[0])}.html#e-{page_name(element)}"
            items.append([facts.element_name(element), f"{library} · 数据元", "", address, element])
    words = {
        code: [state(code).word, state(code).icon, state(code).tone]
        for code in ("ok", "warned", "blocked", "stale", "waiting", "declared")
    }
    return (
        "window.REPORT_INDEX = "
        + _script({"states": words, "items": [[visible(part) for part in item] for item in items]})
        + ";\n"
    )


def _script(value: object) -> str:
    """JSON that cannot end a script element or open a comment in one."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("],[", "],\n[")
