"""Errors in names."""

from __future__ import annotations

from jobs.simulate.errors.kind import KEEP, NONE, SUSPECT, Kind, when, wide

NAMES = (
    Kind(
        "name_dot",
        ("person_name",),
        when(lambda t: "·" in t, lambda t: t.replace("·", "•")),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind(
        "name_dot_ascii",
        ("person_name",),
        when(lambda t: "·" in t, lambda t: t.replace("·", ".")),
        "repaired",
        "repaired",
        KEEP,
        rate=0.2,
    ),
    Kind(
        "name_blank",
        ("person_name",),
        when(lambda t: len(t) == 2 and not t.isascii(), lambda t: f"{t[0]}　{t[1]}"),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind(
        "name_inner_blank",
        ("person_name",),
        when(lambda t: len(t) == 3 and not t.isascii(), " ".join),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind(
        "name_remark",
        ("person_name",),
        when(lambda t: "·" not in t and not t.isascii(), lambda t: f"{t}(已搬)"),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind(
        "name_lost_character",
        ("person_name",),
        when(lambda t: len(t) == 3 and not t.isascii(), lambda t: f"{t[:2]}?"),
        "flagged",
        "malformed",
        SUSPECT,
    ),
    Kind(
        "name_rare_lost",
        ("person_name",),
        when(lambda t: t[-1] > "\uffff", lambda t: f"{t[:-1]}?"),
        "flagged",
        "malformed",
        SUSPECT,
        resources=("rsj", "ybj", "gjj"),
        rate=0.4,
    ),
    Kind(
        "name_private_font",
        ("person_name",),
        when(lambda t: t[-1] > "\uffff", lambda t: f"{t[:-1]}\ue1a3"),
        "flagged",
        "malformed",
        SUSPECT,
        resources=("gaj.idcard", "jyj", "mzj"),
        rate=0.4,
    ),
    Kind("name_placeholder", ("person_name",), lambda t: "测试", "flagged", "placeholder", NONE),
    Kind(
        "name_wide_letters", ("person_name",), when(str.isascii, lambda t: wide(t) or t), "repaired", "repaired", KEEP
    ),
    Kind(
        "org_name_brackets",
        ("org_name",),
        when(lambda t: "（" in t, lambda t: t.replace("（", "(").replace("）", ")")),
        "repaired",
        "repaired",
        KEEP,
        rate=0.1,
    ),
    Kind(
        "org_name_blank",
        ("org_name",),
        when(lambda t: t[:6].isalpha() and not t[:6].isascii(), lambda t: f"{t[:3]} {t[3:]}"),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind(
        "org_name_word",
        ("org_name",),
        lambda t: "无",
        "flagged",
        "placeholder",
        NONE,
        ("employer_name",),
        ("gaj.residence", "zfw"),
        0.03,
    ),
)
