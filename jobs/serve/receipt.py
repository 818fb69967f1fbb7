"""接收回执: a receipt as a page of plain text that can be sent back to the department."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jobs.rules import FLAGS
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.words import NOTES, REJECTS, ROW_RULES

Row = dict[str, Any]
VERDICTS = {
    "landed": "已接收",
    "refused": "整批拒收",
    "extracted": "已收到，待处理",
    "withdrawn": "已按部门要求撤回，不计入",
    "corrected": "已接收，后被更正批次替代，不计入",
}
_CHANGES = {
    "added": "多出未登记的列“{column}”，未采用",
    "missing": "缺少列 {field}，按空值接收",
    "renamed": "列 {field} 以“{column}”交付，已按原列接收",
    "reordered": "列的次序有变（自“{column}”起），已按列名对应",
    "retyped": "列 {field} 的内容与上一批不是一类，请核对",
}


def receipt_text(receipt: Row) -> str:
    """The receipt in Chinese, line by line."""
    return "\n".join([*_lines(receipt), ""])


def _lines(receipt: Row) -> Iterator[str]:
    rows = receipt["rows"]
    yield "数据接收回执"
    yield ""
    yield f"提供单位：{receipt['department_name']}"
    yield f"信息资源：{receipt['resource_name']}（{receipt['resource_code']}，{receipt['resource']}）"
    member = f"（其中 {receipt['member']}）" if receipt["member"] else ""
    yield f"文件：{receipt['file']}{member}"
    yield f"批次：{receipt['period']} 第 {receipt['sequence']} 批"
    yield f"收到时间：{receipt['received_at'].replace('T', ' ')}"
    yield f"SHA-256：{receipt['sha256']}"
    yield ""
    why = f"：{reason(receipt['reason'])}" if receipt["reason"] and receipt["state"] == "refused" else ""
    yield f"结论：{VERDICTS.get(receipt['state'], receipt['state'])}{why}"
    if receipt["held"]:
        yield f"      该资源未过质量闸门，停在最近合格的版本（从未合格的尚无数据）：{reason(receipt['held'])}"
    if rows["received"] is not None:
        yield from _counted(receipt)
    elif receipt["state"] == "refused":
        yield ""
        yield f"行数：声明 {_declared(rows)}；{untaken(rows['untaken'])}"
    for title, lines in (
        ("列的变化", changes_said(receipt["changes"])),
        ("接收时的处理", notes_said(receipt["notes"])),
    ):
        if lines:
            yield ""
            yield f"{title}："
            yield from (f"  {line}" for line in lines)
    yield ""
    yield f"出具时间：{receipt['decided_at'][:19].replace('T', ' ')}（协调世界时）"
    yield "本回执只列列名与行数，不含数据内容；被拒收、隔离的行见整改工作簿。"


def _counted(receipt: Row) -> Iterator[str]:
    rows = receipt["rows"]
    declared = _declared(rows)
    if rows["declared"] is not None:
        declared += "，相符" if rows["declared"] == rows["received"] else "，不符"
    yield ""
    yield f"行数：声明 {declared}；收到 {rows['received']} 行 ＝ 入湖 {rows['landed']} 行 ＋ 拒收 {rows['rejected']} 行"
    for found in receipt["rejected"]:
        yield f"  拒收 {found['rows']} 行：{REJECTS.get(found['reason'], found['reason'])}"
    if receipt["state"] == "landed":
        yield f"入湖后隔离 {rows['quarantined']} 条次"
        for found in receipt["quarantined"]:
            fields = f"（{'、'.join(found['fields'])}）" if found["fields"] else ""
            yield f"  隔离 {found['rows']} 行：{found['name'] or ROW_RULES.get(found['rule'], found['rule'])}{fields}"
    if receipt["flagged"]:
        yield "无法识别或存疑的单元格："
        for found in receipt["flagged"]:
            yield f"  {found['field']}：{FLAGS.get(found['flag'], found['flag'])}（{found['cells']} 处）"
    for total in receipt["totals"]:
        counted = "未计" if total["counted"] is None else total["counted"]
        agrees = "相符" if total["agrees"] else "不符"
        yield f"合计 {total['field']}：声明 {total['declared']}，实收 {counted}，{agrees}"


def _declared(rows: Row) -> str:
    return "未声明" if rows["declared"] is None else f"{rows['declared']} 行"


def untaken(records: int | None) -> str:
    """How many rows a file holds that was refused before they were read."""
    return (
        "文件行数未计（文件过大，或无法逐行读出），均未接收" if records is None else f"文件共有 {records} 行，均未接收"
    )


def changes_said(changes: list[dict[str, str]]) -> list[str]:
    """What changed in the columns of a delivery."""
    return [_CHANGES[change["kind"]].format(**change) for change in changes]


def notes_said(notes: dict[str, int]) -> list[str]:
    """What was repaired or passed over while a delivery was read, or is doubtful."""
    return [f"{NOTES.get(note, note)}：{times}" for note, times in sorted(notes.items())]
