"""What is unusual about the deliveries of a resource: drift, odd sizes, standstill, corrections, withdrawals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from statistics import median
from typing import Any

from jobs.audit.facts import Facts, Row
from jobs.audit.finding import finding
from jobs.contracts import Resource
from jobs.lake.delivery import delivery_of

STILL = {"realtime": 24, "daily": 7, "weekly": 4, "monthly": 3, "quarterly": 2, "yearly": 2}
"""Deliveries in a row without any change that are too many, by cycle."""
FEW = 20
_GROWN, _SHRUNK, _BEFORE = 2.0, 0.5, 6
_FAR = 5.0
_KINDS = {
    "date": "日期",
    "number": "数字",
    "latin": "字母数字",
    "text": "文字",
    "mixed": "不一",
    "empty": "全空",
}


def of_arrivals(resource: Resource, facts: Facts) -> Iterator[Row]:
    """Findings over what has landed and counts, and over what was taken back."""
    rows = facts.in_force(resource.id)
    yield from _drift(resource, facts, rows)
    yield from _unusual(resource, rows)
    yield from _still(resource, facts, rows)
    for row in facts.deliveries.get(resource.id, []):
        if row["state"] == "withdrawn":
            what = f"{_place(row)}已由部门撤回，其数据不计入"
            yield _of(resource, row, "delivery_withdrawn", "info", what, "如需重交，序号加一")
        elif row["state"] == "landed" and delivery_of(row).corrects:
            what = f"{_place(row)}更正了该周期此前各批，以本批为准"
            yield _of(resource, row, "delivery_corrected", "info", what, "不必处理")


def _place(row: Row) -> str:
    return f"{row['period']} 第 {row['sequence']} 批"


def _of(resource: Resource, row: Row, kind: str, severity: str, what: str, remedy: str, **more: Any) -> Row:
    more = {"rule": row["load_id"], **more}
    return finding(kind, severity, "landed", resource.id, resource, what, remedy, **more)


def _drift(resource: Resource, facts: Facts, rows: list[Row]) -> Iterator[Row]:
    """What the newest delivery changed in its columns; a column that is not declared, as long as it comes."""
    if not rows or rows[-1]["load_id"] not in facts.landings:
        return
    labels = {field.name: field.label for field in resource.delivered}
    for change in facts.landings[rows[-1]["load_id"]]["changes"]:
        name = change["field"]
        shown = f"{name}（{labels[name]}）" if name in labels and labels[name] != name else name
        what, remedy, severity = _said(change, shown)
        more = {"element": name, "rule": f"{change['kind']} {change['column']}".strip(), "indicator": "0102"}
        yield _of(
            resource, rows[-1], f"drift_{change['kind']}", severity, f"{_place(rows[-1])}：{what}", remedy, **more
        )


def _said(change: dict[str, str], shown: str) -> tuple[str, str, str]:
    """What changed, what to do, and how grave it is."""
    column = change["column"]
    was, now = (_KINDS.get(change[name], f"{change[name]} 位") for name in ("was", "now"))
    declare = f"请数据工程师在目录中登记（aliases: [{column}]），或请部门恢复原列名"
    return {
        "added": (f"多出未登记的列“{column}”，未采用", "登记该列，或请部门不再交付", "info"),
        "missing": (f"缺少列 {shown}，按空值接收", "请部门补上该列", "warning"),
        "renamed": (f"列 {shown} 改名为“{column}”，已按原列接收", declare, "warning"),
        "reordered": (f"列的次序变了，自“{column}”起；已按列名对应", "与部门核对", "info"),
        "retyped": (f"列 {shown} 的内容由{was}变为{now}", "与部门核对该列含义", "warning"),
    }[change["kind"]]


def _unusual(resource: Resource, rows: list[Row]) -> Iterator[Row]:
    """A number of rows far from that of the deliveries before. A full load that shrinks too far is refused before."""
    counts = [int(row["received"] or 0) for row in rows]
    full = resource.load.mode == "full"
    before = counts[-2:-1] if full else counts[-_BEFORE - 1 : -1]
    if len(before) < (1 if full else 3):
        return
    usual, now = median(before), counts[-1]
    most, least = (_GROWN, _SHRUNK) if full else (_FAR, 1 / _FAR)
    if usual >= FEW and not least <= now / usual <= most:
        word = "上一批" if full else "近几批中位数"
        what = f"{_place(rows[-1])}收到 {now} 行，{word}为 {usual:.0f} 行，增减异常"
        more = {"n_checked": now, "indicator": "0202"}
        yield _of(resource, rows[-1], "rows_unusual", "warning", what, "请部门说明原因；有误的，更正后重交", **more)


def _still(resource: Resource, facts: Facts, rows: list[Row]) -> Iterator[Row]:
    """The same content in every one of the last deliveries: an export that has stopped looks like that."""
    if len(rows) <= STILL[resource.cycle]:
        return
    contents = [_content(facts, row) for row in reversed(rows)]
    same = sum(1 for _ in takewhile(lambda content: content == contents[0], contents)) - 1
    if same >= STILL[resource.cycle]:
        what = f"连续 {same + 1} 批内容完全相同（自 {rows[-same - 1]['period']} 起）"
        remedy = "请部门确认源系统仍在更新、导出任务仍在运行"
        yield _of(resource, rows[-1], "delivery_unchanged", "warning", what, remedy, rule="", indicator="0502")


def _content(facts: Facts, row: Row) -> str:
    """Digest of the rows of a delivery; of its bytes where none was noted."""
    landing = facts.landings.get(row["load_id"])
    return str((landing["traits"] or {}).get("content") or row["blob"]) if landing else str(row["blob"])
