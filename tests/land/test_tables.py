"""Delivered databases and the Arrow files of SQL extracts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.reader import read_records
from tests.land.reading import Came, gather


def _database(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(";".join(statements))
    connection.close()
    return path


def _read(path: Path, names: list[str], table: str = "t") -> Came:
    return gather(read_records(path, Format(kind="sqlite", table=table), names))


def test_a_table_is_read_by_name_in_row_order(tmp_path: Path) -> None:
    path = _database(
        tmp_path / "a ?#%库.sqlite",
        'CREATE TABLE t (b TEXT, a INTEGER, "姓 名" TEXT, c)',
        "INSERT INTO t VALUES ('x', 2, '甲', 1.5), ('y', NULL, '', x'e4b999'), (NULL, 0012, '丙', '0012')",
    )
    came = _read(path, ["a", "b", "姓名", "c"])
    assert came.cells == [("2", "x", "甲", "1.5"), (None, "y", "", "乙"), ("12", None, "丙", "0012")]


def test_bytes_that_are_no_text_set_their_row_aside(tmp_path: Path) -> None:
    path = _database(
        tmp_path / "x",
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES ('1'), (x'ff'), (CAST(x'fe' AS TEXT)), ('4')",
    )
    came = _read(path, ["a"])
    assert came.rows == {1: ("1",), 4: ("4",)}
    assert came.reasons == {2: "not_text", 3: "not_text"}


def test_views_and_tables_without_row_ids_are_read(tmp_path: Path) -> None:
    path = _database(
        tmp_path / "x",
        "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID",
        "INSERT INTO t VALUES ('2'), ('1')",
        "CREATE VIEW v AS SELECT a || '!' AS a FROM t",
    )
    assert _read(path, ["a"]).cells == [("1",), ("2",)]
    assert _read(path, ["a"], "v").cells == [("1!",), ("2!",)]


def test_names_are_quoted_and_never_run(tmp_path: Path) -> None:
    path = _database(tmp_path / "x", 'CREATE TABLE "t""; DROP TABLE u; --" (a)', "CREATE TABLE u (a)")
    assert _read(path, ["a"], 't"; DROP TABLE u; --').cells == []
    assert _read(path, ["a"], "u").cells == []


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    path = _database(tmp_path / "x", "CREATE TABLE t (a, b)")
    with pytest.raises(SourceError, match="no table 'other'"):
        _read(path, ["a"], "other")
    with pytest.raises(SourceError, match="lacks c"):
        _read(path, ["a", "b", "c"])


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_a_damaged_database_is_refused(tmp_path: Path, cut: int) -> None:
    path = _database(tmp_path / "x", "CREATE TABLE t (a)", *[f"INSERT INTO t VALUES ('{'x' * 900}')"] * 40)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(SourceError):
        _read(path, ["a"])
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(SourceError):
        _read(path, ["a"])


def test_an_extract_is_read_and_a_cut_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.arrow"
    table = pa.table({"b": ["x", None, "z"], "a": ["1", "2", "3"]})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    assert gather(read_records(path, Format(kind="sql"), ["a", "b"])).cells == [("1", "x"), ("2", None), ("3", "z")]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match="damaged"):
        gather(read_records(path, Format(kind="sql"), ["a"]))
