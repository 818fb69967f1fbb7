"""Tables of SQLite and of PostgreSQL over TLS."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import psycopg
import pyarrow as pa

from tests.extract.certificates import Authority
from tests.extract.rigs.base import PASSWORD, Rig

ROWS = 60_000
_CREATE = 'CREATE TABLE thing ("编号" INTEGER, "姓名" TEXT, "GXSJ" TIMESTAMP)'


class Table(Rig):
    """One table, read by watermark."""

    format: ClassVar[Mapping[str, object]] = {"kind": "sql"}
    asked_daily = True
    columns = ("编号", "姓名", "GXSJ")

    def rows(self) -> list[tuple[int, str, str]]:
        return [(number, self.text + "号" * 60, "2026-03-01 08:00:00") for number in range(ROWS)]

    def is_whole(self, blob: Path) -> bool:
        with pa.memory_map(str(blob)) as file:
            taken = pa.ipc.open_file(file).read_all()
        return taken.column("编号").to_pylist() == [str(row[0]) for row in self.rows()] and all(
            value == self.rows()[0][1] for value in taken.column("姓名").unique().to_pylist()
        )


class Sqlite(Table):
    """A file that a department's system writes."""

    name = "sqlite"
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {"error": ("refused (DatabaseError)", "Check `url`")}

    @property
    def _path(self) -> Path:
        return self.home / "data" / "inbox" / "dep.sqlite"

    def access(self) -> dict[str, object]:
        return {"kind": "sql", "url": "sqlite:///{inbox}/dep.sqlite", "table": "thing", "watermark": "GXSJ"}

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self.text = text
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(self._path) as connection:
            connection.execute("DROP TABLE IF EXISTS thing")
            connection.execute(_CREATE)
            connection.executemany("INSERT INTO thing VALUES (?, ?, ?)", self.rows())
        connection.close()

    def fail(self, fault: str) -> None:
        super().fail(fault)
        if fault == "error":
            self._whole = self._path.read_bytes()
            half = len(self._whole) // 2 // 4096 * 4096
            self._path.write_bytes(self._whole[:half] + b"\xff" * 65_536 + self._whole[half + 65_536 :])

    def heal(self) -> None:
        if self.fault == "error":
            self._path.write_bytes(self._whole)
        super().heal()


class Postgres(Table):
    """A database behind a password and a certificate. A view stands for the table: its rows can be made to fail."""

    name = "postgres"
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "error": ("refused (DivisionByZero)", "Check `url`"),
        "cut": ("did not answer, or broke off (", "next run"),
        "password": ("refused our credentials", "secret"),
        "identity": ("no certificate that we trust", "`ca:"),
    }
    server: ClassVar[object]

    def __init__(self, home: Path, authority: Authority) -> None:
        super().__init__(home, authority)
        self._name = f"r{abs(hash(home))}"

    def __enter__(self) -> Rig:
        with self._connect("postgres") as admin:
            admin.execute(f"CREATE DATABASE {self._name}")
        return self

    def _connect(self, database: str = "") -> psycopg.Connection:
        return self.server.connect(database or self._name)  # type: ignore[attr-defined,no-any-return]

    def access(self) -> dict[str, object]:
        port = self.server.port  # type: ignore[attr-defined]
        return {
            "kind": "sql",
            "url": f"postgresql://brain:{{secret:dep_password}}@127.0.0.1:{port}/{self._name}",
            "table": "shown",
            "watermark": "GXSJ",
        } | ({} if self.fault == "identity" else {"ca": "{secret:dep_ca}"})

    def secrets(self) -> dict[str, str]:
        return {"dep_password": PASSWORD, "dep_ca": self.authority.pem}

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self.text = text
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS thing CASCADE")
            cursor.execute(_CREATE)
            with cursor.copy("COPY thing FROM STDIN") as copy:
                for row in self.rows():
                    copy.write_row(row)
        self.heal()

    def fail(self, fault: str) -> None:
        super().fail(fault)
        happens = {"error": '(1 / ("编号" - 30000))::text', "cut": "pg_terminate_backend(pg_backend_pid())::text"}
        if fault in happens:
            self._show(f"""CASE WHEN "编号" < 30000 THEN "姓名" ELSE {happens[fault]} END""")

    def heal(self) -> None:
        super().heal()
        self._show('"姓名"')

    def _show(self, name: str) -> None:
        with self._connect() as connection:
            connection.execute("DROP VIEW IF EXISTS shown")
            connection.execute(f'CREATE VIEW shown AS SELECT "编号", {name} AS "姓名", "GXSJ" FROM thing')
