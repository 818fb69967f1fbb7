"""Findings over deliveries: drift, sudden changes of size, standstill, corrections and withdrawals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobs.audit.arrivals import STILL, of_arrivals
from jobs.audit.facts import Facts
from tests.audit.test_calendar import resource


def row(day: int, received: int = 100, state: str = "landed", blob: str = "", **manifest: Any) -> dict[str, Any]:
    return {
        "load_id": f"load {day}",
        "resource": "dep.sys.thing",
        "period": f"2026-03-{day:02d}",
        "sequence": 1,
        "blob": blob or f"blob {day}",
        "member": "",
        "file": "f",
        "received_at": "",
        "manifest": json.dumps(manifest),
        "state": state,
        "received": received,
    }


def found(rows: list[dict[str, Any]], mode: str = "full", cycle: str = "daily", **landings: Any) -> list[Any]:
    chosen = resource(cycle, load={"mode": mode, "key": ["编号"]})
    noted = {f"load {key[1:]}": value for key, value in landings.items()}
    facts = Facts("2026-03-31", {chosen.id: rows}, [], {}, {}, noted)
    return [(one["kind"], one["severity"], one["what"]) for one in of_arrivals(chosen, facts)]


@pytest.mark.parametrize(
    ("mode", "counts", "kinds"),
    [
        ("full", [100, 190], []),
        ("full", [100, 230], ["rows_unusual"]),
        ("full", [100, 45], ["rows_unusual"]),
        ("full", [19, 300], []),
        ("incremental", [100, 90, 110, 480], []),
        ("incremental", [100, 90, 110, 520], ["rows_unusual"]),
        ("incremental", [100, 90, 110, 15], ["rows_unusual"]),
        ("incremental", [1000, 10], []),
    ],
)
def test_a_number_of_rows_far_from_the_usual_is_found(mode: str, counts: list[int], kinds: list[str]) -> None:
    rows = [row(day, count) for day, count in enumerate(counts, 1)]
    assert [kind for kind, *_ in found(rows, mode)] == kinds


def test_the_same_content_too_often_is_found_whatever_the_bytes() -> None:
    days = range(1, STILL["daily"] + 2)
    assert [kind for kind, *_ in found([row(day, blob="same") for day in days])] == ["delivery_unchanged"]
    assert found([row(day, blob="same") for day in list(days)[:-1]]) == []
    saved_anew = {f"n{day}": {"traits": {"content": "x"}, "changes": []} for day in days}
    (unchanged,) = found([row(day) for day in days], **saved_anew)
    assert unchanged[2] == f"连续 {STILL['daily'] + 1} 批内容完全相同（自 2026-03-01 起）"


def test_a_withdrawal_and_a_correction_are_told_and_what_they_replace_does_not_count() -> None:
    rows = [row(1, 100), row(2, 900, "withdrawn"), row(3, 500), row(3, 110, corrects="2026-03-03") | {"sequence": 2}]
    told = found(rows)
    assert [kind for kind, *_ in told] == ["delivery_withdrawn", "delivery_corrected"]
    assert "2026-03-02 第 1 批已由部门撤回" in told[0][2]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "added", "column": "备注"}, "多出未登记的列“备注”，未采用"),
        ({"kind": "renamed", "column": "流水号", "field": "编号"}, "列 编号 改名为“流水号”"),
        ({"kind": "missing", "field": "编号"}, "缺少列 编号，按空值接收"),
        ({"kind": "retyped", "field": "编号", "was": "number", "now": "text"}, "列 编号 的内容由数字变为文字"),
        ({"kind": "retyped", "field": "编号", "was": "18", "now": "15"}, "由18 位变为15 位"),
        ({"kind": "reordered", "column": "编号"}, "自“编号”起"),
    ],
)
def test_drift_of_the_newest_delivery_is_said_to_officials(change: dict[str, str], says: str) -> None:
    noted = {"changes": [{"column": "", "field": "", "was": "", "now": ""} | change], "traits": {"content": ""}}
    ((kind, _, what),) = found([row(1)], n1=noted)
    assert kind == f"drift_{change['kind']}"
    assert says in what
    assert found([row(1), row(2)], n1=noted) == [], "the next delivery came as it should"
