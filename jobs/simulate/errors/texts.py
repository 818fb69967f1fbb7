"""Errors in free text, addresses and document numbers."""

from __future__ import annotations

from jobs.simulate.errors.kind import disputed, empty, repaired, when, wide

TEXTS = (
    empty("text_null_word", ("text", "address", "phone"), lambda t: "NULL"),
    empty("text_dash", ("text", "org_name", "date"), lambda t: "——"),
    repaired("text_invisible", ("text", "address", "org_name"), lambda t: f"{t[:2]}\u200b{t[2:]}"),
    repaired("text_outer_blanks", ("text", "address", "org_name"), lambda t: f" {t}\u3000"),
    repaired("address_wide", ("address",), wide),
    disputed(
        "address_town_only",
        ("address",),
        when(lambda t: "路" in t, lambda t: t[: t.index("路") - 2]),
        resources=("gaj.residence", "zfw.zwgc.person"),
        rate=0.02,
    ),
    repaired(
        "doc_no_brackets",
        ("doc_no",),
        when(lambda t: "〔" in t, lambda t: t.replace("〔", "(").replace("〕", ")")),
        rate=0.03,
    ),
    repaired("doc_no_blank", ("doc_no",), when(lambda t: "〕" in t, lambda t: t.replace("〕", "〕 "))),
)
