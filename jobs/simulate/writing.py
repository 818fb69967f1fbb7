"""From canonical text to a source's own writing, and what of the canonical text survives it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from jobs.contracts import AMOUNT_UNITS, Catalog, SourceField

Convert = Callable[[str], str]


def converter_of(catalog: Catalog, field: SourceField) -> Convert | None:
    """How the source writes the values of a column; None where it writes them as they are."""
    element = catalog.elements[field.element]
    if element.type in ("date", "datetime"):
        return _dater(field.formats[0], element.type == "datetime") if field.formats else None
    if field.unit and element.unit and field.unit != element.unit and {field.unit, element.unit} <= set(AMOUNT_UNITS):
        factor = Decimal(AMOUNT_UNITS[element.unit]) / Decimal(AMOUNT_UNITS[field.unit])
        return lambda text: f"{(Decimal(text) * factor).normalize():f}"
    return None


def _dater(pattern: str, is_time: bool) -> Convert:
    known: dict[str, str] = {}

    def convert(text: str) -> str:
        found = known.get(text)
        if found is None:
            if is_time and len(known) > 100_000:
                known.clear()
            found = known[text] = dated(text, pattern)
        return found

    return convert


def dated(text: str, pattern: str) -> str:
    """``yyyy-MM-dd[ HH:mm:ss]`` in a Java-like pattern."""
    year, month, day = text[:4], text[5:7], text[8:10]
    if "/M/" in pattern:
        month, day, pattern = str(int(month)), str(int(day)), pattern.replace("/M/d", "/MM/dd")
    parts = {"yyyy": year, "MM": month, "dd": day}
    parts |= {"HH": text[11:13] or "00", "mm": text[14:16] or "00", "ss": text[17:19] or "00"}
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern


def survivor_of(catalog: Catalog, field: SourceField) -> Callable[[str], str | None] | None:
    """What a reader can get back from the source's writing; None where that is all of it."""
    kind = catalog.elements[field.element].type
    if kind not in ("date", "datetime") or not field.formats:
        return None
    pattern = field.formats[0]
    if "yyyy" not in pattern or "M" not in pattern or "d" not in pattern:
        return lambda _text: None
    if kind == "datetime" and "HH" not in pattern:
        return lambda text: f"{text[:10]} 00:00:00"
    if kind == "datetime" and "ss" not in pattern:
        return lambda text: f"{text[:16]}:00"
    return None
