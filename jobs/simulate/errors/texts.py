"""Errors in free text, addresses and document numbers."""

from __future__ import annotations

from jobs.simulate.errors.kind import KEEP, NONE, STANDS, Kind, when, wide

TEXTS = (
    Kind("text_null_word", ("text", "address", "phone"), lambda t: "NULL", "empty", "", NONE),
    Kind("text_dash", ("text", "org_name", "date"), lambda t: "——", "empty", "", NONE),
    Kind(
        "text_invisible",
        ("text", "address", "org_name"),
        lambda t: f"{t[:2]}\u200b{t[2:]}",
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind("text_outer_blanks", ("text", "address", "org_name"), lambda t: f" {t}　", "repaired", "repaired", KEEP),
    Kind("address_wide", ("address",), wide, "repaired", "repaired", KEEP),
    Kind(
        "address_town_only",
        ("address",),
        when(lambda t: "路" in t, lambda t: t[: t.index("路") - 2]),
        "disputed",
        "",
        STANDS,
        resources=("gaj.residence", "zfw.zwgc.person"),
        rate=0.02,
    ),
    Kind(
        "doc_no_brackets",
        ("doc_no",),
        when(lambda t: "〔" in t, lambda t: t.replace("〔", "(").replace("〕", ")")),
        "repaired",
        "repaired",
        KEEP,
        rate=0.03,
    ),
    Kind(
        "doc_no_blank",
        ("doc_no",),
        when(lambda t: "〕" in t, lambda t: t.replace("〕", "〕 ")),
        "repaired",
        "repaired",
        KEEP,
    ),
)
