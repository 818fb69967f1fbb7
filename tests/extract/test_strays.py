"""Files in the inbox that are no resource's: named once with what to do, never opened, one listing a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jobs.audit.facts import read_facts
from jobs.audit.findings import find_all
from jobs.context import Context
from jobs.contracts import Access
from jobs.extract import job
from jobs.extract.strays import NAMED, find_strays
from jobs.lake.journal import STRAYS
from tests.land.home import make_home

FILES = Access(kind="files", path="dep/sys", pattern="thing_{period}_{sequence}.csv")
BASE = Access(kind="sql", url="sqlite:///{inbox}/dep/base/x.sqlite", table="t")


def put(inbox: Path, *names: str) -> None:
    for name in names:
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("秘密", encoding="utf-8")


def strays(inbox: Path, **access: Access) -> dict[str, list[str]]:
    return {found.folder: list(found.files) for found in find_strays(inbox, access or {"a": FILES}, lambda _: True)}


def test_only_files_that_nobody_waits_for_are_named(tmp_path: Path) -> None:
    put(tmp_path, "dep/sys/thing_20260301_1.csv", "dep/sys/thing_20260301_1.csv.manifest.json")
    put(tmp_path, *(f"dep/sys/{name}" for name in (".x", "~$x.xlsx", "x.csv.part", "x.TMP", "x~")))
    put(tmp_path, "dep/base/x.sqlite", "dep/base/x.sqlite-wal")
    assert strays(tmp_path, a=FILES, b=BASE) == {}
    put(tmp_path, "dep/sys/thing-20260301.csv", "dep/sys/more/thing_20260301_1.csv", "other/y.csv", "z.csv")
    (tmp_path / "dep/sys/thing_20260302_1.csv").symlink_to("thing_20260301_1.csv")
    assert strays(tmp_path, a=FILES, b=BASE) == {
        "": ["z.csv"],
        "dep/sys": ["thing-20260301.csv", "thing_20260302_1.csv"],
        "dep/sys/more": ["thing_20260301_1.csv"],
        "other": ["y.csv"],
    }


def test_names_are_few_and_plain_and_come_with_the_nearest_patterns(tmp_path: Path) -> None:
    put(tmp_path, *(f"dep/sys/thing{n:03d}.csv" for n in range(30)), "dep/sys/a\u202eb.csv")
    other = Access(kind="files", path="dep/sys", pattern="quite_another_{period}.xlsx")
    (found,) = find_strays(tmp_path, {"a": FILES, "b": other}, lambda _: True)
    assert (found.count, len(found.files), found.files[0]) == (31, NAMED, "a\\u202eb.csv")
    assert found.nearest == ("thing_{period}_{sequence}.csv",)


def test_each_folder_is_listed_once_and_no_file_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *(f"dep/sys/thing_20260301_{n}.csv" for n in range(50)), "dep/sys/x.csv")
    listed: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(str(path)), scandir(path))[1])
    many = {str(n): FILES.model_copy(update={"pattern": f"{n}_{{period}}.csv"}) for n in range(100)}
    opened = {path: path.stat().st_atime_ns for path in (tmp_path / "dep/sys").iterdir()}
    assert strays(tmp_path, a=FILES, **many) == {"dep/sys": ["x.csv"]}
    assert sorted(listed) == [str(tmp_path), str(tmp_path / "dep"), str(tmp_path / "dep/sys")]
    assert {path: path.stat().st_atime_ns for path in opened} == opened


def findings(ctx: Context) -> list[dict[str, Any]]:
    job.run(ctx, ctx.catalog.live.values())
    rows = find_all(ctx.catalog, read_facts(ctx), [], [], {})
    return [row for row in rows if row["kind"] == "files_unclaimed"]


def test_a_run_testifies_it_once_and_the_finding_goes_with_the_file(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    put(ctx.inbox, "dep/sys/thing_20260301.csv", "dep/sys/thing_20260301_1.csv")
    (found,) = findings(ctx)
    assert (found["department"], found["table_name"], found["n_failed"]) == ("dep", "dep/sys", 1)
    assert "有 1 个文件不合任何登记的文件名，未接收：thing_20260301.csv" in found["what"]
    assert "thing_{period}_{sequence}.*" in found["remedy"] and "connections.yml" in found["remedy"]
    assert "秘密" not in str(found)
    assert [row["finding_id"] for row in findings(ctx)] == [found["finding_id"]]
    assert len(ctx.journal.rows(STRAYS.select())) == 1, "nothing new is nothing to note"
    (ctx.inbox / "dep/sys/thing_20260301.csv").unlink()
    assert findings(ctx) == []


def test_a_run_of_some_resources_leaves_the_folders_of_others_as_they_were_found(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    put(ctx.inbox, "dep/sys/x.csv", "nobody/y.csv")
    assert [row["table_name"] for row in findings(ctx)] == ["dep/sys", "nobody"]
    for name in ("dep/sys/x.csv", "nobody/y.csv"):
        (ctx.inbox / name).unlink()
    job.run(ctx, [])
    rows = find_all(ctx.catalog, read_facts(ctx), [], [], {})
    assert [row["table_name"] for row in rows if row["kind"] == "files_unclaimed"] == ["dep/sys"]
