"""Share of a corpus of bad files that gets the verdict it must get, and how many came out wrong and silent."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.badfiles.corpus import corpus
from tests.badfiles.judge import Outcome, judge
from tests.badfiles.peers import PEERS, peer_verdict
from tests.badfiles.recipe import Recipe, Verdict

GOAL, GOAL_CLASS, GOAL_TAKEN = 0.97, 0.90, 0.98
LEAST = 400
LONG = 1 << 20
"""Files above this are not given to the peers: some read them for minutes."""


def main() -> dict[str, object]:
    """Judge every recipe; a table by class, every miss by name, the peers on the delimited part."""
    began = time.perf_counter()
    outcomes = [judge(recipe) for recipe in corpus()]
    seconds = round(time.perf_counter() - began, 1)
    misses = [outcome for outcome in outcomes if not outcome.as_expected]
    for outcome in misses:
        wanted = f"{outcome.recipe.expect} {outcome.recipe.says!r}"
        print(f"miss: {outcome.recipe.id}: {outcome.verdict}, not {wanted}: {outcome.words[:200]}", file=sys.stderr)
    shares = _table(outcomes)
    silent = sum(outcome.verdict in (Verdict.WRONG, Verdict.BROKEN) for outcome in outcomes)
    strict = [outcome for outcome in outcomes if outcome.recipe.strict]
    taken = sum(outcome.verdict in (Verdict.EXACT, Verdict.DECLARED) for outcome in strict) / len(strict)
    share = 1 - len(misses) / len(outcomes)
    holds = silent == 0 and share >= GOAL and min(shares.values()) >= GOAL_CLASS and taken >= GOAL_TAKEN
    return {
        "name": "badfiles",
        "figure": round(100 * share, 1),
        "unit": "% as expected",
        "goal": 100 * GOAL,
        "holds": holds and len(outcomes) >= LEAST,
        "files": len(outcomes),
        "classes": len(shares),
        "worst_class_pct": round(100 * min(shares.values()), 1),
        "taken_exactly_pct": round(100 * taken, 1),
        "wrong_and_silent": silent,
        "seconds": seconds,
        "peers": _peers([outcome.recipe for outcome in outcomes], outcomes),
    }


def _table(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Print files, verdicts and the share as expected of every class; the shares."""
    verdicts = list(Verdict)
    print(f"{'class':<16}{'files':>6}{'as expected':>13}" + "".join(f"{verdict:>12}" for verdict in verdicts))
    shares: dict[str, float] = {}
    for family in dict.fromkeys(outcome.recipe.family for outcome in outcomes):
        own = [outcome for outcome in outcomes if outcome.recipe.family == family]
        counts = Counter(outcome.verdict for outcome in own)
        shares[family] = sum(outcome.as_expected for outcome in own) / len(own)
        cells = "".join(f"{counts[verdict]:>12}" for verdict in verdicts)
        print(f"{family:<16}{len(own):>6}{100 * shares[family]:>12.1f}%{cells}")
    return shares


def _peers(recipes: Sequence[Recipe], outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Every reader on the delimited files of ordinary size: as a strict reader takes them, and wrong and silent."""
    part = [n for n, recipe in enumerate(recipes) if recipe.fmt["kind"] == "csv" and "archive" not in recipe.family]
    part = [n for n in part if not (recipes[n].manifest or recipes[n].file) and len(recipes[n].make()) <= LONG]
    found = {"brain": [outcomes[n].verdict for n in part]}
    seconds: dict[str, float] = {}
    for name, reader in PEERS.items():
        began = time.perf_counter()
        found[name] = [peer_verdict(recipes[n], reader) for n in part]
        seconds[name] = round(time.perf_counter() - began, 1)
    expected = [recipes[n].expect for n in part]
    print(f"\n{len(part)} delimited files {'taken whole':>24}{'refused rightly':>18}{'wrong and silent':>18}")
    lines = {name: _peer_line(name, verdicts, expected) for name, verdicts in found.items()}
    return {name: line | ({"seconds": seconds[name]} if name in seconds else {}) for name, line in lines.items()}


def _peer_line(name: str, verdicts: Sequence[Verdict], expected: Sequence[Verdict]) -> dict[str, object]:
    whole = (Verdict.EXACT, Verdict.DECLARED)
    pairs = list(zip(verdicts, expected, strict=True))
    can, must = sum(want in whole for want in expected), sum(want not in whole for want in expected)
    taken = sum(got in whole and want in whole for got, want in pairs)
    refused = sum(got in (Verdict.REFUSED, Verdict.SET_ASIDE) and want not in whole for got, want in pairs)
    wrong = sum(got in (Verdict.WRONG, Verdict.BROKEN) for got in verdicts)
    print(f"{name:<22}{taken:>12} of {can:<6}{refused:>12} of {must:<6}{wrong:>12}")
    return {
        "as_expected_pct": round(100 * (taken + refused) / len(pairs), 1),
        "taken": taken,
        "of": can,
        "wrong_and_silent": wrong,
    }
