"""What holds for every connector, against the real thing: whole or not at all, once, and nobody else is held up."""

from __future__ import annotations

import io
import shutil

import pytest
import xlsxwriter

from jobs.contracts import REFERENCE
from jobs.extract import http
from jobs.lake.delivery import delivery_of
from jobs.land import job as land
from tests.extract.city import NEIGHBOUR, City, blob_of, deliveries, kill_while_writing, run, visible
from tests.extract.conftest import EVERY_RIG
from tests.extract.rigs import RIGS, Rig
from tests.extract.rigs.apis import FileApi
from tests.extract.rigs.databases import Postgres
from tests.extract.rigs.folder import InboxFolder
from tests.extract.rigs.objects import S3Bucket
from tests.extract.rigs.sftp import SftpServer
from tests.land.home import RESOURCE

pytestmark = pytest.mark.connectors
FAULTS = [
    pytest.param(kind, fault, id=f"{kind.name}: {fault}", marks=[pytest.mark.postgres] if kind is Postgres else [])
    for kind in RIGS
    for fault in kind.faults
]


@pytest.fixture
def city(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.02)
    return City(rig, monkeypatch)


@pytest.mark.parametrize("rig", EVERY_RIG, indirect=True)
def test_a_delivery_arrives_whole_and_once(city: City) -> None:
    ctx = city.connect()
    report = run(ctx)[RESOURCE]
    assert (report.rows, report.note) == (1, "")
    assert city.rig.is_whole(blob_of(ctx))
    shutil.rmtree(ctx.settings.lake / "0_journal" / "seen", ignore_errors=True)
    for _ in range(2):
        again = run(ctx)[RESOURCE]
        assert (again.rows, again.changed, again.note) == (0, False, "")
    assert len(deliveries(ctx)) == len(visible(ctx)) == 1


@pytest.mark.parametrize(("rig", "fault"), FAULTS, indirect=["rig"])
def test_a_failing_source_is_named_leaves_nothing_and_holds_up_nobody(city: City, fault: str) -> None:
    city.neighbour_delivers()
    city.rig.fail(fault)
    ctx = city.connect()
    if fault == "password":
        city.monkeypatch.setenv("BRAIN_SECRET_DEP_PASSWORD", "another")
    reports = run(ctx)
    note = reports[RESOURCE].note
    assert reports[RESOURCE].rows == 0
    assert "system dep.sys, resource dep.sys.thing" in note
    for part in city.rig.faults[fault]:
        assert part in note, note
    assert deliveries(ctx) == []
    assert (reports[NEIGHBOUR].rows, reports[NEIGHBOUR].note) == (1, "")
    assert len(visible(ctx)) == 1, "that of the neighbour"
    city.rig.heal()
    ctx = city.connect()
    assert run(ctx)[RESOURCE].rows == 1
    assert city.rig.is_whole(blob_of(ctx))
    assert len(visible(ctx)) == 2


@pytest.mark.parametrize("rig", EVERY_RIG, indirect=True)
def test_a_killed_transfer_is_never_visible_and_taken_by_the_next_run(city: City) -> None:
    city.rig.fail("stall")
    ctx = city.connect()
    command = kill_while_writing(ctx)
    assert visible(ctx) == deliveries(ctx) == []
    assert not any(secret in argument for secret in city.rig.secrets().values() for argument in command)
    city.rig.heal()
    assert run(ctx)[RESOURCE].rows == 1
    assert city.rig.is_whole(blob_of(ctx))
    assert list((ctx.settings.lake / "1_extracted" / "dep.sys").iterdir()) == visible(ctx)


@pytest.mark.parametrize("rig", EVERY_RIG, indirect=True)
def test_more_than_may_come_is_refused(city: City) -> None:
    city.rig.put("长" * 200)
    ctx = city.connect(max_mb=1)
    assert "larger than 1 MB" in run(ctx)[RESOURCE].note
    assert visible(ctx) == deliveries(ctx) == []
    assert run(city.connect(max_mb=100))[RESOURCE].note == ""
    assert city.rig.is_whole(blob_of(ctx))


@pytest.mark.parametrize("rig", EVERY_RIG, indirect=True)
def test_what_is_corrected_supersedes_and_does_not_replace(city: City) -> None:
    """A delivery is never edited: the corrected one stands beside it."""
    ctx = city.connect()
    run(ctx)
    if city.rig.asked_daily:
        pytest.skip("one delivery a day: the next day's is tested with each connector")
    city.rig.put("乙")
    assert run(ctx)[RESOURCE].rows == 1
    assert [row["sequence"] for row in deliveries(ctx)] == [1, 2]
    assert city.rig.is_whole(blob_of(ctx))


@pytest.mark.parametrize("rig", [InboxFolder, SftpServer, S3Bucket, FileApi], indirect=True)
def test_a_department_s_own_workbook_arrives_by_any_way(city: City) -> None:
    city.rig.ending = "xlsx"
    rows = [("007", "王小明", "东城街道1号"), ("008", "李  四", "")]
    city.rig.put(content=_workbook([("编号", "姓名", "地址"), *rows]))
    ctx = city.connect(format={"kind": "xlsx"})
    assert run(ctx)[RESOURCE].note == ""
    assert city.rig.is_whole(blob_of(ctx))
    landing = land.run(ctx, delivery_of(deliveries(ctx)[-1]))
    landed = ctx.lake.read_arrow("landed", RESOURCE, landing.version, ["编号", "姓名", "地址"])
    assert [tuple(value or "" for value in row.values()) for row in landed.to_pylist()] == rows


def _workbook(rows: list[tuple[str, ...]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return made.getvalue()


@pytest.mark.parametrize("rig", EVERY_RIG, indirect=True)
def test_the_catalog_names_secrets_and_holds_none(city: City) -> None:
    ctx = city.connect()
    text = (ctx.settings.home / "catalog" / "connections.yml").read_text()
    assert not any(secret in text for secret in city.rig.secrets().values())
    used = {match[0] for match in REFERENCE.finditer(text)}
    assert used <= {f"{{secret:{name}}}" for name in city.rig.secrets()}
    assert bool(used) == ("password" in city.rig.faults)
