"""The format of a file is found, and the reader of the land stage reads the file in it."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from jobs.contracts import Format
from jobs.errors import SourceError, UsageError
from jobs.land.reader import read_records
from jobs.profile.container import opened
from jobs.profile.likeness import Index
from jobs.profile.proposal import Proposal
from tests.badfiles.biff import Page, xls
from tests.profile.conftest import City
from tests.profile.deliveries import UNLIKE

NAMES = ("姓名", "公民身份号码", "手机号码")
ROWS = [(f"张{n}", f"44190019900101{n:04d}", f"1381234{n:04d}") for n in range(1000, 1030)]


def proposal(path: Path, index: Index, part: str = "") -> Proposal:
    with opened(path, part, index.is_name) as (_, found):
        return found


def text(delimiter: str = ",", names: tuple[str, ...] = NAMES) -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in (names, *ROWS))


@pytest.mark.parametrize("resource", UNLIKE)
def test_formats_of_the_city(city: City, resource: str) -> None:
    found = proposal(city.delivery(resource).path, city.index)
    assert found.format == city.catalog.format_of(resource)
    assert set(found.names) == {field.name for field in city.catalog.resources[resource].delivered}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";"])
def test_text(tmp_path: Path, index: Index, encoding: str, delimiter: str) -> None:
    path = tmp_path / "people.txt"
    written = text(delimiter)
    if encoding == "big5":
        written = written.replace("号码", "號碼").replace("张", "張").replace("手机", "手機").replace("公民", "國民")
    path.write_bytes(written.encode(encoding))
    found = proposal(path, index)
    assert (found.format.encoding, found.format.delimiter, found.format.header_rows) == (encoding, delimiter, 1)
    assert sum(chunk.rows for chunk in read_records(path, found.format, list(found.names))) == len(ROWS)


def test_a_title_is_passed_over(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "people.csv"
    path.write_text("某某街道人员登记表,,\n" + text(), encoding="utf-8")
    found = proposal(path, index)
    assert (found.format.preamble, found.format.header_rows, found.names) == (1, 1, NAMES)


def test_a_title_of_a_workbook_is_passed_over(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("一月")
    for place, row in enumerate([("某某街道人员登记表",), (), NAMES, *ROWS, ("合计：30",)]):
        sheet.write_row(place, 0, row)
    book.close()
    found = proposal(path, index)
    assert (found.format.preamble, found.format.header_rows, found.names) == (2, 1, NAMES)
    assert found.format.footer == ("合计",)
    assert sum(chunk.rows for chunk in read_records(path, found.format, list(found.names))) == len(ROWS)


def test_without_a_header_columns_are_numbered(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "people.csv"
    path.write_text("".join(",".join(row) + "\n" for row in ROWS), encoding="utf-8")
    found = proposal(path, index)
    assert (found.format.header_rows, found.names) == (0, ("COL1", "COL2", "COL3"))
    assert sum(chunk.rows for chunk in read_records(path, found.format, list(found.names))) == len(ROWS)


def test_a_name_given_twice_takes_its_group(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "couples.csv"
    rows = "".join(f"2026010{n},张三{n},{n},李四{n},{n}\n" for n in range(1, 8))
    path.write_text("登记日期,男方,,女方,\n,姓名,年龄,姓名,年龄\n" + rows, encoding="utf-8")
    found = proposal(path, index)
    assert found.names == ("登记日期", "男方.姓名", "男方.年龄", "女方.姓名", "女方.年龄")
    assert sum(chunk.rows for chunk in read_records(path, found.format, list(found.names))) == 7


def test_the_longest_array_of_a_document(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "answer.json"
    people = [{"name": "a", "home": {"town": "b"}}] * 5
    path.write_text(json.dumps({"code": 0, "errors": [{"x": 1}], "data": {"list": people}}), encoding="utf-8")
    found = proposal(path, index)
    assert found.format == Format(kind="json", records="data.list")
    assert found.names == ("name", "home.town")


def test_parts_of_files(tmp_path: Path, index: Index) -> None:
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("small.csv", "姓名\n张三\n")
        target.writestr("large.csv", text())
    assert proposal(archive, index).format.member == "large.csv"
    assert proposal(archive, index, "small.csv").format.member == "small.csv"
    database = tmp_path / "two.sqlite"
    connection = sqlite3.connect(database)
    connection.executescript("CREATE TABLE a (x); CREATE TABLE b (y); INSERT INTO b VALUES (1), (2)")
    connection.close()
    assert proposal(database, index).format.table == "b"
    assert "2 tables" in proposal(database, index).remarks[0]
    with pytest.raises(UsageError, match="no table c"):
        proposal(database, index, "c")


@pytest.mark.parametrize(
    ("name", "data"),
    [("empty.csv", b""), ("cut.json", b'{"data": [{"a": 1}, {"a"'), ("noise.bin", bytes(range(128, 256)) * 9)],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, index: Index, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError):
        proposal(path, index)


def test_an_old_workbook_is_proposed_and_read(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "people.xls"
    pages = (
        Page([["某某街道人员登记表"], [], NAMES, *ROWS, ["合计：30"]], "一月"),
        Page([["填表说明"]], "说明", visibility=1),
    )
    path.write_bytes(xls(*pages))
    found = proposal(path, index)
    assert (found.format.kind, found.format.sheet, found.format.preamble) == ("xls", "一月", 2)
    assert (found.names, found.format.footer) == (NAMES, ("合计",))
    assert sum(chunk.rows for chunk in read_records(path, found.format, list(found.names))) == len(ROWS)
