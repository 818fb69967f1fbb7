"""One workbook a department: what it must correct, in its own field names, every cell as text.

A department gets its own rows in full: the workbook goes to nobody else. Whatever a cell says, no spreadsheet program
may take it for a formula, a number or a date.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from jobs.serve.deliveries import HEADS, WIDTHS, DeliveryLines
from jobs.serve.portal.facts import Facts
from jobs.serve.portal.names import page_name
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.words import KINDS, RESPONSIBLE, ROW_RULES, SEVERITIES

Row = tuple[Any, ...]
Counts = dict[tuple[str, str], int]
"""(landed or standardised, resource) → rows that were refused or quarantined there."""

MAX_ROWS = 1_000_000
"""Rows on one sheet; the format ends at 1,048,576."""
MAX_CELL = 32_767
"""Characters in one cell."""
_IN_MEMORY = 2_000
"""Rows up to which a workbook is put together in memory, some 50 MB of it: its parts as files take a third of the time
of a small one. A longer one is written row by row, whatever its length."""
_ROWS = "FROM reject.{} WHERE resource = ? ORDER BY period, load_id, row_no"
_CUT = "……（超出单元格上限，已截断）"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f']")
_FINDINGS = (
    ("severity", "严重度"),
    ("resource_name", "信息资源"),
    ("resource", "资源标识"),
    ("kind", "问题"),
    ("rule_name", "规则"),
    ("element", "数据元或字段"),
    ("indicator", "指标"),
    ("n_failed", "未过"),
    ("n_checked", "应检"),
    ("limit_pct", "限值（%）"),
    ("responsible", "责任"),
    ("as_of", "首次发现"),
    ("what", "说明"),
    ("remedy", "怎么办"),
    ("finding_id", "问题编号"),
)

_WORDS = {"severity": SEVERITIES, "responsible": RESPONSIBLE, "kind": KINDS}


def write_workbooks(connection: duckdb.DuckDBPyConnection, out: Path) -> list[Path]:
    """Write ``<department code>.xlsx`` for each department with a live resource; returns the paths in that order.

    The same release gives the same bytes. Raises UsageError if the database holds no release.
    """
    facts = Facts(connection)
    query = (
        "SELECT r.department, coalesce(any_value(d.name), r.department) FROM meta.resources r "
        "LEFT JOIN meta.departments d ON d.code = r.department WHERE r.is_live GROUP BY 1 ORDER BY 1"
    )
    out.mkdir(parents=True, exist_ok=True)
    counts, delivered = _counts(facts), DeliveryLines(facts)
    return [_write(facts, out, code, name, counts, delivered) for code, name in connection.execute(query).fetchall()]


class _Book:
    """One file of so many ``rows``, short of its cover."""

    def __init__(self, path: Path, as_of: str, rows: int) -> None:
        options = {
            "constant_memory": True,
            "in_memory": rows <= _IN_MEMORY,  # overrides the line above
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self.workbook = xlsxwriter.Workbook(str(path), options)
        created = datetime.datetime.fromisoformat(f"{as_of[:10]}T00:00:00")
        self.workbook.set_properties({"title": "整改工作簿", "created": created})
        text = {"num_format": "@", "quote_prefix": True, "valign": "top"}
        self.text = self.workbook.add_format(text)
        self.head = self.workbook.add_format(text | {"bold": True, "bottom": 1, "bg_color": "#F3F4F0"})
        self.names: set[str] = set()

    def sheet(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int] = ()) -> int:
        """A table on a sheet of its own, or on several where it is too long; returns its number of rows."""
        total, sheet, line = 0, None, 0
        for row in rows:
            if sheet is None or line > MAX_ROWS:
                self._close(sheet, line, len(heads))
                sheet, line = self._open(title, heads, widths), 1
            for column, value in enumerate(row):
                self._put(sheet, line, column, value, self.text)
            total, line = total + 1, line + 1
        self._close(sheet or self._open(title, heads, widths), line, len(heads))
        return total

    def _open(self, title: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self.workbook.add_worksheet(self._name(title))
        for column, head in enumerate(heads):
            sheet.set_column(column, column, widths[column] if column < len(widths) else 18)
            self._put(sheet, 0, column, head, self.head)
        sheet.freeze_panes(1, 0)
        return sheet

    @staticmethod
    def _close(sheet: Any, line: int, columns: int) -> None:
        if sheet is not None:
            sheet.autofilter(0, 0, max(line - 1, 0), columns - 1)

    @staticmethod
    def _put(sheet: Any, line: int, column: int, value: Any, style: Any) -> None:
        text = "" if value is None else str(value)
        if len(text) > MAX_CELL:
            text = text[: MAX_CELL - len(_CUT)] + _CUT
        if text:
            sheet.write_string(line, column, text, style)

    def _name(self, title: str) -> str:
        """A sheet name that is allowed, at most 31 characters, and not taken."""
        plain = _NOT_IN_A_NAME.sub("_", title).strip() or "_"
        name, number = plain[:31], 1
        while name.lower() in self.names:
            number += 1
            name = f"{plain[: 31 - len(f' {number}')]} {number}"
        self.names.add(name.lower())
        return name


def _write(facts: Facts, out: Path, code: str, name: str, counts: Counts, delivered: DeliveryLines) -> Path:
    path = out / f"{page_name(code)}.xlsx"
    resources = facts.connection.execute(
        "SELECT id, name FROM meta.resources WHERE is_live AND department = ? ORDER BY id", [code]
    ).fetchall()
    findings, receipts = list(_findings(facts, code)), list(delivered.of(code))
    rows = sum(counts.get((table, resource), 0) for resource, _ in resources for table in ("landed", "standardised"))
    book = _Book(path, facts.as_of, rows + len(findings) + len(receipts))
    book.sheet("说明", ("项目", "内容"), _cover(name, resources, facts.release, counts), (34, 90))
    book.sheet("未过规则", [head for _, head in _FINDINGS], findings, (8, 28, 24, 14, 30))
    book.sheet("接收回执", HEADS, receipts, WIDTHS)
    for resource, title in resources:
        _sheets(facts, book, resource, title, counts)
    book.workbook.close()
    return path


def _cover(name: str, resources: list[Row], release: dict[str, Any], counts: Counts) -> Iterator[tuple[str, str]]:
    """What the workbook is, and how many rows of each resource it holds."""
    yield "单位", name
    yield "发布", f"第 {release['release']} 号，数据截至 {release['as_of']}"
    yield "批准", release["approved_by"] or "未经人工批准（演示）"
    if release["note"]:
        yield "备注", release["note"]
    yield (
        "怎么用",
        "按“未过规则”逐项更正；“接收回执”逐批列出收到、入湖、拒收、隔离的行数和接收时的处理；“拒收”“隔离”各页列出全部行，列名为贵单位自己的字段名。更正后按原渠道重交，序号加一，通过后自动解除。",
    )
    yield "保密", "本工作簿含贵单位自己的原始数据，只发贵单位，不得转发。"
    yield "单元格", "全部为文本，不含公式；以 = + - @ 开头的内容也是原文。"
    for resource, title in resources:
        refused, stopped = (counts.get((table, resource), 0) for table in ("landed", "standardised"))
        yield f"{title}（{resource}）", f"拒收 {refused} 行，隔离 {stopped} 行"


def _findings(facts: Facts, code: str) -> Iterator[list[Any]]:
    if not facts.has("audit", "findings"):
        return
    query = (
        "SELECT f.*, coalesce(r.name, f.table_name) AS resource_name FROM audit.findings f "
        "LEFT JOIN meta.resources r ON r.id = f.resource WHERE f.department = ? "
        "ORDER BY CASE f.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, "
        "f.resource, f.kind, f.finding_id"
    )
    cursor = facts.connection.execute(query, [code])
    names = [column[0] for column in cursor.description or []]
    for row in cursor.fetchall():
        found = dict(zip(names, row, strict=True))
        for field, words in _WORDS.items():
            found[field] = words.get(found[field], found[field])
        found["what"] = reason(found["what"] or "")
        yield [found[field] for field, _ in _FINDINGS]


def _sheets(facts: Facts, book: _Book, resource: str, title: str, counts: Counts) -> None:
    """Rows of one resource that were refused, and rows that were quarantined; nothing where there are none."""
    connection = facts.connection
    if counts.get(("landed", resource)):
        heads = ("批次", "文件", "行号", "原因", "原文")
        found = _stream(connection, f"SELECT period, file, row_no, reason, row_text {_ROWS.format('landed')}", resource)
        lines = ((*row[:3], reason(row[3] or ""), row[4]) for row in found)
        book.sheet(f"拒收 {title}", heads, lines, (12, 30, 8, 40, 90))
    if counts.get(("standardised", resource)):
        fields, rules = _fields(connection, resource), _rule_names(facts, resource)
        query = f"SELECT period, file, row_no, rules, row_json {_ROWS.format('standardised')}"
        rows = (_quarantined(row, fields, rules) for row in _stream(connection, query, resource))
        book.sheet(f"隔离 {title}", ("批次", "文件", "行号", "触犯规则", *fields), rows, (12, 30, 8, 30))


def _quarantined(row: Row, fields: list[str], rules: dict[str, str]) -> list[Any]:
    period, file, line, broken, values = row
    own: dict[str, Any] = json.loads(values or "{}")
    names = "；".join(rules.get(rule, rule) for rule in (part.strip() for part in (broken or "").split(";")) if rule)
    return [period, file, line, names, *(own.get(field) for field in fields)]


def _fields(connection: duckdb.DuckDBPyConnection, resource: str) -> list[str]:
    """The department's field names in the order of its rows; ``row_json`` keeps the order of the catalog."""
    fields: dict[str, None] = {}
    query = "SELECT DISTINCT json_keys(row_json) FROM reject.standardised WHERE resource = ?"
    for (keys,) in sorted(
        connection.execute(query, [resource]).fetchall(), key=lambda row: (-len(row[0] or []), row[0] or [])
    ):
        fields |= dict.fromkeys(keys or [])
    return list(fields)


def _rule_names(facts: Facts, resource: str) -> dict[str, str]:
    if not facts.has("journal", "rules"):
        return ROW_RULES
    query = "SELECT rule, rule_name FROM journal.rules WHERE layer = 'standardised' AND table_name = ?"
    return ROW_RULES | {rule: name for rule, name in facts.connection.execute(query, [resource]).fetchall() if name}


def _counts(facts: Facts) -> Counts:
    counts: Counts = {}
    for table in ("landed", "standardised"):
        if facts.has("reject", table):
            query = f"SELECT resource, count(*) FROM reject.{table} GROUP BY resource"
            counts |= {(table, resource): number for resource, number in facts.connection.execute(query).fetchall()}
    return counts


def _stream(connection: duckdb.DuckDBPyConnection, query: str, resource: str) -> Iterator[Row]:
    """Rows in slices, from a cursor of its own: a rejected delivery may be larger than memory likes."""
    cursor = connection.cursor().execute(query, [resource])
    while rows := cursor.fetchmany(10_000):
        yield from rows
