"""What came in and what was made of it, in invented counts: deliveries, verdicts, ledger, findings."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jobs.contracts import Catalog, Resource
from jobs.gates.suite import Rule, standardised_suite

Row = dict[str, Any]
Text = Callable[[str], str]
AS_OF = "2026-11-22"
BLOCKED = ("rsj.si.person", "scjgj.reg.enterprise")
REFUSED = ("scjgj.reg.enterprise", "zsj.hotline.order")
WAITING = "jyj.student.status"
MISSING = "mzj.funeral.cremation"
STRAYS = (("gaj/household", "gaj", 3), ("misc", "", 2))
"""Folder of the inbox, department, and files in it that are no resource's."""
TOO_MANY = "隔离行不超过 5%（632 / 7901）"
_DAYS = {"realtime": 1, "daily": 1, "weekly": 7, "monthly": 28}


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    return (zlib.crc32("|".join(map(str, parts)).encode()) % 100_000) / 100_000


def n_rows(resource: str) -> int:
    """Rows that a delivery of a resource holds."""
    return int(200 + 20_000 * chance("rows", resource))


def deliveries(resource: Resource, text: Text) -> Iterator[Row]:
    """Four weeks of deliveries, the newest first; a few late, two refused."""
    if resource.id == WAITING:
        return
    for back in range(0, 28, _DAYS.get(resource.cycle, 90)):
        day = date.fromisoformat(AS_OF) - timedelta(days=back)
        refused = resource.id in REFUSED and back == 0
        late = chance("late", resource.id, back) > 0.95
        received = n_rows(resource.id) + int(50 * chance(resource.id, back))
        rejected = received if refused else received // 900
        yield {
            "load_id": f"{zlib.crc32(f'{resource.id}{back}'.encode()):016x}",
            "resource": resource.id,
            "period": day.isoformat(),
            "sequence": 1,
            "file": text(f"{resource.id.split('.')[-1]}_{day:%Y%m%d}_1.csv"),
            "received_at": f"{day + timedelta(days=int(late))}T06:10:00",
            "state": "refused" if refused else "landed",
            "reason": f"声明 {received + 24:,} 行，实收 {received:,} 行" if refused else "",
            "received": received,
            "landed": received - rejected,
            "rejected": rejected,
        }


def verdicts(catalog: Catalog, resource: Resource, text: Text) -> Iterator[Row]:
    """The real suite of a resource; some hints do not hold, one critical rule where it is blocked."""
    if resource.id == WAITING:
        return
    for rule in standardised_suite(catalog, resource):
        checked, failed = n_rows(resource.id), _failed(resource.id, rule)
        yield {
            "layer": "standardised",
            "table_name": resource.id,
            "version": 12,
            "as_of": AS_OF,
            "rule": rule.id,
            "rule_name": text(rule.name),
            "element": rule.element,
            "severity": rule.severity,
            "indicator": rule.indicator,
            "outcome": "failed" if failed else "passed",
            "checked": checked,
            "failed": failed,
            "limit_pct": Decimal(str(rule.limit_pct)),
            "why": rule.why,
        }


def _failed(resource: str, rule: Rule) -> int:
    if rule.severity == "critical":
        return n_rows(resource) * 8 // 100 if resource in BLOCKED and rule.id == "quarantined_share" else 0
    luck = chance("rule", resource, rule.id)
    return int(n_rows(resource) * luck * 0.06) if luck > 0.93 else 0


def balance(resource: str, every: list[Row]) -> Row:
    """A ledger row that balances."""
    taken = [row for row in every if row["resource"] == resource and row["state"] == "landed"]
    total, newest = sum(row["landed"] for row in taken), taken[0]["landed"] if taken else 0
    quarantined = newest * (80 if resource in BLOCKED else 4) // 1000
    row: Row = {"resource": resource, "n_deliveries": len(taken), "received": sum(r["received"] for r in taken)}
    row |= {"rejected": sum(r["rejected"] for r in taken), "landed": total, "current": newest - quarantined}
    row |= {"quarantined": quarantined, "duplicate": (total - newest) // 50, "withdrawn": min(total - newest, 3)}
    settled = row["current"] + quarantined + row["duplicate"] + row["withdrawn"]
    return row | {"superseded": total - settled, "balances": True}


def findings(rules: list[Row], every: list[Row], books: list[Row], text: Text) -> Iterator[Row]:
    """What the rows above give rise to, and one of each other kind."""
    for row in rules:
        if row["outcome"] == "failed":
            shared = {name: row[name] for name in ("rule", "rule_name", "element", "indicator", "limit_pct")}
            counts = {"n_checked": row["checked"], "n_failed": row["failed"]}
            what = f"{row['rule_name']}：{row['failed']} 行未过"
            yield _finding("rule_failed", row["severity"], row["table_name"], what, **shared, **counts)
    for resource in BLOCKED:
        yield _finding("table_blocked", "critical", resource, text(TOO_MANY), as_of="2026-11-20")
    yield _finding("delivery_missing", "critical", WAITING, "尚无可用批次", indicator="0501")
    due = "最近可用批次为 2026-10-05，下一批应于 2026-11-10 前交付"
    yield _finding("delivery_missing", "warning", MISSING, due, as_of="2026-11-11")
    for row in every:
        own: Row = {"layer": "landed", "rule": row["load_id"]}
        if row["state"] == "refused":
            what = f"{row['period']} 第 1 批被整批拒收：{row['reason']}"
            yield _finding("delivery_refused", "critical", row["resource"], what, responsible="transport", **own)
        elif row["received_at"][:10] > row["period"]:
            yield _finding("delivery_late", "warning", row["resource"], f"{row['period']} 批次迟交", **own)
    for row in books:
        if row["quarantined"]:
            what = f"隔离 {row['quarantined']} 行"
            yield _finding("rows_quarantined", "warning", row["resource"], what, n_failed=row["quarantined"])
    yield _finding("almost_empty", "info", "cgj.ledger.kiosk", "目录几乎无数据")
    for folder, department, files in STRAYS:
        what = text(f"收件目录 {folder} 有 {files} 个文件不合任何登记的文件名，未接收：x.csv")
        own = {"layer": "extracted", "table_name": text(folder), "department": department, "n_failed": files}
        yield _finding("files_unclaimed", "warning", "", what, rule=folder, **own)


def _finding(kind: str, severity: str, resource: str, what: str, **more: Any) -> Row:
    row: Row = {"as_of": AS_OF if chance("new", resource, kind, what) > 0.6 else "2026-11-16", "kind": kind}
    row |= {"severity": severity, "layer": "standardised", "table_name": resource, "resource": resource}
    row |= {"department": resource.split(".")[0], "n_checked": 0, "n_failed": 0, "limit_pct": Decimal(0)}
    row |= dict.fromkeys(("element", "rule", "rule_name", "indicator", "dimension"), "")
    row |= {"responsible": "department", "what": what, "remedy": "更正后重交"} | more
    return {"finding_id": _id(kind, resource, row["rule"])} | row


def _id(*parts: str) -> str:
    return f"{zlib.crc32('|'.join(parts).encode()):012x}"
