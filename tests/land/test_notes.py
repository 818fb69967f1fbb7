"""Whatever a reader repairs or passes over stands in the notes of the delivery: nothing is tolerated without a word."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from jobs.contracts import Format
from jobs.land import job
from jobs.land.columns import Columns
from jobs.land.reader import read_records
from jobs.serve.portal.words import NOTES
from tests.land.home import make_home, put_blob
from tests.land.reading import Came, gather

NAMES = ["编号", "姓名"]
CSV = "编号,姓名\n1,甲\n2,乙\n"
JSONL = '{"编号": "1", "姓名": "甲"}\n{"编号": "2", "姓名": "乙"}\n'
XML = "<r><i><编号>1</编号><姓名>甲</姓名></i><i><编号>2</编号><姓名>乙</姓名></i></r>"
FIXED = "1甲\n2乙\n"
WIDTHS = {"widths": {"编号": 1, "姓名": 1}, "counted": "characters", "header_rows": 0}


def read(tmp_path: Path, data: bytes, kind: str, **fmt: object) -> Came:
    path = tmp_path / "delivered"
    path.write_bytes(data)
    return gather(read_records(path, Format.model_validate({"kind": kind, **fmt}), NAMES))


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def book(*rows: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "fmt", "notes"),
    [
        (CSV.encode(), {"kind": "csv"}, {}),
        (CSV.encode("utf-8-sig"), {"kind": "csv", "encoding": "utf-8-sig"}, {}),
        (CSV.encode("utf-8-sig"), {"kind": "csv"}, {"bom": 1}),
        (("\ufeff" + CSV).encode("gb18030"), {"kind": "csv", "encoding": "gb18030"}, {"bom": 1}),
        ("编号,姓名\r\n1,甲\n2,乙\r\n".encode(), {"kind": "csv"}, {"mixed_ends": 1}),
        ("编号,姓名\n1,甲\r2,乙\r\n".encode(), {"kind": "csv"}, {"mixed_ends": 2}),
        ('编号,姓名\r\n1,"甲"\r\n2,乙\r\n'.encode(), {"kind": "csv"}, {}),
        ("编号,姓名,\n1,甲,\n2,乙,\n".encode(), {"kind": "csv"}, {"trailing_delimiter": 1}),
        ("编号,,姓名\n1,x,甲\n2,,乙\n".encode(), {"kind": "csv"}, {"nameless_columns": 1}),
        (f"\n\n{CSV}\n".encode(), {"kind": "csv"}, {"blank": 3}),
        (CSV.encode() + b"\x1a", {"kind": "csv"}, {"end_mark": 1}),
        (JSONL.encode("utf-8-sig"), {"kind": "jsonl"}, {"bom": 1}),
        (JSONL.replace("\n", "\n\n", 1).rstrip().encode(), {"kind": "jsonl"}, {"blank": 1, "open_end": 1}),
        (JSONL.replace("\n", "\r\n", 1).encode(), {"kind": "jsonl"}, {"mixed_ends": 1}),
        (f"[{','.join(JSONL.splitlines())}]".encode("utf-8-sig"), {"kind": "json"}, {"bom": 1}),
        (JSONL.replace("姓名", "姓　名", 1).encode(), {"kind": "jsonl"}, {"respelt_names": 1}),
        (JSONL.replace("}", ', "备 注": ""}').encode(), {"kind": "jsonl"}, {}),
        (XML.encode("utf-8-sig"), {"kind": "xml", "records": "r.i"}, {"bom": 1}),
        (
            f'<?xml version="1.0" encoding="gb2312"?>{XML}'.encode("gb18030"),
            {"kind": "xml", "records": "r.i", "encoding": "gb18030"},
            {"said_encoding": 1},
        ),
        (
            ("\ufeff" + "题\n" + FIXED.replace("\n", "\r\n\r\n", 1)).encode(),
            {"kind": "fixed", **WIDTHS, "preamble": 1},
            {"bom": 1, "preamble": 1, "blank": 1, "mixed_ends": 2},
        ),
        (FIXED.encode().rstrip() + b"\x1a", {"kind": "fixed", **WIDTHS}, {"open_end": 1, "end_mark": 1}),
        (zipped(a_csv=CSV.encode(), b_pdf=b"x"), {"kind": "csv", "member": "*.csv"}, {"other_members": 1}),
        (zipped(aaaa=CSV.encode()).replace(b"aaaa", "人口".encode("gbk")), {"kind": "csv", "archive": "zip"}, "names"),
        (book(("表",), ("编号", "姓名"), ("1", "甲"), ("2", "乙")), {"kind": "xlsx", "preamble": 1}, {"preamble": 1}),
        (book(("编号", "姓名"), ("1", "甲"), ("2", "乙", "x")), {"kind": "xlsx"}, {"nameless_cells": 1}),
    ],
)
def test_what_is_tolerated_is_noted(tmp_path: Path, data: bytes, fmt: dict[str, object], notes: object) -> None:
    came = read(tmp_path, data, **fmt)  # type: ignore[arg-type]
    assert came.cells == [("1", "甲"), ("2", "乙")], "nothing of the content is touched"
    assert came.notes == ({"member_names": 1} if notes == "names" else notes)
    assert came.notes.keys() <= NOTES.keys(), "officials can read it"


def test_a_name_that_is_written_otherwise_than_declared_is_noted(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    landing = job.run(ctx, put_blob(ctx, " 编 号 ,姓名,地址\n1,甲,x\n".encode()))
    assert (landing.landed, dict(landing.notes)) == (1, {"respelt_names": 1})
    assert landing.notes.keys() <= NOTES.keys()


def test_a_declared_other_name_is_no_repair(tmp_path: Path) -> None:
    path = tmp_path / "delivered"
    path.write_text("编号,名字\n1,甲\n", encoding="utf-8")
    columns = Columns(NAMES, {"名字": "姓名"})
    assert gather(read_records(path, Format(kind="csv"), columns)).notes == {}
    assert (columns.came.under, columns.came.respelt) == ({"姓名": "名字"}, 0)
