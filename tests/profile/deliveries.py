"""Ten unlike deliveries of the simulated city, and the same ones with names of columns that nobody has declared.

The truth is the catalog's declaration of each resource; what is tested never reads it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pypinyin import Style, lazy_pinyin

from jobs.contracts import Catalog, Format
from jobs.land.reader import read_records
from jobs.profile.likeness import Index
from jobs.simulate.writers import write_delivery

UNLIKE = {
    "gaj.household.person": "CSV in GB18030",
    "wjj.birth.certificate": "CSV in UTF-8 with a mark",
    "rsj.si.person": "pipes in GB18030",
    "zsj.hotline.order": "tabs",
    "wbb.sydw.institution": "XLSX, two header rows, footers",
    "mzj.marriage.registration": "one JSON object a line",
    "ybj.insured.person": "JSON, records at output.data",
    "scjgj.reg.enterprise": "ZIP of a CSV",
    "zsj.elicence.licence": "ZIP of JSON lines",
    "zfw.zwgc.staff": "SQLite table",
}
STYLES = ("written", "initials", "written", "abbreviated", "written", "initials", "abbreviated", "initials", "written")
"""Ways of renaming all columns of a file; with ``numbered`` they are ten."""
_WRITINGS = Path(__file__).with_name("writings.csv")


@dataclass(frozen=True)
class Delivery:
    """A file of a resource with the element of each of its columns."""

    resource: str
    path: Path
    style: str
    truth: dict[str, str]


def delivered(catalog: Catalog, inbox: Path, resource: str) -> Delivery:
    """The first delivery of a resource."""
    access = catalog.access[resource]
    pattern = (access.pattern or "").replace("{period}", "*").replace("{sequence}", "*")
    path = min((inbox / (access.path or "")).glob(pattern))
    fields = catalog.resources[resource].delivered
    return Delivery(resource, path, "declared", {field.name: field.element for field in fields})


def styles(seed: int) -> dict[str, str]:
    """A style for each of the ten, shuffled."""
    drawn = [*STYLES, "numbered"]
    Random(seed).shuffle(drawn)
    return dict(zip(UNLIKE, drawn, strict=True))


def renamed(catalog: Catalog, index: Index, source: Delivery, style: str, seed: int, folder: Path) -> Delivery:
    """The delivery written anew with names that are no element's."""
    resource, fmt = catalog.resources[source.resource], catalog.format_of(source.resource)
    names = [field.name for field in resource.delivered]
    new = _new_names(source, names, style, index, Random(f"{seed} {source.resource}"))
    fields = [
        field.model_copy(update={"name": new[field.name], "label": new[field.name]}) for field in resource.delivered
    ]
    path = folder / source.path.parent.parent.name / source.path.parent.name / source.path.name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [list(row) for row in _rows(source.path, fmt, names)]
    write_delivery(path, resource.model_copy(update={"fields": tuple(fields)}), fmt, rows)
    return Delivery(source.resource, path, style, {new[name]: element for name, element in source.truth.items()})


def _rows(path: Path, fmt: Format, names: list[str]) -> Iterator[tuple[str | None, ...]]:
    for chunk in read_records(path, fmt, names):
        yield from zip(*[column.to_pylist() for column in chunk.columns], strict=True)


def _new_names(source: Delivery, names: list[str], style: str, index: Index, random: Random) -> dict[str, str]:
    """Old name → new one: none is a name of an element, none stands twice."""
    if style == "numbered":
        return {name: f"COL{n}" for n, name in enumerate(names, 1)}
    writings = {row["name"]: row["writing"] for row in _written() if row["resource"] == source.resource}
    new: dict[str, str] = {}
    for name in names:
        options = (option for option in _WAYS[style](writings[name], random) if option not in new.values())
        new[name] = next(option for option in options if not index.is_word(option))
    return new


def _written() -> list[dict[str, str]]:
    with _WRITINGS.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _as_written(writing: str, _random: Random) -> Iterator[str]:
    yield writing
    yield f"{writing}栏"
    yield from (f"{writing}{n}" for n in range(2, 9))


def _initials(writing: str, _random: Random) -> Iterator[str]:
    letters = "".join(lazy_pinyin("".join(filter(str.isalnum, writing)), style=Style.FIRST_LETTER)).upper()
    yield letters
    yield "".join(lazy_pinyin("".join(filter(str.isalnum, writing)))).capitalize()
    yield from (f"{letters}{n}" for n in range(1, 9))


def _abbreviated(writing: str, random: Random) -> Iterator[str]:
    """The writing without its first word, with its last word cut to one character, or both."""
    ways = [writing[2:], writing[:-2] + writing[-1], writing[:-1], writing[2:-2] + writing[-1]]
    random.shuffle(ways)
    yield from (way for way in ways if len(way) > 1)
    yield from _as_written(writing, random)


_WAYS: dict[str, Callable[[str, Random], Iterator[str]]] = {
    "written": _as_written,
    "initials": _initials,
    "abbreviated": _abbreviated,
}
