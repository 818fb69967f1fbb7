"""Schema drift: recognised, named, decided by what the resource declares, and never silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.context import Context
from jobs.errors import SourceError
from jobs.land import job
from jobs.land.drift import Change, Traits
from tests.land.home import RESOURCE, make_home, put_blob

NAMES = ("编号", "姓名", "手机号")
PHONES = [f"139{n:08d}" for n in range(40)]


def home(folder: Path, policy: dict[str, str] | None = None, **more: Any) -> Context:
    """A resource whose third column is a mobile number with two synonyms; ``more`` goes to that column."""
    ctx = make_home(folder, columns=NAMES, fmt=more.pop("fmt", None))
    elements = folder / "catalog" / "standards" / "elements.yml"
    declared = json.loads(elements.read_text(encoding="utf-8"))
    declared["elements"][2] |= {"name": "移动电话", "synonyms": ["联系电话", "SJHM"]}
    elements.write_text(json.dumps(declared, ensure_ascii=False), encoding="utf-8")
    source = folder / "catalog" / "sources" / "dep" / "sys.yml"
    system = json.loads(source.read_text(encoding="utf-8"))
    system["resources"][0]["drift"] = policy or {}
    system["resources"][0]["fields"][2] |= more
    source.write_text(json.dumps(system, ensure_ascii=False, indent=1), encoding="utf-8")
    return Context(ctx.settings, ctx.as_of)


def csv(*names: str, phones: list[str] = PHONES) -> bytes:
    """Forty records; the first three columns are number, name and phone whatever they are called."""
    rows = [",".join([f"A{n:03d}", "张三", phone, *["x"] * (len(names) - 3)]) for n, phone in enumerate(phones)]
    return "\n".join([",".join(names), *rows, ""]).encode()


def land(ctx: Context, content: bytes, sequence: int = 1, before: Traits | None = None) -> job.Landing:
    landing = job.run(ctx, put_blob(ctx, content, sequence=sequence), before=before)
    for version in (landing.version, landing.rejects_version):
        if version:
            ctx.lake.mark_passed(version, "passed", ctx.as_of)
    return landing


def phones_of(ctx: Context) -> list[str | None]:
    return ctx.lake.read_arrow("landed", RESOURCE).sort_by("编号")["手机号"].to_pylist()


def test_a_renamed_column_stops_with_the_line_to_change(tmp_path: Path) -> None:
    ctx = home(tmp_path)
    before = land(ctx, csv(*NAMES)).traits
    with pytest.raises(SourceError) as refusal:
        land(ctx, csv("编号", "姓名", "联系电话"), 2, before)
    said = str(refusal.value)
    assert "column '联系电话' is not declared and looks like '手机号'" in said
    assert "a name of element_2, cells of the same shape" in said
    lines = (tmp_path / "catalog/sources/dep/sys.yml").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if '"name": "手机号"' in text)
    assert f"`aliases: [联系电话]` to catalog/sources/dep/sys.yml:{line - 1}" in said, "the item begins at its brace"
    assert "139" not in said
    assert "张三" not in said


@pytest.mark.parametrize("name", ["联系电话", "sjhm", "联系 电话"])
def test_a_renamed_column_is_taken_where_the_policy_says_so(tmp_path: Path, name: str) -> None:
    ctx = home(tmp_path, {"renamed": "alias"})
    landing = land(ctx, csv("编号", "姓名", name))
    assert phones_of(ctx) == PHONES
    assert landing.changes == [Change("renamed", name.replace(" ", ""), "手机号")]


def test_a_name_that_fits_cells_that_do_not_is_not_taken(tmp_path: Path) -> None:
    ctx = home(tmp_path, {"renamed": "alias"})
    before = land(ctx, csv(*NAMES)).traits
    with pytest.raises(SourceError, match="lacks 手机号"):
        land(ctx, csv("编号", "姓名", "联系电话", phones=["东城街道"] * 40), 2, before)


def test_two_columns_that_may_be_the_missing_one_are_not_taken(tmp_path: Path) -> None:
    ctx = home(tmp_path, {"renamed": "alias"})
    with pytest.raises(SourceError, match="lacks 手机号"):
        land(ctx, csv("编号", "姓名", "联系电话", "SJHM"))


def test_a_declared_alias_is_taken_and_is_no_change(tmp_path: Path) -> None:
    ctx = home(tmp_path, aliases=["联系电话"])
    landing = land(ctx, csv("编号", "姓名", "联系电话"))
    assert phones_of(ctx) == PHONES
    assert landing.changes == []
    with pytest.raises(SourceError, match="'手机号' and '联系电话' both stand for '手机号'"):
        land(ctx, csv(*NAMES, "联系电话"), 2)


def test_an_alias_is_known_to_objects_too(tmp_path: Path) -> None:
    ctx = home(tmp_path, aliases=["tel"], fmt={"kind": "jsonl"})
    rows = [{"编号": "A1", "姓名": "张三", "tel": "1"}, {"编号": "A2", "姓名": "李四", "tel": "2"}]
    land(ctx, "\n".join(map(json.dumps, rows)).encode())
    assert phones_of(ctx) == ["1", "2"]
    rows.append({"编号": "A3", "姓名": "王五", "手机号": "3"})
    with pytest.raises(SourceError, match="both stand for"):
        land(ctx, "\n".join(map(json.dumps, rows)).encode(), 2)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_missing_column_is_empty_where_the_policy_says_so(tmp_path: Path, kind: str) -> None:
    ctx = home(tmp_path, {"missing": "empty"}, fmt={"kind": kind})
    lines = '{"编号": "A1", "姓名": "张三"}\n' if kind == "jsonl" else "编号,姓名\nA1,张三\n"
    landing = land(ctx, lines.encode())
    assert phones_of(ctx) == [None]
    assert landing.changes == [Change("missing", field="手机号")]


@pytest.mark.parametrize(
    ("header", "more"),
    [
        pytest.param(("姓名", "手机号"), {}, id="the key is missing"),
        pytest.param(("编号", "姓名"), {"required": True}, id="a required column is missing"),
        pytest.param(("编号", "姓名", "联系电话"), {}, id="it rather was renamed"),
    ],
)
def test_what_may_not_be_empty_stops(tmp_path: Path, header: tuple[str, ...], more: dict[str, Any]) -> None:
    ctx = home(tmp_path, {"missing": "empty"}, **more)
    with pytest.raises(SourceError, match="lacks"):
        land(ctx, (",".join(header) + "\n" + ",".join("x" * len(header)) + "\n").encode())


@pytest.mark.parametrize(
    ("policy", "header", "phones", "change"),
    [
        ({}, (*NAMES, "备注"), PHONES, Change("added", "备注")),
        ({"added": "ignore"}, (*NAMES, "备注"), PHONES, None),
        ({}, ("姓名", "编号", "手机号"), PHONES, None),
        ({"reordered": "note"}, ("姓名", "编号", "手机号"), PHONES, Change("reordered", "姓名")),
        ({}, NAMES, ["东城街道"] * 40, Change("retyped", "", "手机号", "number", "text")),
        ({}, NAMES, [phone[3:] for phone in PHONES], Change("retyped", "", "手机号", "11", "8")),
        ({}, NAMES, [""] * 40, Change("retyped", "", "手机号", "number", "empty")),
        ({"retyped": "ignore"}, NAMES, [""] * 40, None),
    ],
)
def test_what_differs_from_the_delivery_before_is_noted(
    tmp_path: Path, policy: dict[str, str], header: tuple[str, ...], phones: list[str], change: Change | None
) -> None:
    ctx = home(tmp_path, policy)
    before = land(ctx, csv(*NAMES)).traits
    content = csv(*header, phones=phones)
    if header[0] == "姓名":  # the columns have changed places, and each cell went with its name
        content = content.replace("姓名,编号".encode(), "编号,姓名".encode(), 1)
        lines = [line.split(",") for line in content.decode().splitlines()]
        content = "\n".join(",".join((name, number, *rest)) for number, name, *rest in lines).encode()
    landing = land(ctx, content, 2, before)
    assert landing.changes == ([change] if change else [])


@pytest.mark.parametrize(
    ("policy", "header", "phones", "says"),
    [
        ({"added": "stop"}, (*NAMES, "备注"), PHONES, "column '备注' is not declared.*added: note"),
        ({"reordered": "stop"}, ("姓名", "编号", "手机号"), PHONES, "another order .* from '姓名' on"),
        ({"retyped": "stop"}, NAMES, ["东城街道"] * 40, "cells of '手机号' are of another kind .*number, now text"),
    ],
)
def test_what_the_policy_stops_leaves_nothing_behind(
    tmp_path: Path, policy: dict[str, str], header: tuple[str, ...], phones: list[str], says: str
) -> None:
    ctx = home(tmp_path, policy)
    before = land(ctx, csv(*NAMES)).traits
    with pytest.raises(SourceError, match=says) as refusal:
        land(ctx, csv(*header, phones=phones), 2, before)
    assert "东城" not in str(refusal.value)
    assert ctx.lake.read_arrow("landed", RESOURCE).num_rows == 40


def test_without_a_header_cells_of_another_kind_stop(tmp_path: Path) -> None:
    """Two columns changed places: nothing but their cells says so."""
    ctx = home(tmp_path, fmt={"kind": "csv", "header_rows": 0})
    body = csv(*NAMES).partition(b"\n")[2]
    before = land(ctx, body).traits
    shifted = "\n".join(f"A{n:03d},{phone},张三" for n, phone in enumerate(PHONES)).encode()
    with pytest.raises(SourceError, match="cells of '姓名' are of another kind"):
        land(ctx, shifted, 2, before)
    land(ctx, body, 3, before)


def test_traits_come_back_from_the_journal() -> None:
    ctx_free = Traits(("a", "b"), {})
    assert Traits.of(json.loads(json.dumps(ctx_free.to_json()))) == ctx_free
