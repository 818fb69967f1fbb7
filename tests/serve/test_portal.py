"""The portal as files: complete, small, escaped, reproducible, honest."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from jobs.contracts import Catalog
from jobs.errors import UsageError
from jobs.serve.portal import render as renderer
from jobs.serve.portal import render_portal, samples
from jobs.serve.portal.render import _environment as pages_of
from jobs.serve.portal.scores import GOOD, POOR, RED, YELLOW
from tests.serve.arrived import BLOCKED, WAITING
from tests.serve.conftest import parsed, render
from tests.serve.markup import Page
from tests.serve.sample import PERSON, Sample, write

MAX_PAGE = 300_000
UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def bytes_of(portal: Path) -> dict[str, bytes]:
    return {str(path.relative_to(portal)): path.read_bytes() for path in portal.rglob("*") if path.is_file()}


def test_every_live_thing_has_a_page(portal: Path, catalog: Catalog) -> None:
    departments = {resource.department for resource in catalog.live.values()}
    assert {path.stem for path in (portal / "departments").iterdir()} == departments
    assert {path.name.removesuffix(".html") for path in (portal / "resources").iterdir()} == set(catalog.live)
    assert {path.stem for path in (portal / "libraries").iterdir()} == set(catalog.entities)
    assert {"index.html", "release.html", "catalog.html"} <= {path.name for path in portal.iterdir()}


@pytest.mark.parametrize("name", ["pages", "hostile_pages"])
def test_pages_are_well_formed_and_small(name: str, request: pytest.FixtureRequest) -> None:
    for page in request.getfixturevalue(name).values():
        assert not page.faults, (page.path.name, page.faults[:3])
        assert page.path.stat().st_size <= MAX_PAGE, page.path.name
        assert page.headings.count(1) == 1 and page.headings[0] <= 2, page.path.name
        assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
        assert page.tables == page.captions, page.path.name
        assert len(page.ids) == len(set(page.ids)), page.path.name
        assert [page.landmarks.count(mark) for mark in ("header", "main", "footer")] == [1, 1, 1]
        assert 'http-equiv="Content-Security-Policy"' in page.text and "unsafe" not in page.text


def test_files_that_are_no_resources_are_counted_on_the_first_page_and_stand_on_their_departments(
    pages: dict[str, Page],
) -> None:
    said = re.sub(r"\s+", " ", pages["index.html"].said)
    assert "各收件处另有 5 个文件不合任何登记的文件名，未接收：" in said
    assert "gaj/household 3 个" in said and "misc 2 个" in said
    assert "收件目录 gaj/household 有 3 个文件不合任何登记的文件名" in pages["departments/gaj.html"].said
    assert "文件名不合登记" in pages["departments/gaj.html"].said


def test_links_lead_somewhere_inside(portal: Path, pages: dict[str, Page]) -> None:
    known = {page.path.resolve(): set(page.ids) for page in pages.values()}
    for page in pages.values():
        for link in page.links:
            address, _, anchor = link.partition("#")
            assert "//" not in address and not address.startswith(("/", "data:", "javascript:")), (page.path.name, link)
            target = (page.path.parent / unquote(address)).resolve() if address else page.path.resolve()
            assert target.is_file() and target.is_relative_to(portal.resolve()), (page.path.name, link)
            assert not anchor or anchor in known.get(target, {anchor}), (page.path.name, link)


def test_hostile_texts_stay_texts(hostile_portal: Path, hostile_pages: dict[str, Page]) -> None:
    said = 0
    for page in hostile_pages.values():
        assert "<script>" not in page.text
        assert not UNSEEN.search(page.text), page.path.name
        said += "[U+202E]" in page.said and "<script>alert('x')</script>" in page.said
    assert said >= 14
    index = (hostile_portal / "index.js").read_text(encoding="utf-8")
    assert not set("<>&") & set(index) and not UNSEEN.search(index)
    found = json.loads(index.removeprefix("window.REPORT_INDEX = ").removesuffix(";\n"))
    assert any("<script>" in item[0] for item in found["items"])


@pytest.mark.parametrize("name", ["portal", "hostile_portal"])
def test_nobody_can_be_recognised(name: str, request: pytest.FixtureRequest) -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in request.getfixturevalue(name).rglob("*.*"))
    for value in PERSON.values():
        assert value not in everything
    assert PERSON["id"][:6] + PERSON["id"][6:14] not in everything
    assert "4****************6" in everything and "欧阳**" in everything and "厚街镇****" in everything


@pytest.mark.parametrize(
    ("module", "name", "found"),
    [(samples, "mask", PERSON["id"]), (renderer, "_shown", "\u202e")],
    ids=["masking", "spelling out"],
)
def test_without_the_protection_it_would_show(
    module: object, name: str, found: str, hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative controls: with masking or spelling out switched off, the tests above have something to find."""
    monkeypatch.setattr(module, name, lambda value, *_: value)
    if module is renderer:
        monkeypatch.setattr(renderer, "_environment", pages_of.__wrapped__)
    out = render(hostile, tmp_path)
    assert any(found in path.read_text(encoding="utf-8") for path in out.rglob("*.html"))


