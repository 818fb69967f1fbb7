"""The journal testifies: rows are only added, the newest of a key counts, what was noted survives a kill."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.lake.journal import PASSED, RUNS, STEPS, TABLES, Journal


def _step(name: str, state: str, **more: object) -> dict[str, object]:
    return {"layer": "landed", "name": name, "fingerprint": "f", "state": state, **more}


def test_the_newest_row_of_a_key_counts_in_the_order_of_notes(tmp_path: Path) -> None:
    journal = Journal("", tmp_path)
    for name, state in (("a", "built"), ("b", "built"), ("a", "blocked"), ("c", "built"), ("b", "stale")):
        journal.note(STEPS, **_step(name, state))
    found = [(row["name"], row["state"]) for row in journal.newest(STEPS, "layer", "name")]
    assert found == [("a", "blocked"), ("c", "built"), ("b", "stale")]
    assert [row["name"] for row in journal.newest(STEPS, "name", state="built")] == ["a", "b", "c"], (
        "newest among these"
    )
    assert journal.newest(STEPS, "name", name="nobody") == []


def test_lists_and_mappings_are_kept_as_json(tmp_path: Path) -> None:
    journal = Journal("", tmp_path)
    journal.note(STEPS, **_step("a", "built", reason={"乙": [1]}))
    (row,) = journal.newest(STEPS, "name")
    assert row["reason"] == '{"乙": [1]}'


def test_nothing_but_additions_reaches_the_database(tmp_path: Path) -> None:
    journal = Journal("", tmp_path)
    said: list[str] = []
    sa.event.listen(journal.engine, "before_cursor_execute", lambda *a: said.append(str(a[2]).split()[0].upper()))
    journal.note(STEPS, **_step("a", "built"))
    journal.note_all(STEPS, [_step("a", "built"), _step("b", "built")])
    journal.newest(STEPS, "name")
    assert set(said) <= {"INSERT", "SELECT", "PRAGMA", "CREATE"}
    assert {table.name for table in TABLES.values()} == set(TABLES)


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    journal = Journal("", tmp_path)
    with pytest.raises(ZeroDivisionError), journal.writing() as connection:
        journal.note(STEPS, connection, **_step("a", "built"))
        journal.note(PASSED, connection, layer="landed", name="a", version=1, verdict="passed")
        raise ZeroDivisionError
    assert journal.newest(STEPS, "name") == [] == journal.newest(PASSED, "name")
    journal.note_all(STEPS, [])


_NOTE = """
import sys
import threading
from pathlib import Path
from jobs.lake.journal import STEPS, Journal
journal = Journal("", Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    journal.note(STEPS, layer="landed", name=sys.argv[2] + str(n), fingerprint="f", state="built")
    print(n, flush=True)
"""


def test_two_processes_note_at_once_and_a_kill_loses_nothing_that_was_noted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _NOTE, str(tmp_path)]
    short = subprocess.Popen([*command, "x", "20"], stdout=subprocess.DEVNULL)
    endless = subprocess.Popen([*command, "y", "100000"], stdout=subprocess.PIPE, text=True)
    assert endless.stdout is not None
    seen = [int(endless.stdout.readline()) for _ in range(20)][-1]
    os.kill(endless.pid, signal.SIGKILL)
    endless.wait()
    endless.stdout.close()
    assert short.wait() == 0
    names = {row["name"] for row in Journal("", tmp_path).newest(STEPS, "name")}
    assert {f"x{n}" for n in range(20)} | {f"y{n}" for n in range(seen + 1)} <= names


def test_it_is_durable_by_setting(tmp_path: Path) -> None:
    with Journal("", tmp_path).engine.connect() as connection:
        read = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
    assert read == {"journal_mode": "wal", "synchronous": 2}


def test_a_new_database_that_another_is_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself does not wait where it would have to change the mode of a database that is being read."""
    other = sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None, check_same_thread=False)
    for statement in ("CREATE TABLE t (a)", "BEGIN", "SELECT * FROM t", "INSERT INTO t VALUES (1)"):
        other.execute(statement)
    let_go = threading.Timer(0.5, lambda: other.execute("COMMIT"))
    let_go.start()
    Journal("", tmp_path).note(STEPS, layer="landed", name="x", fingerprint="f", state="built")
    let_go.join()
    other.close()


def test_a_journal_that_was_removed_and_made_again_is_another(tmp_path: Path) -> None:
    """A process keeps a journal's connections, which would go on in the file that nobody sees any more."""
    for times in range(2):
        for _ in range(2):
            journal = Journal("", tmp_path)
            assert len(journal.newest(RUNS, "run")) == 0
        journal.note(RUNS, run=str(times), as_of="2026-03-02", state="done")
        assert Journal("", tmp_path).newest(RUNS, "run")[0]["run"] == str(times)
        shutil.rmtree(tmp_path)
