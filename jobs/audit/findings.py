"""Findings: what somebody must act on, in the words officials read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import pairwise

from jobs.audit.arrivals import of_arrivals
from jobs.audit.facts import Facts, Row, due_day, next_due, open_refusals
from jobs.audit.finding import finding
from jobs.contracts import Catalog, Resource
from jobs.lake.delivery import delivery_of

_TRANSPORT = ("实收", "疑被截断")


def find_all(
    catalog: Catalog,
    facts: Facts,
    ledger: list[Row],
    contradictions: list[Row],
    since: dict[str, str],
    measured: Iterable[Row] = (),
) -> list[Row]:
    """Every finding, by kind and table, those too that were ``measured`` in the tables themselves; ``since`` gives the
    first day of those that were found before."""
    found: list[Row] = []
    balances = {row["resource"]: row for row in ledger}
    for resource in catalog.live.values():
        rows = facts.deliveries.get(resource.id, [])
        found += _of_deliveries(resource, rows, facts)
        found += of_arrivals(resource, facts)
        found += _of_rows(resource, balances.get(resource.id))
        if resource.almost_empty:
            what = f"{resource.name}目录几乎无数据，现有 {balances.get(resource.id, {}).get('current', 0)} 行"
            found.append(
                finding("almost_empty", "info", "standardised", resource.id, resource, what, "核实是否仍需编目")
            )
        if resource.items_level and resource.items_level > resource.level:
            what = f"目录定级 {resource.level}，其数据项最高为 {resource.items_level}"
            found.append(
                finding("level_understated", "info", "standardised", resource.id, resource, what, "按最高数据项定级")
            )
    found += list(_of_verdicts(catalog, facts))
    found += list(_of_steps(catalog, facts))
    found += list(_of_contradictions(catalog, contradictions))
    found += list(_of_strays(facts))
    found += measured
    return [_identified(row, facts.as_of, since) for row in found]


def _identified(row: Row, as_of: str, since: dict[str, str]) -> Row:
    """A finding keeps its id, and the day it was first found, as long as it speaks of the same thing."""
    parts = (row["kind"], row["layer"], row["table_name"], row["resource"], row["element"], row["rule"])
    key = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]
    return row | {"as_of": since.get(key, as_of), "finding_id": key}


def _of_deliveries(resource: Resource, rows: list[Row], facts: Facts) -> Iterator[Row]:
    landed = [row for row in rows if row["state"] == "landed"]
    yield from _refused(resource, rows)
    yield from _repeated(resource, landed, [row for row in facts.repeats if row["resource"] == resource.id])
    yield from _late(resource, rows)
    yield from _missing(resource, landed, facts.as_of)


def _refused(resource: Resource, rows: list[Row]) -> Iterator[Row]:
    for row in open_refusals(resource, rows):
        reason = row["reason"] or ""
        transport = any(mark in reason for mark in _TRANSPORT)
        yield finding(
            "delivery_refused",
            "critical",
            "landed",
            resource.id,
            resource,
            f"{row['period']} 第 {row['sequence']} 批被整批拒收：{reason}",
            "核对后重新交付，序号加一",
            rule=row["load_id"],
            rule_name=row["file"] or "",
            indicator="0202",
            n_checked=row["received"] or 0,
            n_failed=row["received"] or 0,
            responsible="transport" if transport else "department",
        )


def _repeated(resource: Resource, landed: list[Row], repeats: list[Row]) -> Iterator[Row]:
    def repeated(what: str, remedy: str, rule: str) -> Row:
        return finding("delivery_repeated", "info", "landed", resource.id, resource, what, remedy, rule=rule)

    for row in repeats:
        yield repeated(f"文件 {row['file']} 与已收批次相同，只计一次", "不必重复交付", row["file"])
    for before, after in pairwise(landed):
        if before["blob"] == after["blob"]:
            what = f"{after['period']} 第 {after['sequence']} 批与上一批逐字节相同"
            yield repeated(what, "确认数据确无变化", after["load_id"])


def _late(resource: Resource, rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        delivery = delivery_of(row)
        due, received = due_day(resource, delivery), delivery.received_at[:10]
        if received > due:
            yield finding(
                "delivery_late",
                "warning",
                "landed",
                resource.id,
                resource,
                f"{delivery.period} 批次应于 {due} 交付，实于 {received} 收到",
                "按更新周期交付",
                rule=row["load_id"],
                indicator="0502",
            )


def _missing(resource: Resource, landed: list[Row], as_of: str) -> Iterator[Row]:
    def missing(severity: str, what: str, remedy: str) -> Row:
        return finding("delivery_missing", severity, "landed", resource.id, resource, what, remedy, indicator="0501")

    if not landed:
        yield missing("critical", "尚无可用批次", "交付首批数据")
    elif (due := next_due(resource, landed[-1]["period"])) < as_of:
        yield missing("warning", f"最近可用批次为 {landed[-1]['period']}，下一批应于 {due} 前交付", "补交")


def _of_rows(resource: Resource, row: Row | None) -> Iterator[Row]:
    if row is None:
        return
    for kind, column, total, word, layer in (
        ("rows_rejected", "rejected", "received", "拒收", "landed"),
        ("rows_quarantined", "quarantined", "landed", "隔离", "standardised"),
    ):
        if row[column]:
            yield finding(
                kind,
                "warning",
                layer,
                resource.id,
                resource,
                f"{word} {row[column]} 行，占 {row[total]} 行的 {100 * row[column] / row[total]:.2f}%",
                "见整改工作簿，按行更正后重交",
                n_checked=row[total],
                n_failed=row[column],
                indicator="0305",
            )
    if row["overwritten"] and resource.load.mode == "full":
        what = f"{row['overwritten']} 行与同批另一行主键相同而内容不同，只取其一（各批合计）"
        remedy = "每个主键只报一行；主键不足以区分记录的，由数据工程师更正 load.key"
        yield finding(
            "key_repeated",
            "warning",
            "standardised",
            resource.id,
            resource,
            what,
            remedy,
            n_checked=row["landed"],
            n_failed=row["overwritten"],
            indicator="0304",
        )
    if not row["balances"]:
        what = "行数账不平：到达的行与各去向之和不等"
        yield finding(
            "ledger",
            "critical",
            "standardised",
            resource.id,
            resource,
            what,
            "停止发布并核查平台",
            responsible="platform",
        )


def _of_verdicts(catalog: Catalog, facts: Facts) -> Iterator[Row]:
    for (layer, name), verdict in sorted(facts.verdicts.items()):
        if layer == "landed":
            continue
        resource = catalog.resources.get(name)
        for result in verdict["results"]:
            if result["outcome"] == "passed":
                continue
            share = f"{100 * result['failed'] / result['checked']:.2f}%" if result["checked"] else "—"
            counted = f"{result['failed']} 行未过，占应检 {result['checked']} 行的 {share}"
            what = f"{result['name']}：{counted}，限 {result['limit_pct']:.2f}%"
            yield finding(
                "rule_failed",
                result["severity"],
                layer,
                name,
                resource,
                what,
                "更正后重交" if resource else "核查数源与规则",
                element=result["element"],
                rule=result["rule"],
                rule_name=result["name"],
                indicator=result["indicator"],
                n_checked=result["checked"],
                n_failed=result["failed"],
                limit_pct=result["limit_pct"],
            )


def _of_steps(catalog: Catalog, facts: Facts) -> Iterator[Row]:
    for (layer, name), step in sorted(facts.steps.items()):
        if step["state"] not in ("blocked", "stale"):
            continue
        resource = catalog.resources.get(name)
        kind, severity = ("table_blocked", "critical") if step["state"] == "blocked" else ("table_stale", "warning")
        remedy = "更正后重交，通过质量闸门即自动解除" if resource else "待上游恢复后自动解除"
        yield finding(kind, severity, layer, name, resource, step["reason"] or "", remedy)


def _of_strays(facts: Facts) -> Iterator[Row]:
    """Files that nobody takes, as their names are no resource's."""
    for row in sorted(facts.strays, key=lambda row: str(row["folder"])):
        more = f"等 {row['files']} 个" if row["files"] > len(row["names"]) else ""
        names = "、".join(row["names"]) + more
        is_ours = "://" not in row["folder"]  # elsewhere may lie what is meant for others
        place = f"收件目录 {row['folder'] or '/'}" if is_ours else row["folder"]
        what = f"{place} 有 {row['files']} 个文件不合任何登记的文件名，未接收：{names}"
        like = f"（相近的有 {'、'.join(row['nearest'])}）" if row["nearest"] else ""
        remedy = f"按登记的文件名重交{like}；新的文件名由数据工程师在 catalog/connections.yml 登记"
        responsible = "department" if row["department"] else "platform"
        yield finding(
            "files_unclaimed",
            "warning" if is_ours else "info",
            "extracted",
            row["folder"] or "/",
            None,
            what,
            remedy,
            department=row["department"] or "",
            responsible=responsible,
            n_failed=row["files"],
            indicator="0601",
        )


def _of_contradictions(catalog: Catalog, rows: list[Row]) -> Iterator[Row]:
    """One key, two names: counted by the resource whose mention was set apart."""
    for row in rows:
        resource = catalog.resources.get(row["resource"])
        what = f"{row['n']} 条记录的号码与他人（他户）相同而姓名（名称）不符，未予归并"
        yield finding(
            "name_contradiction",
            "warning",
            "resolved",
            f"{row['entity']}__registry",
            resource,
            what,
            "核对号码与姓名",
            n_failed=row["n"],
            indicator="0401",
        )
