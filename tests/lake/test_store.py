"""Tables: unchanged content makes no commit, readers see what passed, the log of a table tells nobody's name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import deltalake
import pyarrow as pa
import pytest

from jobs.errors import EnvironmentFault, SourceError, UsageError
from jobs.lake.digest import digest_arrow
from jobs.lake.journal import Journal
from jobs.lake.store import Lake, Version
from jobs.settings import Engine, Settings

PLANTED = ("张三丰甲乙丙", "441900199001011234", "13912345678", "1991-07-13")


def make_lake(home: Path, journal: Journal | None = None) -> Lake:
    settings = Settings(home=home, engine="sail")
    return Lake(settings, journal or Journal("", settings.lake / "0_journal"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def people(*names: str) -> pa.Table:
    return pa.table(
        {
            "name": pa.array(names, pa.string()),
            "id_no": pa.array([PLANTED[1]] * len(names)),
            "phone": pa.array([PLANTED[2]] * len(names)),
            "born_on": pa.array([date(1991, 7, 13)] * len(names)),
            "seen_at": pa.array([datetime(2026, 1, 2, 3, 4, 5)] * len(names), pa.timestamp("us")),
            "amount": pa.array([Decimal("1.500000")] * len(names), pa.decimal128(20, 6)),
            "tags": pa.array([["a"]] * len(names), pa.list_(pa.string())),
            "_load_id": pa.array(["load"] * len(names)),
        }
    )


def put(lake: Lake, table: pa.Table, name: str = "person", passed: bool = True) -> Version:
    version = lake.write_arrow("fused", name, table, digest_arrow(table))
    if passed and version.changed:
        lake.mark_passed(version, "passed", "2026-03-02")
    return version


def rows_of(lake: Lake, name: str = "person") -> list[str]:
    return sorted(lake.read_arrow("fused", name)["name"].to_pylist())


def test_tables_are_read_without_asking_python(lake: Lake) -> None:
    """A thread of Arrow's that still asks for the interpreter when a command ends aborts it (SIGABRT, nothing said)."""
    version = put(lake, people("甲"))
    assert "py::" in deltalake.DeltaTable(str(lake.path("fused", "person"))).to_pyarrow_dataset().filesystem.type_name
    assert lake._pinned(version).as_arrow().filesystem.type_name == "local"


def test_a_home_that_was_made_anew_is_not_remembered(tmp_path: Path) -> None:
    """Versions are opened once a process, and a table's first version has the same number in every home."""
    put(make_lake(tmp_path), people("甲"))
    shutil.rmtree(tmp_path / "data")
    anew = make_lake(tmp_path)
    version = put(anew, people("乙", "丙"))
    assert version.number == 0
    assert rows_of(anew) == ["丙", "乙"]


def test_a_version_stays_what_it_was_when_the_table_moves_on(lake: Lake) -> None:
    first = put(lake, people("甲"))
    put(lake, people("乙"))
    assert lake.read_arrow("fused", "person", first)["name"].to_pylist() == ["甲"]
    assert rows_of(lake) == ["乙"]


def test_what_another_process_committed_since_is_seen(lake: Lake) -> None:
    """The table is kept open from one commit to the next: the next must not be made upon what is no longer newest."""
    put(lake, people("甲"))
    folder = str(lake.path("fused", "person"))
    deltalake.write_deltalake(folder, deltalake.DeltaTable(folder).to_pyarrow_table(), mode="append")
    assert lake.head("fused", "person") == 1
    assert put(lake, people("乙")).number == 2
    assert rows_of(lake) == ["乙"]


def test_a_table_whose_files_do_not_say_what_it_holds_is_refused(lake: Lake) -> None:
    """Deletion vectors hide rows of a file that still has them."""
    put(lake, people("甲"))
    features = {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    protocol = {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, **features}}
    (lake.path("fused", "person") / "_delta_log" / f"{1:020}.json").write_text(json.dumps(protocol))
    with pytest.raises(EnvironmentFault, match="deletionVectors"):
        lake.files(Version("fused", "person", 1, digest_arrow(people("甲"))))


def test_unchanged_content_makes_no_commit(lake: Lake) -> None:
    first = put(lake, people("甲", "乙"))
    again = put(lake, people("乙", "甲"))
    assert (again.number, again.changed) == (first.number, False)
    assert lake.head("fused", "person") == first.number
    assert put(lake, people("乙", "丙")).number == first.number + 1


def test_the_same_values_under_another_name_or_type_are_another_content(lake: Lake) -> None:
    table = people("甲")
    put(lake, table)
    assert put(lake, table.rename_columns(["names", *table.column_names[1:]])).changed
    assert put(lake, table.set_column(1, "id_no", pa.array([None], pa.string()))).changed
    assert put(lake, table.set_column(1, "id_no", pa.array([None], pa.int64()))).changed


def test_what_did_not_pass_is_not_read_and_not_built_on(lake: Lake) -> None:
    put(lake, people("甲"))
    bad = put(lake, people("坏"), passed=False)
    assert rows_of(lake) == ["甲"]
    assert lake.head("fused", "person") == bad.number
    assert put(lake, people("甲")).changed is False, "the passed content needs no commit, whatever the head is"
    put(lake, people("乙"))
    assert rows_of(lake) == ["乙"]


