"""A seeded part of the corpus of bad files gets its verdicts; ``make bench NAME=badfiles`` runs all of it."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.badfiles.cases import CASES
from tests.badfiles.corpus import corpus, made, sample
from tests.badfiles.judge import Came, judge, verdict_on
from tests.badfiles.recipe import Recipe, Verdict


@pytest.mark.parametrize("recipe", list(sample(0.12)), ids=lambda recipe: recipe.id)
def test_a_bad_file_gets_its_verdict(recipe: Recipe) -> None:
    outcome = judge(recipe)
    assert outcome.as_expected, f"{outcome.verdict}, not {recipe.expect}: {outcome.words}"


def test_recipes_have_names_of_their_own_and_make_the_same_bytes_twice() -> None:
    first, again = corpus(), tuple(made())
    assert [name for name, times in Counter(recipe.id for recipe in first).items() if times > 1] == []
    for one, other in zip(first[::7], again[::7], strict=True):
        assert one.make() == other.make(), one.id


@pytest.mark.parametrize(
    ("came", "verdict"),
    [
        (Came(rows=[("1", "a"), ("2", "b")]), Verdict.EXACT),
        (Came(rows=[("1", "a"), ("2", "b")], notes={"footer": 1}), Verdict.DECLARED),
        (Came(rows=[("1", "a")], rejects=[(2, "x")]), Verdict.SET_ASIDE),
        (Came(refusal="no"), Verdict.REFUSED),
        (Came(rows=[("1", "a")]), Verdict.WRONG),
        (Came(rows=[("1", "a"), ("2", "B")], rejects=[(3, "x")]), Verdict.WRONG),
        (Came(rows=[("2", "b"), ("1", "a")]), Verdict.WRONG),
        (Came(rows=[("1", "a"), ("2", "b"), ("合计", "2")]), Verdict.WRONG),
        (Came(failure="KeyError"), Verdict.BROKEN),
    ],
)
def test_the_judge_sees_what_is_wrong(came: Came, verdict: Verdict) -> None:
    """Without this, a judge that calls everything exact would pass."""
    assert verdict_on(came, [("1", "a"), ("2", "b")]) is verdict


@pytest.fixture(scope="module")
def ids() -> list[str]:
    return [recipe.id for recipe in corpus()]


@pytest.mark.parametrize("group", CASES)
def test_no_case_is_left_out(group: str, ids: list[str], project: Path) -> None:
    """Each has a recipe that its pattern fits, or a test of its name."""
    missing = [case for case, holder in CASES[group].items() if not _holds(holder, ids, project)]
    assert missing == []


def _holds(holder: str, ids: list[str], project: Path) -> bool:
    file, _, name = holder.partition("::")
    if name:
        return name in (project / file).read_text(encoding="utf-8")
    pattern = holder.replace("[", "[[]")
    return any(fnmatchcase(recipe, pattern) for recipe in ids)
