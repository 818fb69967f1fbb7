"""Which deliveries go wrong as a whole, and how."""

from __future__ import annotations

from random import Random

FIXED: dict[tuple[str, int], str] = {
    ("jyj.student.status", 0): "doubled",
    ("fgj.credit.penalty", 0): "wrong_sum",
    ("zfw.zwgc.grid", 0): "replaced",
    ("rsj.si.unit", 1): "wrong_total",
    ("ybj.insured.person", 1): "undecodable",
    ("wjj.death.certificate", 1): "late",
    ("gaj.household.person", 1): "truncated",
    ("shwj.tax.register", 1): "repeated",
    ("scjgj.reg.investor", 1): "b_of_aba",
    ("scjgj.reg.investor", 2): "a_of_aba",
    ("scjgj.reg.individual", 2): "aba",
}
"""By resource and day. *late* arrives a day after; *doubled* is the same file again under another name; *repeated* the
same bytes under the next sequence; *wrong_sum* is put right the next
morning; *replaced* a damaged file and its good replacement; *aba* three sequences of which
the third equals the first; *b_of_aba* and *a_of_aba* the same over three days."""

REFUSED = ("wrong_total", "wrong_sum", "undecodable", "truncated")
"""Faults for which a delivery must be refused whole."""
_LATER = ("wrong_total", "truncated", "late", "doubled", "repeated")
_LATER_RATE = 0.01
_TEXTUAL = ("csv", "json", "jsonl")


def fault_of(seed: int, resource: str, offset: int, kind: str, rows: int) -> str:
    """The fault of a delivery: the fixed one on the first days, by chance later; files of text only."""
    if (resource, offset) in FIXED:
        return FIXED[resource, offset]
    random = Random(f"{seed}|{resource}|{offset}|fault")
    if offset < 3 or kind not in _TEXTUAL or rows < 30 or random.random() > _LATER_RATE:
        return ""
    return random.choice(_LATER)


def spoil(data: bytes, fault: str) -> bytes:
    """The bytes of a file that was damaged on its way."""
    if fault == "undecodable":
        return data[: len(data) // 2] + b"\xff\xfe\xff" + data[len(data) // 2 :]
    return data[: int(len(data) * 0.8)] if fault == "truncated" else data
