"""All declared resources, in pages of limited size, and the search index that the first page looks things up in."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.names import page_name
from jobs.serve.portal.numbers import visible
from jobs.serve.portal.products import products
from jobs.serve.portal.words import CYCLES, SHARES, STATES, state

PAGE = 300
"""Resources on one page: about 170 KB of the 300 KB that a page may have."""


def listing_pages(facts: Facts) -> Iterator[tuple[str, Row]]:
    """File name and content of each page of the catalog: what stands still first, what is not connected last."""
    pages = _pages(facts)
    for number, (name, shown) in enumerate(pages.items(), 1):
        yield (
            name,
            {
                "rows": [_row(facts, row) for row in shown],
                "number": number,
                "pages": list(enumerate(pages, 1)),
                "n_all": len(facts.resources),
                "n_live": len(facts.live),
                "chips": _chips(shown),
            },
        )


def _pages(facts: Facts) -> dict[str, list[Row]]:
    order = {"blocked": 0, "stale": 1, "waiting": 2, "warned": 3, "ok": 4, "declared": 9}
    rows = sorted(facts.resources.values(), key=lambda row: (order.get(row["table"]["state"], 5), row["id"]))
    starts = range(0, max(len(rows), 1), PAGE)
    return {f"catalog-{i + 1}.html" if i else "catalog.html": rows[s : s + PAGE] for i, s in enumerate(starts)}


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
    """A script that hands over what can be looked up.

    An item is [title, number of what stands beside it, state, address, further words].
    """
    beside: dict[str, int] = {}
    items = [
        [visible(title), beside.setdefault(visible(note), len(beside)), state_code, address, visible(more)]
        for title, note, state_code, address, more in _items(facts)
    ]
    states = {code: [sign.word, sign.icon, sign.tone] for code, sign in STATES.items()}
    return "window.REPORT_INDEX = " + _script({"states": states, "beside": list(beside), "items": items}) + ";\n"


def _items(facts: Facts) -> Iterator[tuple[str, str, str, str, str]]:
    for product in products(facts):
        if product["is_library"]:
            address = f"libraries/{page_name(product['name'])}.html"
            yield product["title"], "基础库", product["state"], address, product["name"]
    for code in facts.live_departments:
        name = str(facts.departments.get(code, {}).get("name", ""))
        yield facts.department_name(code), "部门", "", f"departments/{page_name(code)}.html", name
    for file, rows in _pages(facts).items():
        for row in rows:
            key = page_name(row["id"])
            note = f"{facts.department_name(row['department'])} · {facts.system_name(row['system'])}"
            address = f"resources/{key}.html" if row["is_live"] else f"{file}#{key}"
            yield row["name"], note, row["table"]["state"], address, row["code"]
    for (entity,), claims in facts.authority.items():
        library = str(facts.table("fused", entity)["label"])
        for element in dict.fromkeys(claim["element"] for claim in claims):
            address = f"libraries/{page_name(entity)}.html#e-{page_name(element)}"
            yield facts.element_name(element), f"{library} · 数据元", "", address, ""


def _script(value: object) -> str:
    """JSON that cannot end a script element or open a comment in one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("],[", "],\n[")
