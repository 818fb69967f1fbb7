"""A home of one resource in two declarations: the wrong one that sets rows aside, and its correction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from jobs.audit.facts import read_facts
from jobs.audit.measures import ledger
from jobs.cli import invoke
from jobs.context import Context
from jobs.settings import Settings

RESOURCE, DAY = "dep.sys.thing", "2026-03-09"
OTHER = "dep.sys.other"
HEAD = "编号,性别,登记日,备注"


@dataclass(frozen=True)
class Declared:
    """What is corrected: the file's quotes, the spellings of a code, and the codes themselves."""

    quote: str = ""
    wild: tuple[str, ...] = ()
    mode: str = "incremental"


WRONG, RIGHT = Declared(), Declared(quote='"', wild=("男", "女"))


def declare(home: Path, declared: Declared) -> None:
    """Write the catalog; files that stay the same keep their bytes."""
    elements = [
        {"id": "record_id", "name": "编号", "identifier": "BH", "type": "string"},
        {"id": "sex", "name": "性别", "identifier": "XB", "type": "string", "code_table": "sex"},
        {"id": "registered_on", "name": "登记日", "identifier": "DJR", "type": "date", "rule": "date"},
        {"id": "remark", "name": "备注", "identifier": "BZ", "type": "string"},
    ]
    names = HEAD.split(",")
    fields: list[dict[str, Any]] = [
        {"name": name, "label": name, "element": element["id"]} for name, element in zip(names, elements, strict=True)
    ]
    reached = {"kind": "files", "path": "dep"}
    documents: dict[str, Any] = {
        "departments.yml": [{"code": "dep", "name": "部门", "short_name": "部门"}],
        "standards/elements.yml": {"elements": elements},
        "standards/codes.yml": {
            "sex": {
                "name": "性别",
                "standard": "GB/T 2261.1",
                "wild": {word: {"男": "1", "女": "2"}[word] for word in declared.wild},
            }
        },
        "connections.yml": {
            RESOURCE: reached | {"pattern": "thing_{period}_{sequence}.csv"},
            OTHER: reached | {"pattern": "other_{period}_{sequence}.csv"},
        },
    }
    plain = [{**field, "element": "remark", "to": f"c{n}"} for n, field in enumerate(fields)]
    documents["sources/dep/sys.yml"] = {
        "system": {"id": "dep.sys", "name": "系统", "department": "dep"},
        "resources": [
            _resource(RESOURCE, {"kind": "csv", "quote": declared.quote}, declared.mode, fields),
            _resource(OTHER, {"kind": "csv", "quote": ""}, "full", plain),
        ],
    }
    for name, document in documents.items():
        _write(home / "catalog" / name, json.dumps(document, ensure_ascii=False))
    _write(home / "catalog" / "standards" / "codes" / "sex.csv", "code,name\n1,男性\n2,女性\n")
    rule = {
        "expect": "expect_column_values_to_not_be_null",
        "with": {"column": "sex"},
        "severity": "critical",
        "indicator": "0201",
        "why": "性别为必备项",
    }
    _write(home / "expectations" / "3_standardised" / f"{RESOURCE}.yml", json.dumps([rule], ensure_ascii=False))
    _write(home / "data" / "secrets" / "lake.key", "one key for every home of this test")


def _resource(id_: str, fmt: dict[str, Any], mode: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": id_,
        "code": f"306001/{1 + (id_ == OTHER)}",
        "name": "事项",
        "subject": "thing",
        "cycle": "daily",
        "load": {"mode": mode, "key": ["编号"]},
        "format": fmt,
        "share": {"type": "unconditional"},
        "level": "G1",
        "fields": fields,
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def deliver(home: Path, chance: Random, count: int = 5) -> None:
    """Files of eighty rows for neighbouring days, some twice a day: a few rows can only be read as corrected, in some
    files so many that the whole is refused."""
    for n in range(count):
        period, sequence = f"2026030{1 + n // 2}", 1 + n % 2
        bad = chance.choice([0, 1, 2, 8])
        lines = [HEAD, *(_line(chance, place, place <= bad, SPELT.get((n, place), "")) for place in range(1, 81))]
        put(home, f"thing_{period}_{sequence}.csv", lines)
    put(home, "other_20260301_1.csv", [HEAD, *(f"{n},a,b,c" for n in range(30))])


SPELT = {(0, 70): "男", (1, 71): "X", (2, 72): "女"}
"""File and line of spellings: two that the correction knows, one that nobody does."""


def _line(chance: Random, place: int, quoted: bool, spelt: str) -> str:
    key = chance.randrange(1, 61) if chance.random() < 0.1 and not spelt else place
    sex = spelt or chance.choice("12")
    remark = f'"甲,{chance.randrange(3)}"' if quoted else f"乙{chance.randrange(3)}"
    return f"{key},{sex},2026-0{chance.randrange(1, 10)}-11,{remark}"


def put(home: Path, name: str, lines: list[str]) -> None:
    """One file in the inbox, received on the last day of its own name."""
    _write(home / "data" / "inbox" / "dep" / name, "\n".join([*lines, ""]))
    day = name.split("_")[1]
    manifest = {"received_at": f"{day[:4]}-{day[4:6]}-{day[6:]}T10:00:00"}
    _write(home / "data" / "inbox" / "dep" / f"{name}.manifest.json", json.dumps(manifest))


def brain(home: Path, *args: str) -> int:
    """The command on this home."""
    return invoke(["-q", "--home", str(home), "--engine", "sail", *args])


def run(home: Path) -> int:
    """Everything up to standardise."""
    return brain(home, "run", "--to", "standardise", "--date", DAY)


def context(home: Path) -> Context:
    """The home as it stands."""
    return Context(Settings(home=home, engine="sail"), DAY)


def state(home: Path) -> dict[str, Any]:
    """All that replay may change, without the versions' numbers: rows, their places, fates, and the ledger."""
    ctx = context(home)
    found: dict[str, Any] = {}
    for (layer, name), version in sorted(ctx.lake.all_passed().items()):
        rows = ctx.lake.read_arrow(layer, name, version)
        if rows.num_rows:
            found[f"{layer}.{name}"] = _sorted(rows)
            assert version.rows == rows.num_rows, (layer, name)
    found["ledger"] = ledger(ctx, read_facts(ctx))
    assert all(row["balances"] for row in found["ledger"]), found["ledger"]
    return found


def _sorted(rows: pa.Table) -> list[str]:
    ordered = rows.select(sorted(rows.column_names)).to_pylist()
    return sorted(json.dumps(row, ensure_ascii=False, default=str, sort_keys=True) for row in ordered)


def versions(home: Path) -> dict[str, int]:
    """Number of the newest commit of every table."""
    ctx = context(home)
    return {f"{layer}.{name}": ctx.lake.head(layer, name) or 0 for layer, name in ctx.lake.all_passed()}
