"""Published points in three systems and a projection, and the system that an area gives away."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from jobs.rules.coordinates import BD09, GCJ02, WGS84, Ring, Step, conversion, detected_system, unprojected

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.engine
PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
COLUMNS = {WGS84: "wgs84", GCJ02: "gcj02", BD09: "bd09"}
AREA = [(113.745, 23.010), (113.749, 23.0105), (113.7485, 23.0145), (113.7455, 23.014)]
"""An area of 400 m in WGS-84: smaller than what the systems differ by."""
TOWN = [(113.70, 22.98), (113.80, 22.98), (113.80, 23.06), (113.70, 23.06)]


def taken(frame: DataFrame, steps: list[Step], *keep: str) -> DataFrame:
    for step in steps:
        frame = frame.selectExpr(*keep, *[f"{expression} AS `{name}`" for name, expression in step.items()])
    return frame


def frame_of(session: SparkSession, points: list[list[float]]) -> DataFrame:
    return session.createDataFrame(
        pa.table({"n": range(len(points)), "a": [p[0] for p in points], "b": [p[1] for p in points]})
    )


def converted(session: SparkSession, points: list[list[float]], steps: list[Step]) -> list[tuple[float, float]]:
    rows = taken(frame_of(session, points), steps, "n").collect()
    return [(row["lng"], row["lat"]) for row in sorted(rows, key=lambda row: row["n"])]


@pytest.mark.parametrize("source", COLUMNS)
@pytest.mark.parametrize("target", COLUMNS)
def test_published_points(session: SparkSession, source: str, target: str) -> None:
    points = [point[COLUMNS[source]] for point in PUBLISHED["coordinates"]]
    expected = [point[COLUMNS[target]] for point in PUBLISHED["coordinates"]]
    exact = 1.5e-6 if source == BD09 else 2e-7
    for came, told in zip(converted(session, points, conversion(source, target, "a", "b")), expected, strict=True):
        assert came == pytest.approx(told, abs=exact)


def test_there_and_back_is_the_same_place(session: SparkSession) -> None:
    chance = Random(7)
    points = [[chance.uniform(113.5, 114.3), chance.uniform(22.6, 23.2)] for _ in range(500)]
    there = converted(session, points, conversion(WGS84, GCJ02, "a", "b"))
    assert min(abs(x - a) for (x, _), (a, _) in zip(there, points, strict=True)) > 0.004, "about 500 metres"
    back = converted(session, [list(point) for point in there], conversion(GCJ02, WGS84, "a", "b"))
    assert max(abs(x - a) + abs(y - b) for (x, y), (a, b) in zip(back, points, strict=True)) < 1e-9


def test_metres_of_the_zone(session: SparkSession) -> None:
    told = PUBLISHED["projection"]
    points = [told["epsg4547"], told["epsg4526"]]
    for came in converted(session, points, unprojected("a", "b")):
        assert came == pytest.approx(told["lonlat"], abs=1e-8)


def test_an_area_gives_its_system_away(session: SparkSession) -> None:
    """A place in a small area is recognised in each system; one that fits in two, or in none, is not guessed."""
    chance = Random(3)
    inside = [[chance.uniform(113.746, 113.748), chance.uniform(23.011, 23.0135)] for _ in range(50)]
    for system in COLUMNS:
        delivered = [list(point) for point in converted(session, inside, conversion(WGS84, system, "a", "b"))]
        assert set(found(session, delivered, AREA)) == {system}
        assert set(found(session, delivered, TOWN)) == {None}, "inside the town in every system"
    assert found(session, [[114.2, 22.7]], AREA) == [None]


def found(session: SparkSession, points: list[list[float]], area: Ring) -> list[str | None]:
    frame = frame_of(session, points)
    keep: list[str] = ["n", "a", "b"]
    for system in COLUMNS:
        frame = taken(frame, conversion(system, WGS84, "a", "b"), *keep)
        frame = frame.withColumnsRenamed({"lng": f"{system}_lng", "lat": f"{system}_lat"})
        keep += [f"{system}_lng", f"{system}_lat"]
    places = {system: (f"{system}_lng", f"{system}_lat") for system in COLUMNS}
    rows = frame.selectExpr("n", f"{detected_system(area, places)} AS system").collect()
    return [row["system"] for row in sorted(rows, key=lambda row: row["n"])]
