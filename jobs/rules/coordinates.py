"""Coordinate systems: WGS-84 (CGCS2000 is equal at the centimetre), GCJ-02, BD-09 and the 3° Gauss-Krüger zone.

A conversion is a list of steps, each a few named expressions over the columns of the step before, so that nothing is
written twice in a plan. Degrees are DOUBLE, metres too. GCJ-02 has no inverse in closed form: three rounds of its
offset leave less than 1e-9 degrees; the usual inverse of BD-09 leaves about 1e-6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Step = dict[str, str]
Ring = Sequence[tuple[float, float]]
"""Corners of an area, (longitude, latitude); the last is joined to the first."""

WGS84, GCJ02, BD09 = "WGS84", "GCJ02", "BD09"
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
_K = math.pi * 3000 / 180
_SPHERE = (6378137.0, 1 / 298.257222101)
"""Axis in metres and flattening of CGCS2000 (EPSG:4490)."""


def conversion(source: str, target: str, lng: str = "lng", lat: str = "lat") -> list[Step]:
    """Steps from two columns in degrees to the columns ``lng`` and ``lat`` in another system."""
    start: list[Step] = [{"lng": f"CAST({lng} AS DOUBLE)", "lat": f"CAST({lat} AS DOUBLE)"}]
    to_wgs = {WGS84: [], GCJ02: _from_gcj(), BD09: [*_from_bd(), *_from_gcj()]}
    from_wgs = {WGS84: [], GCJ02: _to_gcj(), BD09: [*_to_gcj(), *_to_bd()]}
    if (source, target) == (BD09, GCJ02):
        return [*start, *_from_bd()]
    if (source, target) == (GCJ02, BD09):
        return [*start, *_to_bd()]
    return [*start, *(to_wgs[source] + from_wgs[target] if source != target else [])]


def _offset(lng: str, lat: str, keep: Sequence[str]) -> list[Step]:
    """Columns ``dlng`` and ``dlat``: how far GCJ-02 lies from WGS-84 at a place."""
    kept = {name: name for name in keep}
    waves = "(20.0 * sin(6.0 * x * pi()) + 20.0 * sin(2.0 * x * pi())) * 2.0 / 3.0"
    north = (
        "-100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves"
        " + (20.0 * sin(y * pi()) + 40.0 * sin(y / 3.0 * pi())) * 2.0 / 3.0"
        " + (160.0 * sin(y / 12.0 * pi()) + 320.0 * sin(y / 30.0 * pi())) * 2.0 / 3.0"
    )
    east = (
        "300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves"
        " + (20.0 * sin(x * pi()) + 40.0 * sin(x / 3.0 * pi())) * 2.0 / 3.0"
        " + (150.0 * sin(x / 12.0 * pi()) + 300.0 * sin(x / 30.0 * pi())) * 2.0 / 3.0"
    )
    radius = f"{_AXIS} / sqrt(m)"
    return [
        {**kept, "x": f"{lng} - 105.0", "y": f"{lat} - 35.0", "phi": f"radians({lat})"},
        {**kept, "x": "x", "y": "y", "phi": "phi", "waves": waves, "m": _curvature("phi")},
        {
            **kept,
            "dlat": f"degrees(({north}) / ({_AXIS * (1 - _ECCENTRICITY)} / (m * sqrt(m))))",
            "dlng": f"degrees(({east}) / ({radius} * cos(phi)))",
        },
    ]


def _curvature(phi: str) -> str:
    return f"1.0 - {_ECCENTRICITY} * sin({phi}) * sin({phi})"


def _to_gcj() -> list[Step]:
    return [*_offset("lng", "lat", ("lng", "lat")), {"lng": "lng + dlng", "lat": "lat + dlat"}]


def _from_gcj() -> list[Step]:
    """The place whose offset leads here, nearer with every round."""
    steps: list[Step] = [{"lng": "lng", "lat": "lat", "near_lng": "lng", "near_lat": "lat"}]
    for _ in range(3):
        steps += _offset("near_lng", "near_lat", ("lng", "lat"))
        steps.append({"lng": "lng", "lat": "lat", "near_lng": "lng - dlng", "near_lat": "lat - dlat"})
    return [*steps, {"lng": "near_lng", "lat": "near_lat"}]


def _to_bd() -> list[Step]:
    return [
        {
            "z": f"sqrt(lng * lng + lat * lat) + 0.00002 * sin(lat * {_K})",
            "theta": f"atan2(lat, lng) + 0.000003 * cos(lng * {_K})",
        },
        {"lng": "z * cos(theta) + 0.0065", "lat": "z * sin(theta) + 0.006"},
    ]


def _from_bd() -> list[Step]:
    return [
        {"x": "lng - 0.0065", "y": "lat - 0.006"},
        {
            "z": f"sqrt(x * x + y * y) - 0.00002 * sin(y * {_K})",
            "theta": f"atan2(y, x) - 0.000003 * cos(x * {_K})",
        },
        {"lng": "z * cos(theta)", "lat": "z * sin(theta)"},
    ]


def unprojected(east: str = "east", north: str = "north", meridian: float = 114.0) -> list[Step]:
    """Steps from metres in a 3° Gauss-Krüger zone of CGCS2000 to ``lng`` and ``lat``; a zone number is taken off.

    EPSG:4547 (114° E without zone number) and EPSG:4526 (zone 38). Series of Krüger in the third flattening, to its
    fourth power: less than a millimetre within the zone.
    """
    axis, flattening = _SPHERE
    n = flattening / (2 - flattening)
    rectifying = axis / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    beta = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
    delta = (2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15)
    xi = "".join(f" - {b!r} * sin({2 * j}.0 * xi) * cosh({2 * j}.0 * eta)" for j, b in enumerate(beta, 1))
    eta = "".join(f" - {b!r} * cos({2 * j}.0 * xi) * sinh({2 * j}.0 * eta)" for j, b in enumerate(beta, 1))
    phi = "".join(f" + {d!r} * sin({2 * j}.0 * chi)" for j, d in enumerate(delta, 1))
    return [
        {
            "xi": f"CAST({north} AS DOUBLE) / {rectifying!r}",
            "eta": f"(CAST({east} AS DOUBLE) % 1000000.0 - 500000.0) / {rectifying!r}",
        },
        {"xi": f"xi{xi}", "eta": f"eta{eta}"},
        {"chi": "asin(sin(xi) / cosh(eta))", "lambda": "atan2(sinh(eta), cos(xi))"},
        {"lng": f"{meridian} + degrees(lambda)", "lat": f"degrees(chi{phi})"},
    ]


def is_inside(ring: Ring, lng: str = "lng", lat: str = "lat") -> str:
    """Whether a place lies inside an area: an odd number of its edges is crossed on the way east."""
    crossings = []
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if y1 != y2:
            low, high = sorted((y1, y2))
            slope = (x2 - x1) / (y2 - y1)
            crossed = f"{lat} >= {low!r} AND {lat} < {high!r} AND {lng} < {x1!r} + ({lat} - {y1!r}) * {slope!r}"
            crossings.append(f"CAST({crossed} AS INT)")
    return f"(({' + '.join(crossings) or '0'}) % 2 = 1)"


def detected_system(ring: Ring, places: dict[str, tuple[str, str]]) -> str:
    """The one system in which a place lies inside the area that its record names; null where none or several do.

    ``places`` are the columns of the place as WGS-84, by the system that its numbers are read in.
    """
    inside = {system: is_inside(ring, *columns) for system, columns in places.items()}
    count = " + ".join(f"CAST({condition} AS INT)" for condition in inside.values())
    found = " ".join(f"WHEN {condition} THEN '{system}'" for system, condition in inside.items())
    return f"CASE WHEN ({count}) <> 1 THEN NULL {found} END"
