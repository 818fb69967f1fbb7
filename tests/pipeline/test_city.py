"""From files to a served release: what was planted is found, nothing is lost, running again changes nothing."""

from __future__ import annotations

import json
import shutil
import threading
import time

import duckdb
import pytest

from jobs.lake.manifest import numbers, read_manifest
from jobs.settings import PROJECT
from tests.bench import truth
from tests.pipeline.conftest import LAST_DAY, City

pytestmark = pytest.mark.pipeline


def test_what_was_stopped_is_what_was_planted(city: City) -> None:
    assert city.exit_code == 0


def test_every_day_made_one_release(city: City) -> None:
    assert numbers(city.lake) == [1, 2, 3]
    assert city.released().as_of == LAST_DAY


def test_every_ledger_is_the_expected_one(city: City) -> None:
    folder = city.home / "data" / "truth"
    with duckdb.connect(str(city.served / "engineer.duckdb"), read_only=True) as connection:
        assert truth._ledger(connection, folder) == {}
        assert connection.execute("SELECT count(*) FROM audit.ledger WHERE NOT balances").fetchone() == (0,)


@pytest.mark.parametrize(
    "resource", ["rsj.si.person", "gaj.residence.person", "ybj.insured.person", "gjj.account.person"]
)
def test_a_receipt_counts_what_was_planted_in_its_delivery(
    city: City, capsys: pytest.CaptureFixture[str], resource: str
) -> None:
    capsys.readouterr()
    assert city.brain("receipt", resource, "--period", "2026-03-02", "--sequence", "1", "--json") == 0
    (receipt,) = json.loads(capsys.readouterr().out)
    planted = duckdb.execute(
        'SELECT "column", flag, count(*) FROM read_parquet($truth) WHERE resource = $resource AND file = $file '
        "AND flag NOT IN ('', 'repaired', 'converted', 'placeholder') GROUP BY ALL",
        {"truth": str(city.home / "data" / "truth" / "errors.parquet"), "resource": resource, "file": receipt["file"]},
    ).fetchall()
    seen = {(found["field"], found["flag"]): found["cells"] for found in receipt["flagged"]}
    assert planted
    assert {key: seen.get(key) for key in [(column, flag) for column, flag, _ in planted]} == {
        (column, flag): cells for column, flag, cells in planted
    }


