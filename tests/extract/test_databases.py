"""One connector for SQLite and PostgreSQL: increments by watermark, one snapshot, the same rows the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.context import Context, RunReport
from jobs.contracts import CatalogFaults
from jobs.extract import job
from jobs.lake.journal import DELIVERIES
from jobs.settings import PROJECT
from tests.extract.conftest import PASSWORD, Source
from tests.land.home import make_home

COLUMNS = ("编号", "姓名", "GXSJ")
POSTGRES_ONLY = pytest.mark.parametrize("source", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


@pytest.fixture
def ctx(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("BRAIN_SECRET_DEP_DB", PASSWORD)
    source.execute('CREATE TABLE "人 口" ("编号" INTEGER PRIMARY KEY, "姓名" TEXT, "GXSJ" TIMESTAMP, extra TEXT)')
    return _home(tmp_path, source)


def _home(folder: Path, source: Source, table: str = "人 口", columns: tuple[str, ...] = COLUMNS) -> Context:
    access = {"kind": "sql", "url": source.url, "table": table, "watermark": columns[-1], "unencrypted": True}
    return make_home(folder, {"kind": "sql"}, columns, access)


def _add(source: Source, *rows: tuple[object, ...]) -> None:
    mark = source.mark
    source.many(f'INSERT INTO "人 口" VALUES ({mark}, {mark}, {mark}, NULL)', rows)


def _run(ctx: Context, as_of: str = "2026-03-02") -> RunReport:
    (report,) = job.run(replace(ctx, as_of=as_of), ctx.catalog.live.values())
    return report


def _deliveries(ctx: Context) -> list[dict[str, object]]:
    rows = ctx.journal.newest(DELIVERIES, "load_id")
    return [row | json.loads(str(row["manifest"])) for row in rows]


def _rows(ctx: Context, place: int = -1) -> list[tuple[str | None, ...]]:
    blob = ctx.settings.lake / "1_extracted" / "dep.sys" / str(_deliveries(ctx)[place]["blob"])
    with pa.memory_map(str(blob)) as file:
        table = pa.ipc.open_file(file).read_all()
    return list(zip(*table.to_pydict().values(), strict=True))


def test_each_extract_takes_what_came_since_the_last(ctx: Context, source: Source) -> None:
    _add(source, (2, "乙", "2026-03-01 09:00:00"), (1, "甲", "2026-03-01 08:00:00"), (3, "丙", "2026-03-02 23:59:59.5"))
    _add(source, (4, "丁", "2026-03-03 00:00:00"))
    assert _run(ctx, "2026-03-01").rows == 1
    assert _rows(ctx) == [("1", "甲", "2026-03-01 08:00:00"), ("2", "乙", "2026-03-01 09:00:00")]
    assert _run(ctx, "2026-03-01").rows == 0, "a day is extracted once"
    _run(ctx, "2026-03-02")
    assert [row[0] for row in _rows(ctx)] == ["3"]
    source.execute("""UPDATE "人 口" SET "姓名" = '乙二', "GXSJ" = '2026-03-03 10:00:00' WHERE "编号" = 2""")
    _run(ctx, "2026-03-03")
    assert [row[:2] for row in _rows(ctx)] == [("4", "丁"), ("2", "乙二")]
    assert _run(ctx, "2026-03-04").rows == 0, "nothing new is no delivery"
    assert [row["low"] for row in _deliveries(ctx)][0] == ""
    assert [row["rows"] for row in _deliveries(ctx)] == [2, 1, 2]


def test_rows_that_came_later_with_the_last_watermark_are_not_missed(ctx: Context, source: Source) -> None:
    _add(source, (1, "甲", "2026-03-01"), (2, "乙", "2026-03-01"))
    _run(ctx, "2026-03-01")
    _add(source, (3, "丙", "2026-03-01"))
    _run(ctx, "2026-03-02")
    assert [row[0] for row in _rows(ctx)] == ["1", "2", "3"], "all of that moment come again"
    assert _run(ctx, "2026-03-03").rows == 0


def test_rows_without_a_watermark_come_once_and_are_counted(ctx: Context, source: Source) -> None:
    _add(source, (1, "甲", "2026-03-01 08:00:00"), (2, None, None))
    _run(ctx, "2026-03-01")
    assert sorted(_rows(ctx), key=str) == [("1", "甲", "2026-03-01 08:00:00"), ("2", None, None)]
    _add(source, (3, "丙", None), (4, "丁", "2026-03-02 08:00:00"))
    _run(ctx, "2026-03-02")
    assert [row[0] for row in _rows(ctx)] == ["4"]
    assert [row["unmarked"] for row in _deliveries(ctx)] == [1, 2]


def test_the_same_cut_off_gives_the_same_bytes_wherever_and_whenever(
    ctx: Context, source: Source, tmp_path: Path
) -> None:
    _add(source, *[(n, f"名{n % 7}", f"2026-03-01 08:00:{n % 60:02d}") for n in range(50_000, 0, -1)])
    _run(ctx)
    _add(source, (0, "后来", "2026-03-05 08:00:00"))
    if source.mark == "%s":
        source.execute('CLUSTER "人 口" USING "人 口_pkey"')
    other = replace(ctx, settings=replace(ctx.settings, home=_home(tmp_path / "other", source).settings.home))
    if source.mark == "?":
        (other.inbox / "dep.sqlite").hardlink_to(ctx.inbox / "dep.sqlite")
    _run(other)
    assert _deliveries(other)[0]["blob"] == _deliveries(ctx)[0]["blob"]
    assert len(_rows(ctx)) == 50_000


def test_values_are_what_the_database_writes(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_SECRET_DEP_DB", PASSWORD)
    source.execute("CREATE TABLE t (id INTEGER, n NUMERIC(10,2), code TEXT, t TIMESTAMP)")
    source.execute(
        "INSERT INTO t VALUES (1, 1.50, '0012', '2026-03-01 08:00:00'), (2, NULL, '', '2026-03-01 08:00:01')"
    )
    ctx = _home(tmp_path, source, "t", ("id", "n", "code", "t"))
    _run(ctx)
    written = {"%s": "1.50", "?": "1.5"}[source.mark]
    assert _rows(ctx) == [("1", written, "0012", "2026-03-01 08:00:00"), ("2", None, "", "2026-03-01 08:00:01")]


@POSTGRES_ONLY
def test_every_type_of_postgresql_has_a_text(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_SECRET_DEP_DB", PASSWORD)
    source.execute("CREATE SCHEMA s")
    source.execute(
        "CREATE TABLE s.t (id INT, b BOOLEAN, j JSON, x BYTEA, d DATE, far TIMESTAMP, a INT[], at TIMESTAMPTZ)"
    )
    source.execute(
        """INSERT INTO s.t VALUES (1, true, '{"a": 1.0}', 'x', '2026-03-01', 'infinity', '{1,2}',
        '2026-03-01 00:00:00Z')"""
    )
    ctx = _home(tmp_path, source, "s.t", ("id", "b", "j", "x", "d", "far", "a", "at"))
    _run(ctx)
    assert _rows(ctx) == [
        ("1", "true", '{"a": 1.0}', "\\x78", "2026-03-01", "infinity", "{1,2}", "2026-03-01 08:00:00+08")
    ]


@pytest.mark.parametrize(
    ("stored", "taken"),
    [("20260301080000", True), ("20260301", True), ("2026/03/01 08:00", True), ("1772323200", False), ("刚才", False)],
)
def test_watermarks_as_text_are_understood_or_refused(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: str, taken: bool
) -> None:
    monkeypatch.setenv("BRAIN_SECRET_DEP_DB", PASSWORD)
    source.execute("CREATE TABLE t (id INTEGER, w TEXT)")
    source.execute(f"INSERT INTO t VALUES (1, '{stored}')")
    ctx = _home(tmp_path, source, "t", ("id", "w"))
    report = _run(ctx, "2026-03-01")
    assert (report.rows, "no times such as" in report.note) == (int(taken), not taken)


def test_one_extract_is_one_snapshot(ctx: Context, source: Source) -> None:
    """A writer moves a fixed sum from row to row all the time; no extract may see a sum between."""
    if source.mark == "?":
        source.execute("PRAGMA journal_mode=WAL")
    _add(source, *[(n, "1000" if n == 1 else "0", "2026-03-01 08:00:00") for n in range(1, 30_001)])
    stop = threading.Event()

    def move() -> None:
        place = 1
        while not stop.is_set():
            following = (place + 9_998) % 30_000 + 1
            source.execute(
                f"""UPDATE "人 口" SET "姓名" = CASE "编号" WHEN {place} THEN '0' ELSE '1000' END
                WHERE "编号" IN ({place}, {following})"""
            )
            place = following

    if source.mark == "?":  # its connection belongs to this thread
        import sqlite3

        writer = sqlite3.connect(ctx.inbox / "dep.sqlite", isolation_level=None, check_same_thread=False, timeout=30)
        source = replace(source, execute=writer.execute)
    mover = threading.Thread(target=move)
    mover.start()
    try:
        for day in range(1, 4):
            report = _run(replace(ctx, settings=ctx.settings), f"2026-03-0{day}")
            assert report.note == ""
            source_rows = _rows(ctx, 0)
            assert sum(int(row[1] or 0) for row in source_rows) == 1000
    finally:
        stop.set()
        mover.join()


BROKEN = {
    "no table": {"table": "nowhere"},
    "no column": {"columns": ("编号", "没有", "GXSJ")},
    "no watermark": {"columns": ("编号", "姓名", "没有")},
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_declared_wrongly_is_terminal(ctx: Context, source: Source, tmp_path: Path, case: str) -> None:
    other = _home(tmp_path, source, **BROKEN[case])  # type: ignore[arg-type]
    report = _run(other)
    assert report.rows == 0
    assert "does not exist" in report.note or "lacks 没有" in report.note
    assert list((ctx.settings.lake / "1_extracted" / "dep.sys").iterdir()) == []


@POSTGRES_ONLY
def test_a_password_is_in_no_error(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source.execute("CREATE TABLE t (id INT, w TIMESTAMP)")
    notes = []
    plain = source.url.replace("{secret:dep_db}", "hunter2-in-the-clear")
    bad = [
        source.url,
        plain,
        source.url.replace("127.0.0.1", "127.0.0.2"),
        plain.replace("127.0.0.1", "127.0.0.2"),
        plain.replace(":", "::", 2),
        "x://u:hunter2@h/d",
        "postgresql://u:hunter2@[",
    ]
    for url in bad:
        for secret in ("", "hunter2-wrong", PASSWORD):
            monkeypatch.setenv("BRAIN_SECRET_DEP_DB", secret)
            ctx = _home(tmp_path, replace(source, url=url), "t", ("id", "w"))
            try:
                notes.append(_run(ctx).note)
            except CatalogFaults as faults:
                notes.append(str(faults))
    assert sum(map(bool, notes)) == len(notes) - 1, "only the right password passes"
    said = [note.replace("`brain check`", "") for note in notes]
    assert not any("hunter2" in note or PASSWORD in note or "brain" in note for note in said), said
    assert any("secret 'dep_db' is not set" in note for note in notes)
    assert any("refused our credentials" in note for note in notes)
    assert sum("the password in 'url' is written out" in note for note in notes) >= 9


def test_a_secret_may_lie_in_the_home(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAIN_SECRET_DEP_DB", raising=False)
    source.execute("CREATE TABLE t (id INTEGER, w TIMESTAMP)")
    source.execute("INSERT INTO t VALUES (1, '2026-03-01 08:00:00')")
    ctx = _home(tmp_path, source, "t", ("id", "w"))
    ctx.settings.secrets.mkdir(parents=True)
    (ctx.settings.secrets / "dep_db").write_text(PASSWORD + "\n")
    assert _run(ctx).rows == 1


@pytest.mark.parametrize(
    "url", ["sqlite:///{inbox}/../other.sqlite", "sqlite:////etc/passwd", "sqlite://", "sqlite:///:memory:"]
)
def test_a_sqlite_database_lies_in_the_inbox(tmp_path: Path, url: str) -> None:
    access = {"kind": "sql", "url": url, "table": "t", "watermark": "GXSJ"}
    ctx = make_home(tmp_path, {"kind": "sql"}, COLUMNS, access)
    assert "leaves the inbox" in _run(ctx).note or "did not answer" in _run(ctx).note
    assert not (tmp_path / "data" / "other.sqlite").exists()
    assert list(ctx.inbox.iterdir()) == [], "reading makes no database"


_EXTRACT = """
import sys
from dataclasses import replace
from pathlib import Path
from jobs.context import Context
from jobs.extract import job
from jobs.settings import Settings
ctx = Context(Settings(home=Path(sys.argv[1]), engine="sail"), "2026-03-02")
resources = list(ctx.catalog.live.values())
print("extracting", flush=True)
job.run(ctx, resources)
"""


def test_a_killed_extract_leaves_nothing_visible(ctx: Context, source: Source, tmp_path: Path) -> None:
    _add(source, *[(n, "x" * 200, "2026-03-01 08:00:00") for n in range(60_000)])
    folder = ctx.settings.lake / "1_extracted" / "dep.sys"
    process = subprocess.Popen([sys.executable, "-c", _EXTRACT, str(tmp_path)], cwd=PROJECT, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not (folder.exists() and any(path.stat().st_size for path in folder.iterdir())) and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert all(path.name.startswith(".partial-") for path in folder.iterdir())
    assert _deliveries(ctx) == []
    assert _run(ctx).rows == 1
    assert len(_rows(ctx)) == 60_000
    assert [path.name for path in folder.iterdir()] == [_deliveries(ctx)[0]["blob"]]
