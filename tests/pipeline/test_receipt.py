"""Deliveries that are refused, corrected and taken back, from the file to the receipt that its department gets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jobs.audit.facts import read_facts
from jobs.audit.findings import find_all
from jobs.audit.measures import ledger
from jobs.cli import invoke
from jobs.context import Context
from jobs.lake.delivery import delivery_of
from jobs.lake.journal import DELIVERIES
from jobs.land import job as land_job
from jobs.pipeline.receipt import receipts
from jobs.serve.receipt import receipt_text
from tests.land.home import COLUMNS, RESOURCE, make_home

pytestmark = pytest.mark.engine
DAY = "2026-03-09"


class Home:
    """One resource and its inbox."""

    def __init__(self, folder: Path) -> None:
        self.ctx = make_home(folder)
        self.inbox = self.ctx.inbox / "dep" / "sys"
        self.inbox.mkdir(parents=True)

    def send(self, name: str, places: dict[str, str], header: tuple[str, ...] = COLUMNS, **manifest: Any) -> None:
        lines = [",".join(header), *[f"{key},张三,{place}" for key, place in places.items()], ""]
        (self.inbox / name).write_text("\n".join(lines), encoding="utf-8")
        if manifest:
            (self.inbox / f"{name}.manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    def brain(self, *args: str) -> int:
        engine = os.environ.get("BRAIN_ENGINE") or "sail"
        return invoke(["-q", "--home", str(self.ctx.settings.home), "--engine", engine, *args])

    def run(self) -> None:
        assert self.brain("run", "--to", "standardise", "--date", DAY) in (0, 5)

    def state(self) -> dict[str, str]:
        """Key → place of the current rows."""
        ctx = Context(self.ctx.settings, DAY)
        version = ctx.lake.passed("standardised", RESOURCE)
        assert version is not None
        query = "SELECT element_0, element_2 FROM read_parquet($files) WHERE _fate = 'current'"
        return dict(duckdb.execute(query, {"files": ctx.lake.files(version)}).fetchall()) if version.rows else {}

    def balances(self) -> bool:
        ctx = Context(self.ctx.settings, DAY)
        return all(row["balances"] for row in ledger(ctx, read_facts(ctx)))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_what_was_taken_back_or_corrected_leaves_no_trace_in_the_state(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.send("thing_20260301_1.csv", {"1": "a", "2": "a"})
    home.send("thing_20260302_1.csv", {"1": "wrong", "3": "wrong"})
    home.run()
    assert home.state() == {"1": "wrong", "3": "wrong"}
    home.send("thing_20260302_2.csv", {"1": "right", "2": "a"}, corrects="2026-03-02")
    home.run()
    assert home.state() == {"1": "right", "2": "a"}
    assert home.balances()
    capsys.readouterr()
    assert home.brain("where", RESOURCE, "3", "--json") == 0
    (gone,) = json.loads(capsys.readouterr().out)
    assert (gone["fate"], gone["why"]) == ("superseded", "a correction of the whole period took its place")
    home.send("thing_20260302_2.csv", {"1": "right", "2": "a"}, withdrawn=True)
    home.run()
    assert home.state() == {"1": "wrong", "3": "wrong"}, "the correction itself was taken back"
    home.send("thing_20260302_1.csv", {"1": "wrong", "3": "wrong"}, withdrawn=True)
    home.run()
    assert home.state() == {"1": "a", "2": "a"}
    assert home.balances()
    home.send("thing_20260301_1.csv", {"1": "a", "2": "a"}, withdrawn=True)
    home.run()
    assert home.state() == {}
    assert home.balances()


def test_the_receipt_says_what_became_of_it_and_no_value(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.send(
        "thing_20260301_1.csv",
        {"1": "东城", "2": "万江", "3": "莞城,多一格"} | {f"9{n}": "x" for n in range(60)},
        rows=63,
    )
    home.run()
    capsys.readouterr()
    assert home.brain("receipt", RESOURCE, "--json") == 0
    text = capsys.readouterr().out
    (receipt,) = json.loads(text)
    row = next(r for r in home.ctx.journal.newest(DELIVERIES, "load_id"))
    assert (receipt["state"], receipt["sha256"], receipt["sequence"]) == ("landed", delivery_of(row).blob, 1)
    counts = {"declared": 63, "received": 63, "landed": 62, "rejected": 1, "quarantined": 0}
    assert receipt["rows"] == counts | {"untaken": None}
    assert receipt["rejected"] == [{"reason": "column_count", "rows": 1}]
    assert home.brain("receipt", RESOURCE) == 0
    text += capsys.readouterr().out
    assert "结论：已接收" in text
    assert "声明 63 行，相符；收到 63 行 ＝ 入湖 62 行 ＋ 拒收 1 行" in text
    assert "拒收 1 行：列数与表头不符" in text
    assert not any(value in text for value in ("张三", "东城", "莞城"))


def test_the_receipt_of_a_refusal_names_the_reason_in_chinese(home: Home, tmp_path: Path) -> None:
    home.send("thing_20260301_1.csv", {"1": "a"}, ("编号", "姓名", "现地址"))
    home.run()
    out = tmp_path / "out"
    assert home.brain("receipt", "dep.*", "--out", str(out)) == 0
    name = f"{RESOURCE}_2026-03-01_1"
    assert sorted(path.name for path in out.iterdir()) == [f"{name}.json", f"{name}.txt"]
    text = (out / f"{name}.txt").read_text(encoding="utf-8")
    assert "结论：整批拒收：表头缺少 地址" in text
    assert "行数：声明 未声明；文件共有 1 行，均未接收" in text
    assert json.loads((out / f"{name}.json").read_text(encoding="utf-8"))["rows"]["untaken"] == 1


def test_a_delivery_refused_for_its_rejects_says_where_they_are(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """The last one has a cell too many, which no cut file has."""
    home.send("thing_20260301_1.csv", {"1": "a,b", "2": "东城", "3": "a,b", "4": "a,b", "5": "a,b"})
    home.run()
    (receipt,) = receipts(Context(home.ctx.settings, DAY), RESOURCE)
    text = receipt_text(receipt)
    assert "收到 5 行，其中 80.00% 读不成行，限 5%，首见于第 1、3、4 行" in text
    assert "截断" not in text
    capsys.readouterr()
    assert home.brain("gate", "landed", RESOURCE) == 3
    assert "拒收行不超过 5%" in capsys.readouterr().out


def test_a_refused_delivery_stays_the_newest_when_an_older_one_is_withdrawn(home: Home) -> None:
    home.send("thing_20260301_1.csv", {"1": "a"})
    home.run()
    assert home.brain("gate", "landed", RESOURCE) == 0
    home.send("thing_20260302_1.csv", {"1": "a,b", "2": "a"})
    home.run()
    assert home.brain("gate", "landed", RESOURCE) == 3
    home.send("thing_20260301_1.csv", {"1": "a"}, withdrawn=True)
    home.run()
    assert home.brain("gate", "landed", RESOURCE) == 3


def test_the_gate_of_a_file_that_no_rule_judged_says_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.send("thing_20260301_1.csv", {"1": "a"}, ("编号", "姓名", "现地址"))
    home.run()
    capsys.readouterr()
    assert home.brain("gate", "landed", RESOURCE) == 3
    assert "thing_20260301_1.csv was refused before any rule was judged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ("1,张三,a\n2,李四,b\n3,王五,c\n", 2),
        ("编号;姓名;地址\n1;张三;a\n2;李四;b\n", 2),
        ("编号,姓名,姓名,地址\n1,张三,x,a\n2,李四,y\n\n", 2),
        ('编号,姓名\n1,"张\n三"\n', 1),
        ("编号,姓名\n1,张三\n2,\xff\n", None),
    ],
)
def test_rows_of_a_file_without_its_header_are_counted_by_records(home: Home, data: str, rows: int | None) -> None:
    """A damaged byte leaves them uncounted, and the receipt says so."""
    (home.inbox / "thing_20260301_1.csv").write_bytes(data.encode().replace("ÿ".encode(), b"\xff"))
    home.run()
    (receipt,) = receipts(Context(home.ctx.settings, DAY), RESOURCE)
    assert (receipt["state"], receipt["rows"]["untaken"], receipt["notes"]) == ("refused", rows, {})
    said = "文件行数未计" if rows is None else f"文件共有 {rows} 行"
    assert said in receipt_text(receipt)


def test_a_large_file_without_its_header_is_not_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(land_job, "COUNTED_MB", 0)
    home.send("thing_20260301_1.csv", {"1": "a"}, ("编号", "姓名", "现地址"))
    home.run()
    (receipt,) = receipts(Context(home.ctx.settings, DAY), RESOURCE)
    assert "文件行数未计（文件过大，或无法逐行读出），均未接收" in receipt_text(receipt)


def test_a_row_and_a_delivery_come_with_what_was_noticed_in_reading(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.inbox / "thing_20260301_1.csv").write_text("编号,姓名,地址\r\n1,张三,a\n", encoding="utf-8-sig")
    home.run()
    noticed = {"bom": 1, "mixed_ends": 1}
    capsys.readouterr()
    for command in (("where", RESOURCE, "1"), ("deliveries",)):
        assert home.brain(*command, "--json") == 0
        (row,) = json.loads(capsys.readouterr().out)
        assert row["notes"] == noticed
        assert home.brain(*command) == 0
        assert "bom 1, mixed_ends 1" in capsys.readouterr().out


def test_a_flagged_cell_is_shown_with_its_delivered_text_only_where_asked(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a quoted text: what a terminal would not show, or would obey, is written out."""
    home.send("thing_20260301_1.csv", {"1": "东城", "2": "ＡＢ :100:\u200b\x1b[31m "})
    home.run()
    capsys.readouterr()
    assert home.brain("where", RESOURCE, "2") == 0
    assert "ＡＢ" not in capsys.readouterr().out
    assert home.brain("where", RESOURCE, "2", "--cells") == 0
    assert (
        "thing_20260301_1.csv, row 2: element_2 is repaired: 'ＡＢ :100:\\u200b\\x1b[31m '" in capsys.readouterr().out
    )


