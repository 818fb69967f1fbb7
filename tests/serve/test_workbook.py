"""Workbooks: the department's own rows and names, nothing but text, the same bytes for the same release."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from jobs.contracts import Catalog
from jobs.serve import workbook
from jobs.serve.workbook import write_workbooks
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
        assert book.sheetnames[:2] == ["说明", "未过规则"]
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
    assert heads == ["批次", "文件", "行号", "触犯规则", *(f.name for f in small.resources["rsj.si.person"].fields)]
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


def test_long_tables_and_long_cells(small: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 4)
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
    assert openpyxl.load_workbook(found["gaj"])["未过规则"].max_row == 1
