"""Drafts are accepted by the catalog's check, and no value of the file stands in them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jobs.cli import invoke
from jobs.contracts import Catalog, Resource, load_catalog
from jobs.errors import UsageError
from jobs.land.reader import read_records
from jobs.profile import department_of, draft_yaml, profile_file
from jobs.profile.fields import scalar, slug
from tests.profile.conftest import City

NAMES = ("编号", "姓名", "公民身份号码", "注册资金(万元)", "登记日期", "动作", "甲乙丙", "true")
ROWS = [
    (f"A{n}", "张三丰", f"44190019900101{n:04d}", f"{n}.5", f"2026/03/{n % 28 + 1:02d}", "IUD"[n % 3], "零星记载", "x")
    for n in range(1000, 1040)
]


@pytest.fixture
def home(project: Path, tmp_path: Path) -> Path:
    """A home whose catalog may be added to."""
    home = tmp_path / "home"
    shutil.copytree(project / "catalog", home / "catalog")
    shutil.copytree(project / "expectations", home / "expectations")
    return home


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / "zgh" / "station" / "名单 20260305_1.csv"
    path.parent.mkdir(parents=True)
    path.write_text("".join(",".join(row) + "\n" for row in (NAMES, *ROWS)), encoding="gb18030")
    return path


def accepted(home: Path, draft: str, known: Catalog) -> Resource:
    """The resource that the draft declares, in a catalog without a fault."""
    path = home / draft.split("Draft of ", 1)[1].split(",", 1)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draft, encoding="utf-8")
    catalog = load_catalog(home)
    [name] = set(catalog.resources) - set(known.resources)
    return catalog.resources[name]


def test_a_draft_is_accepted(home: Path, delivery: Path, catalog: Catalog) -> None:
    seen = profile_file(delivery, catalog)
    resource = accepted(home, draft_yaml(seen, catalog, department_of(delivery, catalog, None)), catalog)
    fields = {field.name: field for field in resource.fields}
    assert resource.department == "zgh"
    assert resource.format.encoding == "gb18030"
    assert "动作" in fields or resource.load.mode == "full"
    assert resource.load.key[0] in ("公民身份号码", "编号")
    assert fields[resource.load.key[0]].required
    assert fields["登记日期"].formats == ("yyyy/MM/dd",)


def test_the_draft_is_placed_by_the_folder_of_the_file_and_by_its_own_name(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection it proposes leads to where the file lies; its ids are those of the path it is written to."""
    monkeypatch.chdir(home)
    path = home / "data" / "inbox" / "zgh" / "lifts" / "dt_20260305_1.csv"
    path.parent.mkdir(parents=True)
    path.write_text("电梯编号,所在镇街,联系电话\nT1,莞城街道,13800001001\nT2,东城街道,13800001002\n", encoding="utf-8")
    for out, system in ((None, "zgh.lifts"), ("catalog/sources/zgh/tejian.yml", "zgh.tejian")):
        draft = tmp_path / "draft.yml" if out is None else Path(out)
        assert invoke(["--home", str(home), "profile", str(path), "--out", str(draft)]) == 0
        text = draft.read_text(encoding="utf-8")
        assert f"system: {{id: {system}, " in text
        assert f'{system}.dt: {{kind: files, path: zgh/lifts, pattern: "dt_{{period}}_{{sequence}}.csv"}}' in text
    assert invoke(["--home", str(home), "check"]) == 0


def test_an_identifier_that_is_missing_here_and_there_is_the_key_before_a_column_that_happens_to_differ(
    tmp_path: Path, catalog: Catalog
) -> None:
    """A wrong key puts rows together that are two; one that is empty is set aside and seen."""
    path = tmp_path / "sites.csv"
    towns = ("莞城街道", "东城街道", "南城街道", "万江街道", "虎门镇")
    lines = [f"{'' if n == 3 else f'YLC{n:03d}'},{town},乐园" for n, town in enumerate(towns)]
    path.write_text("\n".join(["场地编号,所在镇街,备注", *lines, ""]), encoding="utf-8")
    seen = profile_file(path, catalog)
    assert [key.columns for key in seen.keys] == [("场地编号",), ("所在镇街",)]
    assert "load: {mode: full, key: [场地编号]}" in draft_yaml(seen, catalog, "zgh")


def test_a_file_without_header_declares_every_column(home: Path, tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "people.csv"
    path.write_text("".join(",".join(row) + "\n" for row in ROWS), encoding="utf-8")
    resource = accepted(home, draft_yaml(profile_file(path, catalog), catalog, "zgh"), catalog)
    assert resource.format.header_rows == 0
    assert [field.name for field in resource.fields] == [f"COL{n}" for n in range(1, len(NAMES) + 1)]


@pytest.mark.parametrize("resource", ["mzj.marriage.registration", "scjgj.reg.enterprise"])
def test_no_value_stands_in_a_draft(city: City, home: Path, resource: str) -> None:
    delivery = city.delivery(resource)
    seen = profile_file(delivery.path, city.catalog)
    draft = draft_yaml(seen, city.catalog, department_of(delivery.path, city.catalog, None))
    assert accepted(home, draft, city.catalog).fields
    fields = city.catalog.resources[resource].fields
    personal = [f.name for f in fields if city.catalog.elements[f.element].pii == "direct"]
    assert personal
    values = {
        value
        for chunk in read_records(delivery.path, city.catalog.format_of(resource), personal)
        for column in chunk.columns
        for value in column.to_pylist()
        if value and len(value) > 1
    }
    assert len(values) > 100
    assert [value for value in values if value in draft] == []


def test_the_command(home: Path, delivery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = home / "catalog" / "sources" / "zgh" / "md.yml"
    assert invoke(["--home", str(home), "profile", str(delivery), "--out", str(out)]) == 0
    assert invoke(["--home", str(home), "check"]) == 0
    capsys.readouterr()
    assert invoke(["--home", str(home), "profile", str(delivery), "--json"]) == 0
    told = capsys.readouterr().out
    facts = json.loads(told)
    assert facts["format"]["encoding"] == "gb18030"
    assert {column["name"]: column["grade"] for column in facts["columns"]}["公民身份号码"] in ("certain", "likely")
    assert "张三丰" not in told
    assert "零星记载" not in told


def test_whose_file_it_is(catalog: Catalog, delivery: Path, tmp_path: Path) -> None:
    assert department_of(delivery, catalog, None) == "zgh"
    assert department_of(delivery, catalog, "gaj") == "gaj"
    with pytest.raises(UsageError, match="unknown"):
        department_of(delivery, catalog, "nobody")
    with pytest.raises(UsageError, match="whose file"):
        department_of(tmp_path / "x.csv", catalog, None)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("姓名", "姓名"),
        ("开办资金(万元)", "开办资金(万元)"),
        ("true", '"true"'),
        ("12", '"12"'),
        ("a: b", '"a: b"'),
        ("|", '"|"'),
    ],
)
def test_texts_are_quoted_where_yaml_would_read_them_otherwise(text: str, written: str) -> None:
    assert scalar(text) == written


def test_identifiers_from_names() -> None:
    assert slug("人员名单 2026") == "rymd_2026"
    assert slug("12345工单") == "x12345gd"
