"""A refused delivery stands until it is corrected, whichever run looks: how a run ends is what the deliveries are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.audit.facts import open_refusals
from jobs.cli import invoke
from jobs.context import Context
from jobs.contracts import Load
from jobs.lake.delivery import delivery_of
from jobs.lake.journal import DELIVERIES
from jobs.pipeline import ingest, run_pipeline
from jobs.pipeline.explain import where_row
from jobs.pipeline.run import DONE, PARTLY
from tests.land.home import RESOURCE, make_home

ROWS = "编号,姓名,地址\na,甲,东\nb,乙,西\n"


def deliver(home: Path, name: str, rows: int) -> None:
    """A file of two rows whose manifest declares ``rows``."""
    folder = home / "data" / "inbox" / "dep" / "sys"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(ROWS.replace("甲", name), encoding="utf-8")
    (folder / f"{name}.manifest.json").write_text(json.dumps({"rows": rows}))


def run(home: Path, last: str = "land") -> int:
    """Exit code of a run of its own."""
    return run_pipeline(again(home), "extract", last).exit_code


def again(home: Path) -> Context:
    return Context(make_home(home).settings, "2026-03-02")


def test_a_run_ends_as_the_deliveries_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_home(tmp_path)
    deliver(tmp_path, "thing_20260302_1.csv", rows=1204)
    assert [run(tmp_path), run(tmp_path)] == [PARTLY, PARTLY], "the second finds nothing new, and says the same"
    command = ["-q", "--home", str(tmp_path), "--engine", "sail"]
    capsys.readouterr()
    assert invoke([*command, "deliveries", "--refused"]) == 0
    printed = capsys.readouterr().out
    for words in (
        RESOURCE,
        "thing_20260302_1.csv (2026-03-02, sequence 1)",
        "声明 1,204 行，实收 2 行",
        "to do: Ask for",
    ):
        assert words in printed
    assert invoke([*command, "run", "--from", "land", "--to", "land", "--date", "2026-03-02"]) == PARTLY
    assert f"refused: landed.{RESOURCE}: thing_20260302_1.csv (2026-03-02, sequence 1): 声明" in capsys.readouterr().out
    deliver(tmp_path, "thing_20260302_2.csv", rows=2)
    assert [run(tmp_path), run(tmp_path)] == [DONE, DONE]
    assert invoke([*command, "deliveries", "--refused"]) == 0
    assert "0 refused" in capsys.readouterr().out


def test_a_landed_row_waits_until_it_is_standardised(tmp_path: Path) -> None:
    make_home(tmp_path)
    deliver(tmp_path, "thing_20260302_1.csv", rows=2)
    assert run(tmp_path) == DONE
    (row,) = where_row(again(tmp_path), RESOURCE, "a")
    assert (row["fate"], row["why"].split(",")[0]) == ("waiting", "landed")


@pytest.mark.parametrize(
    ("mode", "refused", "landed", "is_open"),
    [
        ("full", ("2026-03-02", 1), ("2026-03-02", 2), False),
        ("full", ("2026-03-02", 1), ("2026-03-03", 1), False),
        ("full", ("2026-03-02", 2), ("2026-03-02", 1), True),
        ("incremental", ("2026-03-02", 1), ("2026-03-02", 2), False),
        ("incremental", ("2026-03-02", 1), ("2026-03-03", 1), True),
    ],
)
def test_what_replaces_a_refused_delivery(
    tmp_path: Path, mode: str, refused: tuple[str, int], landed: tuple[str, int], is_open: bool
) -> None:
    resource = make_home(tmp_path).catalog.resources[RESOURCE]
    load = Load.model_validate(resource.load.model_dump() | {"mode": mode})
    places = {"refused": refused, "landed": landed}
    common = {"resource": RESOURCE, "blob": "", "member": "", "file": "", "received_at": "", "manifest": ""}
    rows = [common | {"state": s, "period": period, "sequence": n} for s, (period, n) in places.items()]
    assert bool(open_refusals(resource.model_copy(update={"load": load}), rows)) is is_open


def test_a_landing_asks_the_journal_once_what_stands(tmp_path: Path) -> None:
    make_home(tmp_path)
    deliver(tmp_path, "thing_20260302_1.csv", rows=2)
    assert run(tmp_path, "extract") == DONE
    ctx = again(tmp_path)
    (waiting,) = (delivery_of(row) for row in ctx.journal.newest(DELIVERIES, "load_id"))
    asked: list[str] = []
    sa.event.listen(ctx.journal.engine, "before_cursor_execute", lambda *event: asked.append(event[2]))
    ingest._land(ctx, waiting)
    assert sum("FROM deliveries" in statement.split("WHERE")[0] for statement in asked) == 1
