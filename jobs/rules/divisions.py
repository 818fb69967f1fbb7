"""What a 12-digit division code says of itself: GB/T 2260 (6) + GB/T 10114 (3) + the statistical village code (3).

And whether six digits were ever a code of GB/T 2260: identifiers keep the code of the day they were given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

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


@cache
def divisions_ever() -> tuple[str, ...]:
    """Codes that were in GB/T 2260 at any time since 1980, county by county, as python-stdnum lists them."""
    found, province = set(), ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
        if head := re.match(r"([0-9]{2}) ", line):
            province = head[1]
        elif county := re.match(r" +([0-9]{4}) ", line):
            found.add(province + county[1])
    return tuple(sorted(found))


@cache
def division_pattern(*others: str) -> str:
    """A regular expression of the six digits of :func:`divisions_ever` and ``others``: engines plan one literal of
    12 kB faster than a list of seven thousand."""
    return _any_of({*divisions_ever(), *others})


def _any_of(codes: Iterable[str]) -> str:
    """Codes of one length, two digits a branch; heads with the same tails share one."""
    tails: dict[str, set[str]] = {}
    for code in codes:
        tails.setdefault(code[:2], set()).add(code[2:])
    heads: dict[str, list[str]] = {}
    for head, rest in sorted(tails.items()):
        heads.setdefault(_any_of(rest) if rest != {""} else "", []).append(head)
    return _choice(_pairs(pairs) + rest for rest, pairs in heads.items())


def _pairs(pairs: Iterable[str]) -> str:
    units: dict[str, str] = {}
    for pair in pairs:
        units[pair[0]] = units.get(pair[0], "") + pair[1]
    tens: dict[str, str] = {}
    for ten, unit in units.items():
        tens[unit] = tens.get(unit, "") + ten
    return _choice(_class(ten) + _class(unit) for unit, ten in tens.items())


def _class(digits: str) -> str:
    if len(digits) == 1:
        return digits
    first = [digit for digit in digits if chr(ord(digit) - 1) not in digits]
    last = [digit for digit in digits if chr(ord(digit) + 1) not in digits]
    return f"[{''.join(a if a == z else f'{a}-{z}' for a, z in zip(first, last, strict=True))}]"


def _choice(branches: Iterable[str]) -> str:
    listed = list(branches)
    return listed[0] if len(listed) == 1 else f"(?:{'|'.join(listed)})"
