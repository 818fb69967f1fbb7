"""Writing a delivery in the formats departments send. Bytes depend on nothing but the rows.

A row without cells stands for a line that broke: it is no record in any format.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from datetime import datetime
from pathlib import Path

import xlsxwriter

from jobs.contracts import Format, Resource

Row = list[str | None]


def write_delivery(path: Path, resource: Resource, fmt: Format, rows: list[Row]) -> None:
    """Write ``rows`` (in field order) to ``path``."""
    names = [field.name for field in resource.fields]
    labels = [field.label for field in resource.fields]
    if fmt.kind == "sqlite":
        path.unlink(missing_ok=True)
        append_sqlite(path, fmt.table or "data", names, rows)
        return
    if fmt.kind == "xlsx":
        path.write_bytes(_xlsx(fmt, names, labels, rows))
        return
    data = {"csv": _csv, "jsonl": _jsonl, "json": _json}[fmt.kind](fmt, names, rows)
    if fmt.member:
        inner = path.name.removesuffix(".zip") + fmt.member.removeprefix("*")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(inner, (2026, 3, 2, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 1)
        return
    path.write_bytes(data)


def _csv(fmt: Format, names: list[str], rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=fmt.delimiter, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode(fmt.encoding)


def _jsonl(_fmt: Format, names: list[str], rows: list[Row]) -> bytes:
    lines = [json.dumps(_nested(names, row), ensure_ascii=False) if row else f'{{"{names[0]}": "断' for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _json(fmt: Format, names: list[str], rows: list[Row]) -> bytes:
    document: object = [_nested(names, row) for row in rows]
    for step in reversed((fmt.records or "data").split(".")):
        document = {step: document}
    return json.dumps(document, ensure_ascii=False).encode()


def _nested(names: list[str], row: Row) -> dict[str, object]:
    item: dict[str, object] = {}
    for name, value in zip(names, row, strict=False):
        target = item
        *path, last = name.split(".")
        for step in path:
            target = target.setdefault(step, {})  # type: ignore[assignment]
        target[last] = value
    return item


def _xlsx(fmt: Format, names: list[str], labels: list[str], rows: list[Row]) -> bytes:
    """A title row of labels above the names where two header rows are declared, footer rows where declared."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2026, 3, 2)})
    sheet = book.add_worksheet("数据")
    top: list[Row] = [[*labels] for _ in range(fmt.header_rows - 1)]
    top.append([*names])
    bottom: list[Row] = [[f"{word}：{len(rows)}"] for word in fmt.footer]
    for number, row in enumerate([*top, *rows, *bottom]):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write_string(number, column, value)
    book.close()
    return buffer.getvalue()


def append_sqlite(path: Path, table: str, names: list[str], rows: list[Row]) -> None:
    """Add rows to a table of a database, making both if needed."""
    connection = sqlite3.connect(path)
    try:
        # a simulation that was killed makes its databases anew, so none waits for the disk
        connection.execute("PRAGMA synchronous=OFF")
        columns = ", ".join(f'"{name}" TEXT' for name in names)
        marks = ", ".join("?" * len(names))
        connection.execute(f'CREATE TABLE IF NOT EXISTS "{table}" ({columns})')
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [row[: len(names)] for row in rows])  # noqa: S608
        connection.commit()
    finally:
        connection.close()