def test_rows_of_one_key_that_say_different_things_are_found_and_each_has_its_fate(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gate judges what is kept, which has each key once: it cannot see them."""
    lines = [",".join(COLUMNS), "1,张三,a", "2,李四,b", "2,王五,c", "1,张三,a", ""]
    (home.inbox / "thing_20260301_1.csv").write_text("\n".join(lines), encoding="utf-8")
    home.run()
    ctx = Context(home.ctx.settings, DAY)
    facts = read_facts(ctx)
    (row,) = ledger(ctx, facts)
    assert (row["current"], row["duplicate"], row["overwritten"], row["balances"]) == (2, 1, 1, True)
    (found,) = [f for f in find_all(ctx.catalog, facts, [row], [], {}) if f["kind"] == "key_repeated"]
    assert (found["severity"], found["n_failed"], found["n_checked"]) == ("warning", 1, 4)
    assert "李四" not in str(found) and "王五" not in str(found)
    capsys.readouterr()
    for key, fates in (("1", {1: "duplicate", 4: "current"}), ("2", {2: "replaced", 3: "current"})):
        assert home.brain("where", RESOURCE, key, "--json") == 0
        assert {row["row_no"]: row["fate"] for row in json.loads(capsys.readouterr().out)} == fates


def test_a_blocked_table_says_in_which_rows_it_begins(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of a table that never passed is served: its rows would be nowhere to be seen."""
    home.send("thing_20260301_1.csv", {"1": "a", "": "b", "3": "c"})
    capsys.readouterr()
    for _again in range(2):
        assert home.brain("run", "--to", "standardise", "--date", DAY) == 5
        said = capsys.readouterr().out
        assert f"blocked: standardised.{RESOURCE}: " in said
        assert "隔离的首见于 thing_20260301_1.csv 第 2 行" in said
        assert f"brain gate standardised {RESOURCE}" in said


def test_a_blocked_table_names_no_row_that_a_later_delivery_put_right(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.send("thing_20260301_1.csv", {"1": "a", "": "b", "3": "c"})
    home.run()
    home.send("thing_20260301_2.csv", {"1": "a", "2": "b", "3": "c", "": "d"})
    capsys.readouterr()
    assert home.brain("run", "--to", "standardise", "--date", DAY) == 5
    said = capsys.readouterr().out
    assert "隔离的首见于 thing_20260301_2.csv 第 4 行" in said
    assert "thing_20260301_1.csv" not in said


def test_a_run_says_which_table_passed_with_a_warning(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    rules = home.ctx.settings.home / "expectations" / "3_standardised" / f"{RESOURCE}.yml"
    rules.parent.mkdir(parents=True)
    usual = {"expect": "expect_column_values_to_be_in_set", "with": {"column": "element_2", "value_set": ["a", "b"]}}
    rules.write_text(json.dumps([usual | {"severity": "warning"}]), encoding="utf-8")
    home.send("thing_20260301_1.csv", {"1": "a", "2": "elsewhere"})
    capsys.readouterr()
    for built in ("1", "0"):
        assert home.brain("run", "--to", "standardise", "--date", DAY) == 0
        said = capsys.readouterr().out.splitlines()
        columns = [line.split()[:5] for line in said if line.startswith("standardised")]
        assert columns == [["standardised", "1", built, "1", "0"]], (
            "tables, built, warned, stopped: whichever run looks"
        )
        assert f"passed with a warning: standardised.{RESOURCE}" in said
        assert f"which rules failed: brain gate standardised {RESOURCE}" in said
    assert home.brain("run", "--to", "standardise", "--date", DAY, "--json") == 0
    assert json.loads(capsys.readouterr().out)["warned"] == [f"standardised.{RESOURCE}"]
    assert home.brain("gate", "standardised", RESOURCE) == 0


def test_a_run_names_files_that_are_no_resources(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.send("thing_20260301_1.csv", {"1": "a"})
    home.send("thing-0302.csv", {"2": "秘密"})
    assert home.brain("run", "--to", "standardise", "--date", DAY) == 0, "nothing that was taken suffers"
    (said,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("unclaimed")]
    assert said == (
        "unclaimed: inbox/dep/sys: 1 files are no resource's: thing-0302.csv. Ask for them again, named like "
        "thing_{period}_{sequence}.*, or declare them in catalog/connections.yml"
    )
    assert home.brain("run", "--to", "standardise", "--date", DAY, "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["unclaimed"]
    assert (row["department"], row["files"], row["names"]) == ("dep", 1, ["thing-0302.csv"])


def test_a_delivery_that_never_came_has_no_receipt(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.brain("receipt", RESOURCE) == 2
    assert "journal.deliveries" in capsys.readouterr().err
