"""How well `brain profile` maps the columns of ten unlike files, with declared names and with names nobody declared."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from jobs.cli import invoke
from jobs.contracts import Catalog, load_catalog
from jobs.errors import BrainError
from jobs.profile import department_of, draft_yaml, profile_file
from jobs.profile.likeness import make_index
from jobs.simulate import simulate
from tests.profile.deliveries import UNLIKE, Delivery, delivered, renamed, styles

PROJECT = Path(__file__).parent.parent.parent
PEOPLE, DAYS, SEED = 6_000, 1, 7
GOAL, GOAL_RENAMED = 0.90, 0.60
MORE_SEEDS = (2, 3, 4)
OUTCOMES = ("right certain", "right likely", "unknown", "wrong likely", "wrong certain")


def judge(catalog: Catalog, delivery: Delivery) -> tuple[Counter[str], str]:
    """Outcomes of the columns of a delivery, and the draft."""
    seen = profile_file(delivery.path, catalog)
    outcomes: Counter[str] = Counter()
    for match in seen.matches:
        if match.chosen is None:
            outcomes["unknown"] += 1
        else:
            right = match.chosen.element == delivery.truth[match.column]
            outcomes[f"{'right' if right else 'wrong'} {match.grade}"] += 1
    return outcomes, draft_yaml(seen, catalog, department_of(delivery.path, catalog, None))


def is_accepted(home: Path, catalog_folder: Path, draft: str) -> bool:
    """Whether `brain check` accepts the catalog with the draft in it."""
    shutil.rmtree(home / "catalog", ignore_errors=True)
    shutil.copytree(catalog_folder, home / "catalog")
    path = home / draft.split("Draft of ", 1)[1].split(",", 1)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draft, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return invoke(["--home", str(home), "check"]) == 0


def every_live_file(catalog: Catalog, inbox: Path) -> Counter[str]:
    """Outcomes over the first delivery of each live resource that comes as a file; damaged ones are named."""
    whole: Counter[str] = Counter()
    files = 0
    for resource, access in catalog.access.items():
        if access.kind != "files":
            continue
        try:
            whole += judge(catalog, delivered(catalog, inbox, resource))[0]
            files += 1
        except (BrainError, ValueError) as error:
            print(f"not looked at: {resource}: {'no delivery' if isinstance(error, ValueError) else error}")
    print(f"{files} live files as declared: {json.dumps(dict(whole))}, right {right_share(whole):.1%}")
    return whole


def right_share(outcomes: Counter[str]) -> float:
    return (outcomes["right certain"] + outcomes["right likely"]) / outcomes.total()


def main() -> dict[str, object]:
    """Both tables; the goal holds where each does."""
    catalog = load_catalog(PROJECT)
    index = make_index(catalog)
    with tempfile.TemporaryDirectory(prefix="brain-bench-") as name:
        folder = Path(name)
        simulate(catalog, PEOPLE, DAYS, SEED, folder, date(2026, 3, 2))
        home = folder / "home"
        home.mkdir()
        (home / "expectations").symlink_to(PROJECT / "expectations")
        known = [delivered(catalog, folder / "inbox", resource) for resource in UNLIKE]
        declared, accepted = table(catalog, home, known)
        print()
        drawn = [renamed(catalog, index, d, styles(1)[d.resource], 1, folder / "1") for d in known]
        foreign, accepted_too = table(catalog, home, drawn)
        others: Counter[str] = Counter()
        for seed in MORE_SEEDS:
            for delivery in known:
                style = styles(seed)[delivery.resource]
                others += judge(catalog, renamed(catalog, index, delivery, style, seed, folder / str(seed)))[0]
        print(f"\nother draws {MORE_SEEDS}: {json.dumps(dict(others))}, right {right_share(others):.1%}")
        live = every_live_file(catalog, folder / "inbox")
    figures = {"right": round(right_share(declared), 4), "right_renamed": round(right_share(foreign), 4)}
    wrong = foreign["wrong certain"] + others["wrong certain"]
    holds = right_share(declared) >= GOAL and right_share(foreign) >= GOAL_RENAMED
    holds = holds and not wrong and not live["wrong certain"]
    return {
        "name": "profile",
        "figure": figures["right"],
        "unit": "share of columns mapped to the declared element",
        "goal": GOAL,
        "holds": holds and accepted and accepted_too,
        **figures,
        "goal_renamed": GOAL_RENAMED,
        "wrong_certain_renamed": wrong,
        "right_other_draws": round(right_share(others), 4),
        "right_every_live_file": round(right_share(live), 4),
        "wrong_certain_every_live_file": live["wrong certain"],
        "drafts_accepted": accepted and accepted_too,
    }


def table(catalog: Catalog, home: Path, deliveries: list[Delivery]) -> tuple[Counter[str], bool]:
    """Print one line a file; the outcomes of all, and whether `brain check` accepted every draft."""
    print(f"{'file':<27}{'names':<13}{'columns':>8}" + "".join(f"{word:>15}" for word in OUTCOMES) + "   check")
    whole: Counter[str] = Counter()
    accepted = True
    for delivery in deliveries:
        outcomes, draft = judge(catalog, delivery)
        sound = is_accepted(home, PROJECT / "catalog", draft)
        accepted &= sound
        whole += outcomes
        line = f"{delivery.resource:<27}{delivery.style:<13}{outcomes.total():>8}"
        print(line + "".join(f"{outcomes[word]:>15}" for word in OUTCOMES) + f"   {'ok' if sound else 'FAULTS'}")
    line = f"{'all':<40}{whole.total():>8}" + "".join(f"{whole[word]:>15}" for word in OUTCOMES)
    print(f"{line}   right {right_share(whole):.1%}")
    return whole, accepted
