"""Errors in phones, coordinates, amounts and counts."""

from __future__ import annotations

from jobs.simulate.errors.kind import disputed, doubted, repaired, unreadable, when, wide, wrong_last

NUMBERS = (
    repaired("phone_wide", ("mobile", "phone"), wide),
    repaired("phone_country", ("mobile",), lambda t: "+86" + t),
    repaired("phone_dashes", ("mobile",), lambda t: f"{t[:3]}-{t[3:7]}-{t[7:]}"),
    unreadable("phone_placeholder", ("mobile", "phone"), lambda t: "11111111111", "placeholder"),
    doubted("phone_short", ("mobile",), lambda t: t[:9], "malformed"),
    doubted("phone_two", ("mobile",), lambda t: f"{t}/{wrong_last(t)}", "malformed"),
    disputed("phone_of_agent", ("mobile",), lambda t: "13922900417", resources=("gaj.residence",), rate=0.02),
    doubted("coordinates_swapped", ("longitude",), lambda t: "22.981234", "implausible"),
    doubted("coordinates_zero", ("latitude", "longitude"), lambda t: "0", "implausible"),
    disputed(
        "coordinates_shifted",
        ("longitude",),
        lambda t: f"{float(t) + 0.0052:.6f}",
        resources=("zfw", "cgj", "zsj"),
        rate=0.02,
    ),
    repaired("amount_commas", ("amount",), when(lambda t: t.isdigit() and len(t) > 3, lambda t: f"{int(t):,}")),
    unreadable("amount_about", ("amount",), lambda t: f"约{t}左右", "unparsed"),
    disputed(
        "amount_scale",
        ("amount",),
        when(str.isdigit, lambda t: f"{t}0000"),
        elements=("registered_capital",),
        rate=0.004,
    ),
    disputed("fine_in_yuan", ("amount",), lambda t: f"{float(t) * 10000:.0f}", elements=("fine_wan",), rate=0.015),
    repaired(
        "count_unit", ("integer",), lambda t: f"{t}人", elements=("employee_count", "population_count", "tenant_count")
    ),
    unreadable("count_text", ("integer",), lambda t: "若干", "unparsed"),
    repaired("area_unit", ("decimal",), lambda t: f"{t}㎡", elements=("building_area", "place_area")),
)
