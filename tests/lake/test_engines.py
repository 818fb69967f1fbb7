"""The lake on a real engine: both ways of writing, reading what passed, and a JVM that outlives its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import deltalake
import pytest

from jobs.lake.journal import Journal
from jobs.lake.keys import keyed_hash, keyed_hash_column
from jobs.lake.lock import started_at, table_lock
from jobs.lake.store import Lake
from jobs.settings import PROJECT, Settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.engine


@pytest.fixture(params=["small", "large"])
def lake(request: pytest.FixtureRequest, settings: Settings, session: SparkSession, tmp_path: Path) -> Lake:
    """A lake that commits from Arrow, and one that lets the engine write; on Spark in a folder as people name them."""
    assert session
    folder = "市 数据" if settings.engine == "spark" else "home"
    own = replace(settings, home=tmp_path / folder, small_rows=0 if request.param == "large" else 1000)
    return Lake(own, Journal("", own.lake / "0_journal"))


def _people(session: SparkSession, last: int, tag: str = "'a'") -> DataFrame:
    return session.sql(
        f"SELECT concat('张', id) AS name, CAST(id AS DECIMAL(20,6)) AS amount, array({tag}, NULL) AS tags, "
        f"named_struct('x', id, 'y', CAST(NULL AS STRING)) AS pair, TIMESTAMP'2026-01-02 03:04:05' AS at, "
        f"DATE'2026-01-02' AS on_day, 'load' AS _load_id FROM range({last})"
    )


def test_a_table_comes_back_and_unchanged_content_makes_no_commit(lake: Lake, session: SparkSession) -> None:
    first = lake.write("fused", "person", _people(session, 5), 5)
    lake.mark_passed(first, "passed", "2026-03-02")
    back = lake.read("fused", "person")
    assert sorted(back.columns) == sorted(_people(session, 1).columns)
    assert back.exceptAll(_people(session, 5).select(*back.columns)).count() == 0
    again = lake.write("fused", "person", _people(session, 5).orderBy("amount", ascending=False), 5)
    assert (again.changed, again.number) == (False, first.number)
    assert lake.head("fused", "person") == first.number
    assert lake.write("fused", "person", _people(session, 5, "'b'"), 5).changed
    assert lake.read("fused", "person").count() == 5, "what did not pass is not read"
    assert {row.tags[0] for row in lake.read("fused", "person").select("tags").distinct().collect()} == {"a"}


def test_both_ways_of_writing_agree_on_the_digest(settings: Settings, session: SparkSession, tmp_path: Path) -> None:
    digests = []
    for rows in (0, 1000):
        own = replace(settings, home=tmp_path / str(rows), small_rows=rows)
        digests.append(
            Lake(own, Journal("", own.lake / "0_journal")).write("fused", "t", _people(session, 9), 9).digest
        )
    assert digests[0] == digests[1]


def test_a_renamed_column_is_another_content(lake: Lake, session: SparkSession) -> None:
    lake.mark_passed(lake.write("fused", "person", _people(session, 2), 2), "passed", "2026-03-02")
    renamed = _people(session, 2).withColumnRenamed("name", "names")
    assert lake.write("fused", "person", renamed, 2).changed


def test_an_empty_table_is_a_table(lake: Lake, session: SparkSession) -> None:
    lake.mark_passed(lake.write("fused", "person", _people(session, 0), 0), "passed", "2026-03-02")
    assert lake.read("fused", "person").count() == 0
    assert lake.read("fused", "person").columns == _people(session, 0).columns


@pytest.mark.parametrize("rows", [5, 0])
def test_a_held_frame_is_read_as_what_it_was(lake: Lake, session: SparkSession, rows: int) -> None:
    people = _people(session, rows)
    with lake.held(people, "people"):
        back = lake.query("SELECT * FROM people")
        assert back.dtypes == people.dtypes
        assert (back.count(), back.exceptAll(people).count()) == (rows, 0)
    assert not list(lake.scratch.glob("people*"))


def test_no_engine_puts_values_into_the_log(lake: Lake, session: SparkSession) -> None:
    for last in (3, 4):
        lake.mark_passed(lake.write("fused", "person", _people(session, last), last), "passed", "2026-03-02")
    for path in (lake.path("fused", "person") / "_delta_log").rglob("*"):
        assert path.is_dir() or "张1".encode() not in path.read_bytes(), path.name
    protocol = deltalake.DeltaTable(str(lake.path("fused", "person"))).protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)


def test_keyed_hashes_are_the_same_everywhere(session: SparkSession) -> None:
    for key in (b"short", b"x" * 64, b"y" * 100):
        frame = session.sql("SELECT '441900199001011234' AS a, '张三' AS b, CAST(NULL AS STRING) AS c")
        a, b, c = frame.a, frame.b, frame.c
        row = frame.select(keyed_hash_column(key, a, b).alias("h"), keyed_hash_column(key, a, c).alias("n")).collect()[
            0
        ]
        assert (row.h, row.n) == (keyed_hash(key, "441900199001011234", "张三"), None)


_KILLED = """
import sys, time
from pathlib import Path
from jobs.lake.journal import Journal
from jobs.lake.store import Lake, _jvm_pid
from jobs.settings import Settings
settings = Settings(home=Path(sys.argv[1]), master="local[1]", driver_memory="1g")
lake = Lake(settings, Journal("", settings.lake / "0_journal"))
lake.session.range(1).count()
with lake.lock("fused", "t"):
    print(_jvm_pid(settings), flush=True)
    time.sleep(60)
"""


def test_the_jvm_of_a_killed_run_is_ended_before_the_next_may_write(settings: Settings, tmp_path: Path) -> None:
    if settings.engine != "spark":
        pytest.skip("Sail has no JVM; the lane `spark` runs this")
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    holder = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert holder.stdout is not None
    jvm = int(holder.stdout.readline())
    assert started_at(jvm)
    os.kill(holder.pid, signal.SIGKILL)
    with table_lock(tmp_path / "data/lake/0_journal/locks", "fused.t", wait=20):
        assert started_at(jvm) == ""
    holder.wait()
    holder.stdout.close()
    lake = Lake(replace(settings, home=tmp_path), Journal("", tmp_path / "data/lake/0_journal"))
    assert any(lake.scratch.glob(f"spark.{holder.pid}/blockmgr-*")), "what the engine kept on the disk"
    with lake.alone():
        assert not any(lake.scratch.iterdir())
