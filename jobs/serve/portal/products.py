"""Products: base libraries and the theme tables that are built; what stands still, and who must act."""

from __future__ import annotations

import re
from collections import Counter

from jobs.serve.portal.facts import Facts, Row, grouped, table_title
from jobs.serve.portal.numbers import count, days_between, short_day
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.words import MISSING, REFUSED, RESPONSIBLE, Sign, state

HELD = ("blocked", "stale", "waiting")


_WORST_FIRST = ("blocked", "stale", "waiting", "declared", "warned", "ok")


def products(facts: Facts) -> list[Row]:
    """Base libraries first, then themes. Theme tables that nobody has built yet are no products."""
    libraries = [row for (layer, _), row in facts.tables.items() if layer == "fused"]
    labels = Counter(row["label"] for row in libraries)
    found = [
        _product(row, str(row["label"]), also=row["name"] if labels[row["label"]] > 1 else "") for row in libraries
    ]
    themes: dict[str, list[Row]] = {}
    for row in theme_tables(facts):
        themes.setdefault(row["name"].split("__", 1)[0], []).append(row)
    return found + [_theme(name, rows) for name, rows in themes.items()]


def theme_tables(facts: Facts) -> list[Row]:
    """Built theme tables, each with its own title."""
    rows = [row for (layer, _), row in facts.tables.items() if layer == "derived" and row["state"] != "declared"]
    return [_product(row, table_title(row)) for row in rows]


def _product(row: Row, title: str, also: str = "") -> Row:
    return row | {
        "title": title,
        "theme": str(row["label"]).rpartition(" · ")[0],
        "also": also,
        "size": f"{count(row['rows'])} 行",
        "sign": state(row["state"], product=True),
        "is_library": row["layer"] == "fused",
        "is_part": False,
        "is_usable": row["state"] in ("ok", "warned"),
    }


def _theme(name: str, rows: list[Row]) -> Row:
    """A theme stands still only if all of its tables do; where some do, it says how many are usable."""
    usable = [row for row in rows if row["is_usable"]]
    worst = min(rows, key=lambda row: _WORST_FIRST.index(row["state"]) if row["state"] in _WORST_FIRST else -1)
    title = re.split(r"[(（]", worst["theme"] or name)[0]
    is_part = 0 < len(usable) < len(rows)
    days = [row["as_of"] for row in usable or rows if row["as_of"]]
    whole = worst | {"name": name, "as_of": min(days, default=""), "state": "warned" if is_part else worst["state"]}
    size = f"{len(usable)} / {len(rows)} 张表可用" if is_part else f"{len(rows)} 张表"
    return _product(whole, title) | {"size": size, "is_part": is_part}


def held(facts: Facts) -> list[Row]:
    """Live resources that this release does not renew: blocked, stale or without any data; worst first."""
    order = {word: place for place, word in enumerate(HELD)}
    rows = []
    for resource in facts.live.values():
        table = resource["table"]
        if table["state"] not in order:
            continue
        users = facts.downstream("standardised", resource["id"])
        rows.append(
            {
                "resource": resource,
                "department": facts.department_name(resource["department"]),
                "table": table,
                "sign": state(table["state"]),
                "reason": why_held(facts, resource),
                "age": days_between(table["since"], facts.as_of),
                "users": [table_title(facts.table(*key)) for key in users],
                "responsible": _responsible(facts, resource["id"]),
            }
        )
    return sorted(rows, key=lambda row: (order[row["table"]["state"]], -row["age"], row["resource"]["id"]))


def why_held(facts: Facts, resource: Row) -> str:
    """Why a resource stands still: a refused delivery says more than that nothing is there yet."""
    table = resource["table"]
    refused = next(
        (r["what"] for r in facts.findings if r["resource"] == resource["id"] and r["kind"] == "delivery_refused"), ""
    )
    is_vague = table["state"] == "waiting" or not table["reason"]
    return reason((refused if is_vague and refused else str(table["reason"])) or "原因未记录")


def held_products(facts: Facts) -> list[Row]:
    """Libraries and theme tables that stand still, with what they wait for."""
    rows = [row for row in products(facts) if row["is_library"]] + theme_tables(facts)
    return [row for row in rows if row["state"] in HELD]


def _responsible(facts: Facts, resource: str) -> str:
    """Who answers for the worst finding of a resource; the department where nothing else is found."""
    found = [row for row in facts.findings if row["resource"] == resource and row["severity"] == "critical"]
    other = next((row["responsible"] for row in found if row["responsible"] != "department"), "department")
    return RESPONSIBLE.get(other if found else "department", other)


def behind(facts: Facts) -> list[Row]:
    """Resources that use an older delivery: the newer one was refused, or has not come. Those held are listed there."""
    stopped = {row["resource"]["id"] for row in held(facts)}
    found: dict[str, Row] = {}
    for kind, sign in (("delivery_refused", REFUSED), ("delivery_missing", MISSING)):
        for row in facts.findings:
            if row["kind"] == kind and row["resource"] in facts.resources.keys() - stopped:
                own = {"resource": facts.resources[row["resource"]], "sign": sign, "what": reason(row["what"])}
                who = RESPONSIBLE.get(row["responsible"], row["responsible"])
                found.setdefault(row["resource"], own | {"responsible": who, "since": row["as_of"]})
    return list(found.values())


