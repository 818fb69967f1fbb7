"""What departments send: breadth, formats, load modes, manifests, and deliveries that go wrong."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.simulate.conftest import City


def test_breadth(city: City) -> None:
    """Departments, systems and resources of the domain sheet that deliver."""
    resources = {d["resource"] for d in city.deliveries}
    assert resources == set(city.catalog.live)
    assert len(resources) >= 45
    assert len({name.rsplit(".", 1)[0] for name in resources}) >= 18
    assert len({name.split(".")[0] for name in resources}) >= 14


def test_one_department_has_21_tables_of_a_few_rows(city: City) -> None:
    """城管: 21 catalogue entries that hold next to nothing."""
    rows = Counter[str]()
    for delivery in city.deliveries:
        if delivery["resource"].startswith("cgj."):
            rows[delivery["resource"]] = max(rows[delivery["resource"]], delivery["rows"])
    assert len(rows) == 21
    assert max(rows.values()) < 150


def test_formats_and_loads(city: City) -> None:
    """The formats that departments send, and the three ways of loading."""
    live = city.catalog.live
    formats = [city.catalog.format_of(rid) for rid in live]
    assert {f.kind for f in formats} >= {"csv", "xlsx", "jsonl", "json", "sqlite", "sql"}
    texts = {(f.encoding, f.delimiter) for f in formats if f.kind == "csv"}
    assert {("gb18030", ","), ("utf-8-sig", ","), ("gb18030", "|"), ("utf-8", "\t")} <= texts
    assert any(f.kind == "xlsx" and f.header_rows == 2 and f.footer for f in formats)
    assert any(f.member for f in formats)
    assert any("." in (f.records or "") for f in formats)
    assert {r.load.mode for r in live.values()} == {"full", "incremental", "cdc"}
    assert len([r for r in live if city.catalog.access[r].kind == "sql"]) >= 5


def test_files_are_what_they_are_declared(city: City) -> None:
    """Byte order marks, header rows and footers, nested documents, zipped members, rare characters in GB18030."""
    inbox = city.out / "inbox"
    assert (inbox / "gaj/address/bzdz_20260302_1.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    people = (inbox / "gaj/household/hjrk_20260302_1.csv").read_bytes().decode("gb18030")
    assert any(char >= "\U00020000" for char in people)
    rows = CalamineWorkbook.from_path(inbox / "fgj/credit/hmd_20260302_1.xlsx").get_sheet_by_index(0).to_python()
    fields = city.catalog.resources["fgj.credit.blacklist"].fields
    assert rows[0] == [f.label for f in fields]
    assert rows[1] == [f.name for f in fields]
    assert [str(row[0])[:3] for row in rows[-2:]] == ["合计：", "制表人"]
    document = json.loads((inbox / "ybj/insured/cbry_20260302_1.json").read_text(encoding="utf-8"))
    assert document["output"]["data"][0].keys()
    with zipfile.ZipFile(inbox / "scjgj/reg/qyjb_20260302_1.zip") as archive:
        assert archive.namelist() == ["qyjb_20260302_1.csv"]


def test_manifests_say_what_came_but_for_the_planted_ones(city: City) -> None:
    """Rows and sums of every text file against its manifest."""
    wrong = {}
    faults = {(d["resource"], d["file"]): d for d in city.deliveries}
    for manifest in city.manifests:
        delivery = faults[manifest["resource"], manifest["file"]]
        if manifest["rows"] != delivery["rows"]:
            wrong[manifest["resource"]] = "rows"
        for column, total in manifest.get("sums", {}).items():
            if Decimal(total) != _sum(city, manifest["resource"], manifest["file"], column):
                wrong[manifest["resource"]] = "sum"
    assert wrong == {"rsj.si.unit": "rows", "fgj.credit.penalty": "sum"}


def _sum(city: City, resource: str, file: str, column: str) -> Decimal:
    access, fmt = city.catalog.access[resource], city.catalog.format_of(resource)
    text = (city.out / "inbox" / (access.path or "") / file).read_bytes().decode(fmt.encoding)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=fmt.delimiter)
    header = next(rows)
    place = header.index(column)
    cells = [row[place].replace(",", "") for row in rows if len(row) == len(header)]
    return sum((Decimal(cell) for cell in cells if cell.replace(".", "").isdigit()), Decimal(0))


def test_deliveries_that_go_wrong(city: City) -> None:
    """Late, doubled, truncated, undecodable, wrong totals, replaced, repeated, A-B-A; refused ones are told apart."""
    faults = Counter((d["fault"], d["verdict"]) for d in city.deliveries if d["fault"])
    assert {fault for fault, _ in faults} == {
        *("late", "doubled", "truncated", "undecodable", "wrong_total", "wrong_sum", "replaced", "repeated"),
        *("aba", "b_of_aba", "a_of_aba"),
    }
    refused = {d["fault"] for d in city.deliveries if d["verdict"] == "refused"}
    assert refused == {"truncated", "undecodable", "wrong_total", "wrong_sum", "replaced"}
    late = next(d for d in city.deliveries if d["fault"] == "late")
    assert late["received_at"][:10] > late["period"]


@pytest.mark.parametrize(
    ("folder", "first", "middle", "last"),
    [
        ("scjgj/reg", "gtjb_20260304_1.zip", "gtjb_20260304_2.zip", "gtjb_20260304_3.zip"),
        ("scjgj/reg", "gd_20260302_1.csv", "gd_20260303_1.csv", "gd_20260304_1.csv"),
    ],
)
def test_a_b_a(city: City, folder: str, first: str, middle: str, last: str) -> None:
    """Within a day and over three days: the third delivery has the rows of the first, not those of the second."""
    a, b, again = [_content(city.out / "inbox" / folder / name) for name in (first, middle, last)]
    assert a == again != b


def _content(path: Path) -> str:
    if path.suffix != ".zip":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as archive:
        return hashlib.sha256(archive.read(archive.namelist()[0])).hexdigest()


def test_a_b_a_ends_at_a(city: City) -> None:
    """In the truth what B left out stands again."""
    last = {entry["resource"]: entry for entry in city.ledger}
    for resource, file in (
        ("scjgj.reg.individual", "gtjb_20260304_1.zip"),
        ("scjgj.reg.investor", "gd_20260302_1.csv"),
    ):
        rows = [r for r in city.records if r["resource"] == resource and r["file"] == file and r["verdict"] == "kept"]
        assert last[resource]["current"] == len({r["entity_id"] for r in rows})
        assert last[resource]["withdrawn"] > 0


def test_a_change_feed_updates_and_deletes(city: City) -> None:
    """Operations I, U and D; what was deleted does not stand."""
    rows = [json.loads(line) for line in _lines(city, "zsj/dispatch") if line.endswith("}")]
    operations = Counter(row["op"] for row in rows)
    assert {"I", "U", "D"} <= set(operations)
    entry = next(e for e in reversed(city.ledger) if e["resource"] == "zsj.dispatch.event")
    assert entry["withdrawn"] > 0
    assert entry["superseded"] > 0


def _lines(city: City, folder: str) -> list[str]:
    paths = sorted((city.out / "inbox" / folder).glob("*.jsonl"))
    return [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def test_databases_grow_by_watermark(city: City) -> None:
    """Rows of a later day carry a later watermark than all before, so that an extract by watermark misses none."""
    path = city.out / "inbox" / "zfw" / "zwgc" / "zwgc.sqlite"
    connection = sqlite3.connect(path)
    try:
        marks: list[Any] = [row[0] for row in connection.execute("SELECT update_time FROM zw_person ORDER BY rowid")]
    finally:
        connection.close()
    days = [str(mark)[:10] for mark in marks]
    assert days == sorted(days)
    assert set(days) == {"2026-03-02", "2026-03-03", "2026-03-04"}
