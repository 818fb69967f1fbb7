"""Workbooks: the department's own rows and names, nothing but text, the same bytes for the same release."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from jobs.contracts import Catalog
from jobs.serve import workbook
from jobs.serve.workbook import write_workbooks
from jobs.settings import process_of
from tests.serve.sample import FORMULA, PERSON, Sample, write


def books(database: Path, out: Path) -> dict[str, Path]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {path.stem: path for path in write_workbooks(connection, out)}


@pytest.fixture(scope="module")
def written(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return books(hostile, tmp_path_factory.mktemp("books"))


def test_each_department_with_deliveries_gets_one(written: dict[str, Path], small: Catalog) -> None:
    assert list(written) == sorted({resource.department for resource in small.live.values()})


def test_every_cell_is_text_and_every_sheet_can_be_filtered(written: dict[str, Path]) -> None:
    for path in written.values():
        book = openpyxl.load_workbook(path)
        assert book.sheetnames[:3] == ["说明", "未过规则", "接收回执"]
        for sheet in book:
            assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref, sheet.title
            for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
                assert cell.data_type == "s" and cell.number_format == "@" and cell.quotePrefix, (sheet.title, cell)
        with zipfile.ZipFile(path) as parts:
            xml = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets"))
        assert b"<f>" not in xml and b"<v>=" not in xml and b"hyperlink" not in xml


def test_rows_stand_in_the_departments_own_words(written: dict[str, Path], small: Catalog) -> None:
    book = openpyxl.load_workbook(written["rsj"])
    refused, stopped = [next(s for s in book if s.title.startswith(word)) for word in ("拒收", "隔离")]
    heads = [cell.value for cell in stopped[1]]
    assert heads == ["批次", "文件", "行号", "触犯规则", *(f.name for f in small.resources["rsj.si.person"].delivered)]
    row = dict(zip(heads, [cell.value for cell in stopped[2]], strict=True))
    assert row["AAC002"] == PERSON["id"] and row["行号"] == "1847" and row["触犯规则"].startswith("主键为空；")
    assert any(FORMULA in str(cell.value) for cells in stopped for cell in cells)
    assert stopped.max_row == 10 and refused.max_row == 9
    assert refused["D2"].value == "列数不符：12 列，应为 13 列" and PERSON["name"] in refused["E2"].value
    findings = book["未过规则"]
    assert findings.max_row > 5 and findings["A2"].value == "关键"


def test_a_department_sees_no_row_of_another(written: dict[str, Path]) -> None:
    for code, path in written.items():
        for sheet in openpyxl.load_workbook(path):
            words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
            assert code in ("gaj", "rsj", "scjgj") or PERSON["id"] not in words


def test_same_release_same_bytes(hostile: Path, written: dict[str, Path], tmp_path: Path) -> None:
    again = books(hostile, tmp_path)
    assert {key: path.read_bytes() for key, path in again.items()} == {k: p.read_bytes() for k, p in written.items()}


@pytest.mark.parametrize("in_memory", [-1, 2_000], ids=["row by row", "in memory"])
def test_long_tables_and_long_cells(
    small: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 4)
    monkeypatch.setattr(workbook, "_IN_MEMORY", in_memory)
    sample = Sample(small)
    path = write(sample, tmp_path / "long.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE reject.landed SET row_text = repeat('长', 40000)")
    book = openpyxl.load_workbook(books(path, tmp_path)["rsj"])
    parts = [sheet for sheet in book if sheet.title.startswith("拒收")]
    assert [sheet.max_row for sheet in parts] == [5, 5] and all(len(sheet.title) <= 31 for sheet in book)
    assert len(parts[0]["E2"].value) == 32_767 and parts[0]["E2"].value.endswith("已截断）")
    assert "未经人工批准（演示）" in str(book["说明"]["B4"].value)


def test_tables_that_are_not_there_are_empty_ones(small: Catalog, tmp_path: Path) -> None:
    names = tuple(name for name in Sample(small).tables() if not name.startswith("meta."))
    found = books(write(Sample(small, drop=names), tmp_path / "bare.duckdb"), tmp_path)
    book = openpyxl.load_workbook(found["gaj"])
    assert (book["未过规则"].max_row, book["接收回执"].max_row) == (1, 1)


def test_each_delivery_has_a_line_with_what_became_of_it(small: Catalog, tmp_path: Path) -> None:
    path = write(Sample(small), tmp_path / "told.duckdb")
    with duckdb.connect(str(path)) as connection:
        for column in (
            "notes VARCHAR DEFAULT '{}'",
            "changes VARCHAR DEFAULT '[]'",
            "declared BIGINT",
            "in_force BOOLEAN",
        ):
            connection.execute(f"ALTER TABLE journal.deliveries ADD COLUMN {column}")
        newest = "resource = 'rsj.si.person' AND period = (SELECT max(period) FROM journal.deliveries)"
        (load,) = connection.execute(f"SELECT load_id FROM journal.deliveries WHERE {newest}").fetchone() or ("",)
        connection.execute(
            """UPDATE journal.deliveries SET declared = 5, notes = '{"bom": 1, "blank": 2}', received = 5, landed = 4,
            rejected = 1, changes = '[{"kind": "added", "column": "备注", "field": ""}]', in_force = false """
            f"WHERE {newest}"
        )
        connection.execute("UPDATE reject.landed SET load_id = ? WHERE resource = 'rsj.si.person'", [load])
        connection.execute("UPDATE reject.standardised SET load_id = ? WHERE resource = 'rsj.si.person'", [load])
        connection.execute(
            """UPDATE journal.deliveries SET received = NULL, landed = NULL, rejected = NULL, state = 'refused',
            reason = 'the header lacks 地址. Ask the department', notes = '{"untaken_records": 7}'
            WHERE resource = 'gaj.household.person' AND period = (SELECT max(period) FROM journal.deliveries)"""
        )
    found = books(path, tmp_path)
    sheet = openpyxl.load_workbook(found["rsj"])["接收回执"]
    heads = [cell.value for cell in sheet[1]]
    lines = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    line = next(line for line in lines if line["资源标识"] == "rsj.si.person")
    counts = [line[head] for head in ("声明行", "收到行", "入湖行", "拒收行", "隔离行")]
    assert (line["结论"], counts) == ("已接收，后被更正批次替代，不计入", ["5", "5", "4", "1", "9"])
    assert line["接收时的处理"] == "空行，已跳过：2；未登记的字节序标记（BOM），已去掉：1"
    assert line["列的变化"] == "多出未登记的列“备注”，未采用"
    assert "拒收 8 行：列数与表头不符" in line["拒收、隔离的原因"] and "：主键为空" in line["拒收、隔离的原因"]
    assert len(lines) == sum(row["resource"].startswith("rsj.") for row in Sample(small).deliveries), "every delivery"
    sheet = openpyxl.load_workbook(found["gaj"])["接收回执"]
    lines = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    line = next(line for line in lines if line["资源标识"] == "gaj.household.person")
    assert (line["结论"], line["收到行"], line["入湖行"]) == ("整批拒收", "7", None)
    assert line["拒收、隔离的原因"] == "表头缺少 地址；文件共有 7 行，均未接收"


def beside(file: Path, out: Path, said: str = "\n") -> subprocess.CompletedProcess[str]:
    """The process that a release's serving starts, told that the file is there."""
    command, environment = process_of("jobs.serve", str(file), str(out))
    return subprocess.run(command, env=environment, input=said, capture_output=True, text=True, check=False)


def test_a_process_of_its_own_writes_the_same_bytes(hostile: Path, written: dict[str, Path], tmp_path: Path) -> None:
    assert beside(hostile, tmp_path).returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in written.values()
    }


def test_it_ends_without_a_word_where_the_file_it_waits_for_is_given_up(hostile: Path, tmp_path: Path) -> None:
    ended = beside(hostile, tmp_path / "out", said="")
    assert (ended.returncode, ended.stderr, list(tmp_path.iterdir())) == (0, "", [])


def test_what_fails_there_is_told_by_its_place_and_kind_never_by_its_text(tmp_path: Path) -> None:
    file = tmp_path / "engineer.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA meta; CREATE TABLE meta.release AS SELECT '张三' AS release, '' AS as_of")
    ended = beside(file, tmp_path / "out")
    assert ended.returncode == 1
    assert "write_workbooks" in ended.stderr and ended.stderr.endswith("Exception\n") and "张三" not in ended.stderr
