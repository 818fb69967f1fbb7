"""Kills ``brain run`` at seeded moments of every stage; what it made in the end must be what it makes undisturbed.

First an undisturbed run, day by day, whose tables, releases and served files are hashed. Then campaigns over one day in
one lake: kill, start again, kill later, … and let the last run end. After each kill readers must see one whole release,
and at the end every hash must be that of the undisturbed run. A campaign kills the whole process group, or Python alone
and starts again at once, beside the engine that Python left. No hook in the product: a stage is met by watching the
progress that it prints. ``ENGINE`` (sail or spark), ``SEED``, ``PEOPLE``, ``ALONE=1`` (only Python alone) and
``CAMPAIGNS`` (so many and no more, which cannot reach the goal's numbers; 1 is a kill of the group in each stage)
choose; ``KEEP`` names a folder for the homes of a campaign that differs.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from jobs.stages import VERBS
from tests.bench.hashes import Hashes, all_hashes, current, differences, held_tables, reader_hashes
from tests.bench.run import RELEASED, Run, Undisturbed, alive, undisturbed
from tests.bench.town import DAYS, day, make_town

GOAL = "every hash as undisturbed; 20 kills of the group, 1 a stage, 5 in publish and serve; 10 of Python alone"
LAST = ("publish", "serve")
COMMITS = VERBS[VERBS.index("land") : VERBS.index("publish")]
"""Stages that write tables."""
GROUP, ALONE, LATE = 20, 10, 5
"""Kills of the group and of Python alone at least, and of the group in the last two stages."""
MOST_CAMPAIGNS = 12


@dataclass
class Point:
    """One kill and what came of it."""

    campaign: str
    stage: str
    seconds: float
    visible: str
    """What readers saw after it."""
    holds: bool
    writing: str = ""
    """Tables whose lock it held: the kill came between the begin and the end of a commit."""
    rerun: str = ""
    engine_left: bool = False


@dataclass
class Campaign:
    """Kills in one lake on one day: ``stages`` in their order, then a run that may end."""

    name: str
    day: int
    alone: bool
    stages: tuple[str, ...]
    points: list[Point] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.differ and all(point.holds for point in self.points)


@dataclass(frozen=True)
class City:
    """The undisturbed run: a home as it was before each day, and what the day made of it."""

    root: Path
    engine: str
    days: dict[int, Undisturbed]
    hashes: dict[int, Hashes]

    def before(self, number: int) -> Path:
        return self.root / f"before{number}"


def main() -> dict[str, object]:
    """Kills after which something differed, of all kills."""
    engine, seed = os.environ.get("ENGINE", "sail"), int(os.environ.get("SEED", "1"))
    people = int(os.environ.get("PEOPLE", "50"))
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="brain-kill-") as folder:
        city = _undisturbed(Path(folder), engine, people)
        campaigns: list[Campaign] = []
        most = int(os.environ.get("CAMPAIGNS", MOST_CAMPAIGNS))
        for campaign in _plan(chance, os.environ.get("ALONE") == "1")[:most]:
            campaigns.append(_fight(city, campaign, chance))
        while len(campaigns) < most and (more := _more(campaigns, chance)):
            campaigns.append(_fight(city, more, chance, at_once=True))
    return _answer(campaigns, engine, seed, people)


def _plan(chance: random.Random, only_alone: bool) -> list[Campaign]:
    """Every stage of the first day, of a later day that changes little, and both for Python alone."""
    engine_stages = ("standardise", "resolve", "fuse", "derive")
    first = (*VERBS, chance.choice(engine_stages), "publish", "serve")
    later = (*VERBS, chance.choice(engine_stages), "publish")
    alone = ("land", "standardise", "standardise", "resolve", "fuse", "publish")
    groups = [Campaign("group, day 1", 1, False, _ordered(first)), Campaign("group, day 2", 2, False, _ordered(later))]
    return [
        *([] if only_alone else groups),
        Campaign("alone, day 1", 1, True, alone),
        Campaign("alone, day 3", 3, True, ("standardise", "fuse", "derive", "serve")),
    ]


def _more(campaigns: list[Campaign], chance: random.Random) -> Campaign | None:
    """What is still missing, with kills as soon as a stage has begun: not every run comes where it is awaited."""
    number = len(campaigns) + 1
    group, alone = _points(campaigns, False), _points(campaigns, True)
    if any(not campaign.alone for campaign in campaigns):
        met = Counter(point.stage for point in group)
        missed = [verb for verb in VERBS if not met[verb]]
        missed += ["serve"] * (LATE - sum(met[verb] for verb in LAST))
        missed += chance.choices(VERBS, k=max(GROUP - len(group) - len(missed), 0))
        if missed:
            return Campaign(f"group, day 1 ({number})", 1, False, _ordered(tuple(missed)))
    if len(alone) < ALONE:
        stages = tuple(chance.choices(VERBS[1:], k=ALONE - len(alone)))
        return Campaign(f"alone, day 2 ({number})", 2, True, _ordered(stages))
    return None


def _points(campaigns: list[Campaign], alone: bool) -> list[Point]:
    return [point for campaign in campaigns if campaign.alone is alone for point in campaign.points]


def _ordered(stages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(stages, key=VERBS.index))


def _undisturbed(root: Path, engine: str, people: int) -> City:
    home = root / "home"
    make_town(home, people)
    city = City(root, engine, {}, {})
    for number in range(1, DAYS + 1):
        shutil.copytree(home, city.before(number), symlinks=True)
        city.days[number] = undisturbed(home, engine, day(number))
        city.hashes[number] = all_hashes(home)
        _say(f"undisturbed, day {number}: {city.days[number].seconds:.1f} s, {len(city.hashes[number])} hashes")
    return city


def _fight(city: City, campaign: Campaign, chance: random.Random, at_once: bool = False) -> Campaign:
    """Kill at every stage of the campaign, then let a run end and compare."""
    home = city.root / "campaign"
    shutil.copytree(city.before(campaign.day), home, symlinks=True)
    expected, groups = city.hashes[campaign.day], []
    for stage in campaign.stages:
        run = Run(home, city.engine, day(campaign.day))
        groups.append(run.pid)
        usual, part = city.days[campaign.day], chance.random()
        if not _reach(run, stage, usual, part, at_once):
            _rerun(campaign, f"ended {run.end()}")
            campaign.differ += _failed(run)
            break
        seconds = run.kill(campaign.alone)
        left, met = bool(alive(groups)), run.stage(usual)
        _rerun(campaign, f"killed in {met}")
        _say(f"{campaign.name:<18}     {met:<12}{seconds:>6.2f} s  killed")
        point = Point(campaign.name, met, seconds, *_visible(city, home, campaign, expected), held_tables(home))
        point.engine_left = left
        campaign.points.append(point)
    last = Run(home, city.engine, day(campaign.day))
    groups.append(last.pid)
    _rerun(campaign, f"ended {last.end()}")
    campaign.differ += _failed(last) + differences(expected, all_hashes(home))
    if last.end() != (usual := city.days[campaign.day].code):
        campaign.differ.append(f"the last run ended {last.end()}, undisturbed it ends {usual}")
    campaign.differ += [f"process {pid} still runs" for pid in _outlived(groups)]
    _print(campaign)
    if campaign.differ and os.environ.get("KEEP"):
        for which, kept in (("killed", home), ("undisturbed", city.root / "home")):
            shutil.copytree(kept, Path(os.environ["KEEP"]) / campaign.name / which, symlinks=True)
    shutil.rmtree(home)
    return campaign


def _reach(run: Run, stage: str, usual: Undisturbed, part: float, at_once: bool) -> bool:
    """One time in three within a commit of the stage, else at a time that comes the likelier the earlier it is."""
    if at_once:
        return run.reach_begin(stage, part)
    if stage in COMMITS and part < 1 / 3:
        return run.reach_commit(stage)
    return run.reach(stage, usual, part**2)


def _rerun(campaign: Campaign, result: str) -> None:
    """What became of the run after the last kill."""
    if campaign.points and not campaign.points[-1].rerun:
        campaign.points[-1].rerun = result


def _failed(run: Run) -> list[str]:
    return [f"a run ended {run.end()}: {run.errors.strip()[-1500:]}"] if run.end() not in RELEASED else []


def _visible(city: City, home: Path, campaign: Campaign, expected: Hashes) -> tuple[str, bool]:
    """What readers see after a kill, and whether it is whole: an undisturbed release, old or new, nothing half-made.

    Python alone was killed: the next run starts at once, and what readers see is asked at the end only.
    """
    if campaign.alone:
        return "-", True
    seen, now = reader_hashes(home), current(home)
    released = max((int(name.split()[1]) for name in seen if name.startswith("release ")), default=0)
    whole = all(expected.get(name) == value for name, value in seen.items())
    shown = [name for name in expected if name.startswith(f"served {now}/")]
    complete = now == 0 or bool(shown) and all(name in seen for name in shown)
    in_order = campaign.day - 1 <= now <= released <= campaign.day
    return f"release {now or '-'}", whole and complete and in_order


def _outlived(groups: list[int]) -> list[int]:
    """Those that are still there a while after the last run has ended; they are ended, so that the next may begin."""
    until = time.monotonic() + 10
    while (left := alive(groups)) and time.monotonic() < until:
        time.sleep(0.2)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left


def _print(campaign: Campaign) -> None:
    for number, point in enumerate(campaign.points, 1):
        left = "engine left " if point.engine_left else ""
        _say(
            f"{point.campaign:<18}{number:>3}  {point.stage:<12}{point.seconds:>6.2f} s  {point.visible:<10}  "
            f"{point.rerun:<22}{'equal' if point.holds else 'DIFFERS':<9}{left}{point.writing}"
        )
    _say(f"{campaign.name:<18}end  {'all hashes equal' if not campaign.differ else 'DIFFER: '}")
    for name in campaign.differ[:20]:
        _say(f"                   {name}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _answer(campaigns: list[Campaign], engine: str, seed: int, people: int) -> dict[str, object]:
    group, alone = _points(campaigns, False), _points(campaigns, True)
    wrong = sum(len(campaign.points) for campaign in campaigns if not campaign.holds)
    stages = Counter(point.stage for point in group)
    late = sum(stages[verb] for verb in LAST)
    enough = len(group) >= GROUP and not set(VERBS) - set(stages) and late >= LATE
    return {
        "name": "kill",
        "figure": wrong,
        "unit": "kills in campaigns after which something differed",
        "goal": GOAL,
        "holds": wrong == 0 and (enough or not group) and len(alone) >= ALONE,
        "kills_of_group": len(group),
        "kills_of_python_alone": len(alone),
        "engine_left_behind": sum(point.engine_left for point in alone),
        "kills_within_a_commit": sum(bool(point.writing) for point in group + alone),
        "by_stage": {verb: stages[verb] for verb in VERBS},
        "differ": {campaign.name: campaign.differ for campaign in campaigns if campaign.differ},
        "engine": engine,
        "seed": seed,
        "people": people,
    }