def stuck(facts: Facts) -> list[Row]:
    """All that is not up to date, the gravest first, each in one paragraph."""
    rows = [row | {"text": _standstill(facts, row)} for row in held(facts)]
    for row in behind(facts):
        day = row["resource"]["table"]["as_of"]
        used = f"沿用 {short_day(day, facts.as_of)} 批次。" if day else ""
        rows.append(row | {"text": f"{row['what']}。责任：{row['responsible']}。{used}"})
    order = [sign.word for sign in (state("blocked"), REFUSED, state("stale"), state("waiting"), MISSING)]
    return sorted(rows, key=lambda row: order.index(row["sign"].word))


def _standstill(facts: Facts, row: Row) -> str:
    day, users = row["table"]["as_of"], row["users"]
    nothing = "尚无可用数据"
    why = "" if row["reason"] == nothing else f"{row['reason']}。"
    more = f"等 {len(users)} 项" if len(users) > 2 else ""
    pulled = f"，牵连{'、'.join(users[:2])}{more}" if users else ""
    return f"{why}责任：{row['responsible']}。{f'停在 {short_day(day, facts.as_of)}' if day else nothing}{pulled}。"


def duties(facts: Facts) -> list[Row]:
    """Who must act, by department (or by what is not a department), the most pressing first."""
    rows = [row for row in facts.findings if row["severity"] != "info"]
    found = []
    for (responsible, department), own in grouped(rows, "responsible", "department").items():
        is_department = responsible == "department"
        title = facts.department_name(department) if department else ""
        word = RESPONSIBLE.get(responsible, responsible)
        found.append(
            {
                "code": department if department in facts.live_departments else "",
                "who": (title or word) if is_department else f"{word}{f'（{title}）' if title else ''}",
                "n_critical": sum(row["severity"] == "critical" for row in own),
                "n": len(own),
                "since": min(row["as_of"] for row in own),
                "tasks": _tasks(facts, own),
            }
        )
    return sorted(found, key=lambda row: (-row["n_critical"], row["since"], -row["n"], row["who"]))


_TASKS = (
    ("table_blocked", "更正并重交", "等"),
    ("delivery_refused", "重传", "等"),
    ("delivery_missing", "补交", "等"),
    ("table_stale", "待上游恢复：", "等"),
)


def _tasks(facts: Facts, rows: list[Row]) -> list[str]:
    """Short orders: verb first, at most two names each, then counts."""
    tasks = []
    refused = {row["resource"] for row in rows if row["kind"] == "delivery_refused"}
    for kind, verb, more in _TASKS:
        own = [
            row
            for row in rows
            if row["kind"] == kind and (kind != "delivery_missing" or row["resource"] not in refused)
        ]
        names = list(dict.fromkeys(_short_name(facts, row) for row in own))
        if names:
            tasks.append(f"{verb}{'、'.join(names[:2])}{f'{more} {len(names)} 项' if len(names) > 2 else ''}")
    failed = sum(row["kind"] == "rule_failed" for row in rows)
    lines = sum(row["n_failed"] or 0 for row in rows if row["kind"] in ("rows_rejected", "rows_quarantined"))
    other = [row for row in rows if row["kind"] not in {kind for kind, _, _ in _TASKS} | _COUNTED]
    if failed:
        tasks.append(f"核查未过规则 {failed} 条")
    if lines:
        tasks.append(f"更正 {lines:,} 行")
    if other:
        tasks.append(f"其他 {len(other)} 件")
    return tasks


_COUNTED = {"rule_failed", "rows_rejected", "rows_quarantined"}


def _short_name(facts: Facts, row: Row) -> str:
    name = (
        facts.resource_name(row["resource"])
        if row["resource"]
        else facts.table(row["layer"], row["table_name"])["label"]
    )
    return str(name).removesuffix("信息")


def verdict(facts: Facts) -> Row:
    """The first sentence: may the release be used, and what is the exception."""
    rows = products(facts)
    out = [row for row in rows if not row["is_usable"]]
    if not rows:
        return {"word": "尚无产品", "sign": Sign("未测量", "none", "none"), "out": [], "usable": 0, "part": []}
    usable = len(rows) - len(out)
    if not out:
        word, sign = "可以使用", Sign("可用", "ok", "ok")
    elif usable:
        word, sign = f"可以使用，{_chinese(len(out))}项除外", Sign("可用", "ok", "ok")
    else:
        word, sign = "不能使用", Sign("阻断", "block", "block")
    return {"word": word, "sign": sign, "out": out, "usable": usable, "part": [row for row in rows if row["is_part"]]}


def _chinese(number: int) -> str:
    digits = "零一两三四五六七八九十"
    return digits[number] if number <= 10 else f" {number} "
