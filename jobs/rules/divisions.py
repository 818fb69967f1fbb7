"""What a 12-digit division code says of itself: GB/T 2260 (6) + GB/T 10114 (3) + the statistical village code (3)."""

from __future__ import annotations

from jobs.rules.sql import cases, literal

_TOWNS = ((1, 99, "街道"), (100, 199, "镇"), (200, 399, "乡"), (400, 599, "类似乡级单位/园区"))
_VILLAGES = (
    (1, 199, "居委会/社区"),
    (200, 399, "村委会"),
    (400, 499, "类似居委会"),
    (500, 599, "类似村委会"),
)


def division_parts(code: str) -> dict[str, str]:
    """County, town and village of a code, and the kinds of the last two; null where the code does not reach so far."""
    return {
        "division": f"substring({code}, 1, 6)",
        "town": _reached(code, 9),
        "village": _reached(code, 12),
        "town_kind": _kind(code, 7, _TOWNS),
        "village_kind": _kind(code, 10, _VILLAGES),
    }


def _reached(code: str, size: int) -> str:
    head = f"substring({code}, 1, {size})"
    return f"CASE WHEN length({code}) >= {size} AND right({head}, 3) <> '000' THEN {head} END"


def _kind(code: str, start: int, ranges: tuple[tuple[int, int, str], ...]) -> str:
    number = f"try_cast(substring({code}, {start}, 3) AS INT)"
    return cases([(f"{number} BETWEEN {low} AND {high}", literal(kind)) for low, high, kind in ranges])