def test_a_table_that_never_passed_is_not_read(lake: Lake) -> None:
    with pytest.raises(UsageError, match=r"no passed version of fused\.person"):
        lake.read_arrow("fused", "person")
    assert lake.head("fused", "person") is None
    put(lake, people("甲"), passed=False)
    with pytest.raises(UsageError):
        lake.read_arrow("fused", "person")


def _append(lake: Lake, *names: str) -> Version:
    table = pa.table({"name": pa.array(names, pa.string())})
    number = lake.append("landed", "person", iter(table.to_batches()), table.schema)
    return Version("landed", "person", number, digest_arrow(table))


def test_append_restores_a_head_that_did_not_pass_first(lake: Lake) -> None:
    lake.mark_passed(_append(lake, "甲"), "passed", "2026-03-02")
    _append(lake, "坏")
    lake.mark_passed(_append(lake, "乙"), "passed", "2026-03-03")
    assert sorted(lake.read_arrow("landed", "person")["name"].to_pylist()) == ["乙", "甲"]


def test_append_begins_anew_where_nothing_ever_passed(lake: Lake) -> None:
    _append(lake, "坏")
    lake.mark_passed(_append(lake, "甲"), "passed", "2026-03-02")
    assert lake.read_arrow("landed", "person")["name"].to_pylist() == ["甲"]


def test_an_error_of_the_source_keeps_its_kind_and_commits_nothing(lake: Lake) -> None:
    lake.mark_passed(_append(lake, "甲"), "passed", "2026-03-02")
    schema = pa.schema([("name", pa.string())])

    def batches(failing_at: int) -> Iterator[pa.RecordBatch]:
        for n in range(10):
            if n == failing_at:
                raise SourceError("broken off", remedy="Ask again")
            yield pa.record_batch([pa.array([str(n)])], schema=schema)

    for failing_at in (0, 1, 7):
        with pytest.raises(SourceError, match="broken off"):
            lake.append("landed", "person", batches(failing_at), schema)
    assert lake.head("landed", "person") == 0


def test_another_run_that_passed_meanwhile_is_built_on(tmp_path: Path) -> None:
    """Two runs with memories of their own: the second must not take the first's content for the passed one."""
    one, two = make_lake(tmp_path), make_lake(tmp_path)
    put(one, people("甲"))
    assert rows_of(two) == ["甲"]
    put(one, people("乙"))
    assert put(two, people("甲")).changed, "two remembers 甲 as passed, but 乙 has passed since"
    lake = make_lake(tmp_path)
    assert rows_of(lake) == ["甲"]
    one.mark_passed(_append(one, "a"), "passed", "d")
    assert two.passed("landed", "person") is None
    two.mark_passed(_append(two, "b"), "passed", "d")
    assert sorted(make_lake(tmp_path).read_arrow("landed", "person")["name"].to_pylist()) == ["a", "b"]


def test_the_log_of_a_table_names_nobody(lake: Lake) -> None:
    for n in range(12):
        put(lake, people(PLANTED[0], str(n)))
    table = deltalake.DeltaTable(str(lake.path("fused", "person")))
    table.create_checkpoint()
    log = lake.path("fused", "person") / "_delta_log"
    assert any(path.suffix == ".parquet" for path in log.iterdir())
    for path in log.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            content += json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str).encode()
        for value in PLANTED:
            assert value.encode() not in content, f"{path.name} shows a personal value"
    adds = table.get_add_actions(flatten=True)
    assert not [name for name in adds.schema.names if name.startswith(("min.", "max."))]


def test_tables_ask_little_of_their_readers_and_keep_old_versions(lake: Lake) -> None:
    put(lake, people("甲"))
    table = deltalake.DeltaTable(str(lake.path("fused", "person")))
    protocol = table.protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
    assert not protocol.reader_features and not protocol.writer_features
    configuration = table.metadata().configuration
    assert configuration["delta.deletedFileRetentionDuration"] == "interval 400 days"
    assert configuration["delta.logRetentionDuration"] == "interval 400 days"


def test_homes_have_names_as_people_give_them(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "市 数据#1?")
    lake = Lake(settings, Journal("", settings.lake / "0_journal"))
    put(lake, people("甲"))
    put(lake, people("乙"))
    assert rows_of(lake) == ["乙"]
    version = lake.passed("fused", "person")
    assert version is not None
    assert all(Path(file).exists() for file in lake.files(version))


@pytest.mark.parametrize(("engine", "name"), [("spark", "a%20b"), ("sail", "a%20b"), ("sail", "a b"), ("sail", "数据")])
def test_a_home_that_an_engine_would_look_for_elsewhere_is_refused(tmp_path: Path, engine: Engine, name: str) -> None:
    settings = Settings(home=tmp_path / name, engine=engine)
    with pytest.raises(UsageError, match="path"):
        Lake(settings, Journal("", tmp_path))
