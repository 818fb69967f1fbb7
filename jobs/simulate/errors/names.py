"""Errors in names."""

from __future__ import annotations

from jobs.simulate.errors.kind import doubted, repaired, unreadable, when, wide

NAMES = (
    repaired("name_dot", ("person_name",), when(lambda t: "·" in t, lambda t: t.replace("·", "•"))),
    repaired("name_dot_ascii", ("person_name",), when(lambda t: "·" in t, lambda t: t.replace("·", ".")), rate=0.2),
    repaired(
        "name_blank",
        ("person_name",),
        when(lambda t: len(t) == 2 and not t.isascii(), lambda t: f"{t[0]}\u3000{t[1]}"),
    ),
    repaired("name_inner_blank", ("person_name",), when(lambda t: len(t) == 3 and not t.isascii(), " ".join)),
    repaired("name_remark", ("person_name",), when(lambda t: "·" not in t and not t.isascii(), lambda t: f"{t}(已搬)")),
    doubted(
        "name_lost_character",
        ("person_name",),
        when(lambda t: len(t) == 3 and not t.isascii(), lambda t: f"{t[:2]}?"),
        "malformed",
    ),
    doubted(
        "name_rare_lost",
        ("person_name",),
        when(lambda t: t[-1] > "\uffff", lambda t: f"{t[:-1]}?"),
        "malformed",
        resources=("rsj", "ybj", "gjj"),
        rate=0.4,
    ),
    doubted(
        "name_private_font",
        ("person_name",),
        when(lambda t: t[-1] > "\uffff", lambda t: f"{t[:-1]}\ue1a3"),
        "malformed",
        resources=("gaj.idcard", "jyj", "mzj"),
        rate=0.4,
    ),
    unreadable("name_placeholder", ("person_name",), lambda t: "测试", "placeholder"),
    repaired("name_wide_letters", ("person_name",), when(str.isascii, lambda t: wide(t) or t)),
    repaired(
        "org_name_brackets",
        ("org_name",),
        when(lambda t: "（" in t, lambda t: t.replace("（", "(").replace("）", ")")),
        rate=0.1,
    ),
    repaired(
        "org_name_blank",
        ("org_name",),
        when(lambda t: t[:6].isalpha() and not t[:6].isascii(), lambda t: f"{t[:3]} {t[3:]}"),
    ),
    unreadable(
        "org_name_word",
        ("org_name",),
        lambda t: "无",
        "placeholder",
        elements=("employer_name",),
        resources=("gaj.residence", "zfw"),
        rate=0.03,
    ),
)