def test_cells_are_those_of_the_declared_source(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_HOME", str(city.home))
    answer = truth.main()
    assert isinstance(answer["figure"], float)
    assert answer["figure"] >= truth.GOAL_ALL, answer["causes"]


def test_running_again_releases_nothing_and_changes_no_hash(city: City) -> None:
    before = city.released()
    assert city.brain("run", "--date", LAST_DAY) in (0, 5)
    after = city.released()
    assert (after.release, after.contents()) == (before.release, before.contents())


@pytest.mark.parametrize(
    ("file", "built"),
    [
        ("connections.yml", {}),
        ("sources/fgj/credit.yml", {"resolved": 4, "fused": 4}),
        ("themes/population/theme.yml", {"derived": 3}),
        ("entities/licence.yml", {"resolved": 6, "fused": 6}),
    ],
)
def test_a_change_of_the_catalog_builds_anew_what_reads_it(
    city: City, capsys: pytest.CaptureFixture[str], file: str, built: dict[str, int]
) -> None:
    """The same content comes of it here, and so nothing that reads it is built and nothing is released."""
    before, catalog = city.released(), city.home / "catalog"
    assert city.brain("run", "--date", LAST_DAY) in (0, 5)
    catalog.unlink()
    shutil.copytree(PROJECT / "catalog", catalog)
    try:
        with (catalog / file).open("a", encoding="utf-8") as declared:
            declared.write("\n# a remark\n")
        capsys.readouterr()
        assert city.brain("run", "--date", LAST_DAY, "--json") in (0, 5)
        stages = json.loads(capsys.readouterr().out)["stages"]
    finally:
        shutil.rmtree(catalog)
        catalog.symlink_to(PROJECT / "catalog")
    assert {row["stage"]: row["built"] for row in stages if row["built"]} == built
    assert city.released() == before


def test_every_value_outside_a_code_table_that_a_rule_counts_is_told_and_nothing_sound_is_suspected(city: City) -> None:
    with duckdb.connect(str(city.served / "engineer.duckdb"), read_only=True) as connection:
        counted = "SELECT table_name, element, failed FROM journal.rules WHERE rule LIKE 'unseen_code %' AND failed > 0"
        told = "SELECT table_name, element, n_failed FROM audit.findings WHERE kind = 'unseen_code'"
        expected, found = (sorted(connection.execute(query).fetchall()) for query in (counted, told))
        assert found == expected and len(found) > 5
        suspected = "kind = 'files_unclaimed' OR (kind = 'almost_empty' AND severity = 'warning')"
        assert connection.execute(f"SELECT what FROM audit.findings WHERE {suspected}").fetchall() == []


def test_a_trace_leads_to_file_and_row(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(city.served / "engineer.duckdb"), read_only=True) as connection:
        query = "SELECT canonical_id FROM base.person WHERE birth_date IS NOT NULL LIMIT 1"
        row = connection.execute(query).fetchone()
    assert row is not None
    assert city.brain("trace", "person", row[0], "--element", "birth_date", "--json") == 0
    cell = json.loads(capsys.readouterr().out)[0]
    assert cell["source"]["file"]
    assert cell["source"]["row_no"] > 0
    assert "authority of gaj" in cell["authority"] or "fallback" in cell["authority"]


def test_where_knows_every_row_of_a_key(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(city.served / "engineer.duckdb"), read_only=True) as connection:
        row = connection.execute("SELECT resident_id FROM std.gaj__household__person LIMIT 1").fetchone()
    assert row is not None
    assert city.brain("where", "gaj.household.person", row[0], "--json") == 0
    fates = [item["fate"] for item in json.loads(capsys.readouterr().out)]
    assert fates.count("current") == 1


def test_readers_never_see_two_releases_at_once_while_others_are_made(city: City) -> None:
    """On fresh connections, 50 reads a second and more, while a rollback and its undoing are published and served."""
    path, seen, stop = str(city.served / "analyst.duckdb"), [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            with duckdb.connect(path, read_only=True) as connection:
                row = connection.execute(
                    "SELECT (SELECT release FROM meta.release), (SELECT max(release) FROM meta.releases)"
                ).fetchone()
            assert row is not None
            seen.append(row)
            time.sleep(0.005)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert city.brain("release", "rollback", "2", "--note", "test") == 0
        assert city.brain("release", "rollback", "3", "--note", "undone") == 0
    finally:
        stop.set()
        reader.join()
    assert all(release == newest for release, newest in seen)
    assert {release for release, _ in seen} >= {3, 4}
    third = read_manifest(city.lake, 3)
    assert third is not None
    assert city.released().contents() == third.contents()


def test_what_is_read_out_of_a_column_is_served_beside_it_with_its_words(city: City) -> None:
    with duckdb.connect(str(city.served / "engineer.duckdb"), read_only=True) as connection:
        person = "std.gaj__household__person"
        counts = connection.execute(
            "SELECT count(name_key), count(birth_date_in_id), count(*) FILTER (birth_date_in_id <> birth_date), "
            "count(*) FILTER (birth_date_in_id_flag = 'differs'), count(*) FILTER (sex_in_id <> sex), "
            f"count(*) FILTER (sex_in_id_flag = 'differs') FROM {person}"
        ).fetchone()
        assert counts is not None and counts[0] > 50 and counts[1] > 50
        assert (counts[2], counts[4]) == (counts[3], counts[5])
        comments = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'gaj__household__person'"
            ).fetchall()
        )
        assert comments["name_key"] == "姓名比对键" and comments["birth_date_in_id"] == "身份号码所载出生日期"
        assert comments["birth_date_in_id_flag"] == "身份号码所载出生日期的标记"
        told = connection.execute(
            "SELECT column_name, element, type, mask, source FROM meta.dictionary WHERE schema_name = 'std' AND "
            "(table_name, column_name) IN (('gaj__household__person', 'birth_date_in_id'), "
            "('scjgj__reg__enterprise', 'org_core_name')) ORDER BY 1"
        ).fetchall()
        assert told == [
            ("birth_date_in_id", "birth_date_in_id", "date", "DOB", "GMSFHM"),
            ("org_core_name", "org_core_name", "string", "", "ENTNAME"),
        ]
        cores = connection.execute("SELECT count(org_core_name) FROM std.scjgj__reg__enterprise").fetchone()
        assert cores is not None and cores[0] > 10
    with duckdb.connect(str(city.served / "analyst.duckdb"), read_only=True) as connection:
        row = connection.execute(f"SELECT max(length(birth_date_in_id)), bool_and(name_key LIKE '_*%') FROM {person}")
        assert row.fetchone() == (4, True), "masked as the elements are that they are read out of"