def test_without_escaping_it_would_run(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = pages_of.__wrapped__()
    bare.autoescape = False
    monkeypatch.setattr(renderer, "_environment", lambda: bare)
    assert "<script>alert" in (render(hostile, tmp_path) / "index.html").read_text(encoding="utf-8")


def test_a_catalog_of_thousands_is_cut_into_pages(catalog: Catalog, tmp_path: Path) -> None:
    few = list(catalog.resources.values())
    many = {f"{r.id}_{n}": r.model_copy(update={"id": f"{r.id}_{n}"}) for n in range(5) for r in few}
    big = replace(catalog, access={}, resources=many)
    out = render(write(Sample(big), tmp_path / "big.duckdb"), tmp_path / "out")
    names = {path.name for path in out.glob("catalog*.html")}
    assert names == {"catalog.html", *(f"catalog-{n}.html" for n in range(2, -(-len(many) // 300) + 1))}
    assert max(path.stat().st_size for path in out.rglob("*.html")) <= MAX_PAGE
    script = (out / "index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("window.REPORT_INDEX = ").removesuffix(";\n"))
    far = next(item for item in index["items"] if item[3].startswith("catalog-2.html#"))
    assert f'id="{far[3].split("#")[1]}"' in (out / "catalog-2.html").read_text(encoding="utf-8")


def test_same_release_same_bytes(hostile_portal: Path, hostile: Path, tmp_path: Path) -> None:
    again = render(hostile, tmp_path / "again")
    assert bytes_of(again) == bytes_of(hostile_portal)
    shutil.copytree(hostile_portal, tmp_path / "copy")
    (tmp_path / "copy" / "departments" / "gone.html").write_text("of a department that is no longer")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "copy").rglob("*.*") if path.stem != "gone"}
    render(hostile, tmp_path / "copy")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "copy").rglob("*.*")} == before


def test_an_unapproved_release_says_so(pages: dict[str, Page], small: Catalog, tmp_path: Path) -> None:
    for name in ("index.html", "release.html", "departments/gaj.html"):
        assert "未经人工批准（演示）" in pages[name].said
    approved = render(write(Sample(small, approved_by="首席数据官"), tmp_path / "a.duckdb"), tmp_path / "out")
    assert "批准：首席数据官" in Page(approved / "index.html").said
    assert "未经人工批准（演示）" not in Page(approved / "index.html").said
    assert "未经人工批准" not in (approved / "print.css").read_text(encoding="utf-8")


def test_simulated_data_is_named_so_only_where_it_is(pages: dict[str, Page], small: Catalog, tmp_path: Path) -> None:
    assert all("模拟数据" in page.said for page in pages.values())
    real = render(write(Sample(small, note="季度发布"), tmp_path / "r.duckdb"), tmp_path / "out")
    assert not any("模拟" in page.said for page in parsed(real).values())
    assert "模拟" not in (real / "print.css").read_text(encoding="utf-8")


def test_what_is_not_connected_is_no_success(portal: Path, catalog: Catalog) -> None:
    text = (portal / "catalog.html").read_text(encoding="utf-8")
    rows = dict(re.findall(r'<tr id="([^"]+)">(.*?)</tr>', text, re.DOTALL))
    assert rows.keys() == catalog.resources.keys()
    for key, row in rows.items():
        assert ("未接入" in row) == (key not in catalog.live), key
        assert key in catalog.live or "i-ok" not in row
    assert "未测量" in rows[WAITING] and "阻断" in rows[BLOCKED[0]]


def test_first_page_answers_the_questions(pages: dict[str, Page], served: Path) -> None:
    said = pages["index.html"].said
    with duckdb.connect(str(served), read_only=True) as connection:

        def one(query: str) -> int:
            row = connection.execute(query).fetchone()
            assert row
            return int(row[0])

        live = one("SELECT count(*) FROM meta.resources WHERE is_live")
        renewed = one(
            "SELECT count(*) FROM meta.tables t JOIN meta.resources r ON r.id = t.name "
            "WHERE is_live AND state IN ('ok', 'warned')"
        )
        failed = one("SELECT count(*) FROM journal.rules WHERE outcome <> 'passed'")
        contested = one("SELECT sum(n_conflicts) FROM audit.disputes")
    assert "可以使用，两项除外" in said and "法人库" in said
    assert f"{renewed}/ {live} 项目录" in said
    assert f"{failed}/ " in said and contested > 0
    assert "12345热线工单" in said.split("卡在哪里")[-1].split("谁来办")[0]
    for question in ("卡在哪里", "谁来办", "变了什么", "计分口径"):
        assert question in said


def test_a_blocked_resource_says_what_why_and_since(pages: dict[str, Page]) -> None:
    said = pages[f"resources/{BLOCKED[0]}.html"].said
    assert "：阻断，停在 11-20" in said and "未过“隔离行不超过 5%”（632 / 7901）" in said
    assert "牵连人口库" in said and "列数不符：12 列，应为 13 列" in said
    assert "尚无数据可评" in pages[f"resources/{WAITING}.html"].said


def test_tables_that_are_not_there_are_empty_ones(small: Catalog, tmp_path: Path) -> None:
    optional = ("audit", "journal", "reject")
    names = [name for name in Sample(small).tables() if name.split(".")[0] in optional]
    bare = Sample(small, drop=(*names, "meta.releases", "meta.dictionary", "meta.code_values"))
    out = render(write(bare, tmp_path / "bare.duckdb"), tmp_path / "out")
    said = Page(out / "index.html").said
    assert "首次发布" in said and "未测" in said and "100.0" not in said


def test_a_database_without_a_release_is_refused(tmp_path: Path) -> None:
    with duckdb.connect() as connection, pytest.raises(UsageError, match="no release"):
        render_portal(connection, tmp_path)


def test_marks_are_those_of_the_catalog(catalog: Catalog) -> None:
    scoring = catalog.scoring
    assert (scoring["good"], scoring["poor"]) == (GOOD, POOR)
    assert scoring["cards"] == {"red": RED, "yellow": YELLOW}


def test_colours_are_readable() -> None:
    """Text colours reach 4.5 against both grounds of their scheme, graphic ones 3 (WCAG 2.2)."""
    css = (Path(render_portal.__code__.co_filename).parent / "style.css").read_text(encoding="utf-8")
    light, dark = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]
    for scheme in (light, light | dark):
        for name in ("ink", "ink-2", "ink-3", "link", "brand", "ok", "warn", "block", "stale", "none"):
            assert contrast(scheme[name], scheme["paper"]) >= 4.5, name
        for name in ("ink", "ink-2", "ink-3", "link"):
            assert contrast(scheme[name], scheme["wash"]) >= 4.5, name
        for name in ("ink-2", "stale", "link"):
            assert contrast(scheme[name], scheme["stale-wash"]) >= 4.5, name
        for name in ("bar", "bar-2", "line-2"):
            assert contrast(scheme[name], scheme["paper"]) >= 3, name
        assert contrast(scheme["on-brand"], scheme["brand"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
