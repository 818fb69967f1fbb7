"""After a correction, a replayed home equals one that was right from the start, however it was interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.replay.home import (
    OTHER,
    RESOURCE,
    RIGHT,
    WRONG,
    Declared,
    brain,
    declare,
    deliver,
    put,
    run,
    state,
    versions,
)

pytestmark = pytest.mark.pipeline


def _home(folder: Path, declared: Declared, seed: int, mode: str = "incremental") -> Path:
    declare(folder, replace(declared, mode=mode))
    deliver(folder, Random(seed))
    assert run(folder) in (0, 5)
    return folder


def _answer(home: Path, capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> dict[str, Any]:
    """What `brain replay --json` says."""
    capsys.readouterr()
    assert brain(home, "replay", "--json", *args) == code
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.parametrize("mode", ["incremental", "full"])
@pytest.mark.parametrize("seed", [1, 3])
def test_a_replayed_home_equals_one_that_was_right_from_the_start(tmp_path: Path, mode: str, seed: int) -> None:
    right = _home(tmp_path / "right", RIGHT, seed, mode)
    home = _home(tmp_path / "home", WRONG, seed, mode)
    before = state(home)
    assert before != state(right), "there is something to repair"
    declare(home, replace(RIGHT, mode=mode))
    assert brain(home, "replay") == 0
    assert state(home) == state(right)
    untouched = versions(home)[f"landed.{OTHER}"], versions(home)[f"standardised.{OTHER}"]
    assert untouched == (0, 0), "what no correction touches is not read again"
    commits = versions(home)
    assert brain(home, "replay") == 0
    assert (versions(home), state(home)) == (commits, state(right)), "again: nothing is left to do"


def test_only_what_was_corrected_is_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = _home(tmp_path, WRONG, 1)
    assert _answer(home, capsys, "--dry-run") == {"deliveries": [], "tables": [], "passed_over": []}
    commits = versions(home)
    declare(home, replace(WRONG, wild=RIGHT.wild))
    plan = _answer(home, capsys, "--dry-run")
    assert versions(home) == commits, "a dry run changes nothing"
    assert (plan["deliveries"], plan["passed_over"]) == ([], []), "a spelling does not touch how files are read"
    (table,) = plan["tables"]
    assert (table["resource"], table["why"]) == (RESOURCE, "another declaration of sex")
    (done,) = _answer(home, capsys)["tables"]
    assert 0 <= done["quarantined_now"] < done["quarantined"]
    after = versions(home)
    assert after[f"landed.{RESOURCE}"] == commits[f"landed.{RESOURCE}"]
    assert after[f"standardised.{RESOURCE}"] > commits[f"standardised.{RESOURCE}"]


def test_a_run_takes_the_corrected_rule_but_reads_no_file_again(tmp_path: Path) -> None:
    home = _home(tmp_path, WRONG, 1)
    commits = versions(home)
    declare(home, RIGHT)
    assert run(home) in (0, 5)
    after = versions(home)
    assert after[f"landed.{RESOURCE}"] == commits[f"landed.{RESOURCE}"]
    assert after[f"standardised.{RESOURCE}"] > commits[f"standardised.{RESOURCE}"]
    assert after[f"standardised.{OTHER}"] == commits[f"standardised.{OTHER}"]


def test_what_does_not_pass_as_corrected_stays_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other declaration is worse: it would refuse a delivery that stands."""
    home = tmp_path
    declare(home, RIGHT)
    good = [f'{n},1,2026-03-01,"甲,{n}"' for n in range(50)]
    put(home, "thing_20260301_1.csv", ["编号,性别,登记日,备注", *good[:9], "51,1,2026-03-01", *good[9:]])
    put(home, "other_20260301_1.csv", ["编号,性别,登记日,备注", "1,a,b,c"])
    assert run(home) in (0, 5)
    before, commits = state(home), versions(home)
    declare(home, replace(RIGHT, quote=""))
    answer = _answer(home, capsys, code=5)
    assert [row["now"]["state"] for row in answer["deliveries"]] == ["landed"]
    assert "5%" in answer["stopped"][0]["reason"]
    assert state(home) == before
    assert versions(home)[f"standardised.{RESOURCE}"] == commits[f"standardised.{RESOURCE}"]
    assert brain(home, "replay") == 0, "it was tried by this declaration: nothing is left to do"


def test_a_place_that_was_taken_since_stays_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path
    declare(home, WRONG)
    put(home, "other_20260301_1.csv", ["编号,性别,登记日,备注", "1,a,b,c"])
    put(home, "thing_20260301_1.csv", ["编号,性别,登记日,备注", *[f'{n},1,2026-03-01,"甲,1"' for n in range(9)]])
    assert run(home) == 5
    put(home, "thing_20260301_1.csv", ["编号,性别,登记日,备注", *[f"{n},2,2026-03-01,乙" for n in range(9)]])
    assert run(home) in (0, 5)
    before = state(home)
    declare(home, RIGHT)
    plan = _answer(home, capsys)
    assert plan["deliveries"] == []
    assert "its place is taken" in plan["passed_over"][0]["why"]
    assert {k: v for k, v in state(home).items() if k.startswith("landed")} == {
        k: v for k, v in before.items() if k.startswith("landed")
    }


def test_all_reads_again_what_another_declaration_read_whole(tmp_path: Path) -> None:
    home = tmp_path
    declare(home, WRONG)
    put(home, "other_20260301_1.csv", ["编号,性别,登记日,备注", "1,a,b,c"])
    put(home, "thing_20260301_1.csv", ["编号,性别,登记日,备注", *[f'{n},1,2026-03-01,"甲"' for n in range(9)]])
    assert run(home) == 0
    declare(home, RIGHT)
    assert brain(home, "replay") == 0
    assert any('\\"甲\\"' in row for row in state(home)[f"landed.{RESOURCE}"]), "read whole: left alone"
    assert brain(home, "replay", "--all") == 0
    assert not any('\\"甲\\"' in row for row in state(home)[f"landed.{RESOURCE}"])


_KILLED = """
import os, signal, sys
from jobs.gates import gate
from jobs.lake import store
from jobs.standardise import job
from tests.replay.home import brain
place, left = sys.argv[2].split(":")
left = [int(left)]
def dies(owner, name, before):
    real = getattr(owner, name)
    def stop(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0 and before: os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **kwargs)
        if left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)
        return answer
    setattr(owner, name, stop)
{"append": lambda: dies(store.Lake, "append", False), "settle": lambda: dies(gate, "_settle", True),
 "settled": lambda: dies(gate, "_settle", False), "write": lambda: dies(store.Lake, "write_arrow", False),
 "mark": lambda: dies(store.Lake, "mark_passed", False)}[place]()
brain(sys.argv[1], "replay")
"""


@pytest.mark.parametrize("place", ["append:3", "settle:2", "settled:1", "write:2"])
def test_killed_in_the_middle_and_run_again_ends_alike(tmp_path: Path, place: str) -> None:
    right = _home(tmp_path / "right", RIGHT, 2)
    home = _home(tmp_path / "home", WRONG, 2)
    declare(home, RIGHT)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(home), place], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, "it lived longer than it should"
    assert brain(home, "replay") == 0
    assert state(home) == state(right)
