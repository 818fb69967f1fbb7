"""Errors in numbers of persons and organisations."""

from __future__ import annotations

from jobs.simulate.errors.kind import converted, doubted, is_number_18, repaired, unreadable, when, wrong_last


def _is_old(text: str) -> bool:
    return is_number_18(text) and text[0] in "12345678" and text[6:8] == "19" and text[14:17] < "996"


_ID = ("resident_id", "identity_document")
_CREDIT = ("uscc", "taxpayer_id")
_OLD_BEARERS = ("gaj.idcard.card", "rsj.si.person", "mzj.funeral.cremation", "zfw.zwgc.person", "gjj.account.person")

IDENTIFIERS = (
    repaired("id_lower_x", _ID, when(lambda t: is_number_18(t) and t[-1] == "X", str.lower)),
    repaired("id_wide_x", _ID, when(lambda t: is_number_18(t) and t[-1] == "X", lambda t: t[:-1] + "Ｘ")),
    repaired("id_blanks", _ID, when(is_number_18, lambda t: f"{t[:6]} {t[6:14]} {t[14:]}")),
    repaired("id_dashes", _ID, when(is_number_18, lambda t: f"{t[:6]}-{t[6:14]}-{t[14:]}")),
    converted("id_15_digits", _ID, when(_is_old, lambda t: t[:6] + t[8:17])),
    converted(
        "id_15_digits_old",
        _ID,
        when(lambda t: _is_old(t) and t[8:10] < "60", lambda t: t[:6] + t[8:17]),
        resources=_OLD_BEARERS,
        rate=0.05,
    ),
    doubted("id_check_digit", _ID, when(is_number_18, wrong_last), "check_digit"),
    doubted("id_masked", _ID, when(is_number_18, lambda t: f"{t[:4]}**********{t[14:]}"), "malformed"),
    doubted("id_short", ("resident_id",), when(is_number_18, lambda t: t[:17]), "malformed"),
    unreadable("id_placeholder", _ID, when(is_number_18, lambda t: "000000000000000000"), "placeholder"),
    unreadable("id_word", _ID, when(is_number_18, lambda t: "无证"), "placeholder"),
    repaired("uscc_lower", _CREDIT, str.lower),
    repaired("uscc_blanks", _CREDIT, lambda t: f"{t[:8]} {t[8:]}"),
    doubted("uscc_check_digit", _CREDIT, wrong_last, "check_digit"),
    doubted(
        "uscc_letter_o",
        _CREDIT,
        when(lambda t: "0" in t[10:], lambda t: t[:10] + t[10:].replace("0", "O", 1)),
        "malformed",
    ),
    unreadable("uscc_filler", _CREDIT, lambda t: "00000000000000000X", "placeholder"),
    unreadable(
        "uscc_filler_habit",
        ("uscc",),
        lambda t: "00000000000000000X",
        "placeholder",
        resources=("fgj.credit.permit",),
        rate=0.04,
    ),
    doubted("registration_check", ("business_reg_no",), when(lambda t: len(t) == 15, wrong_last), "check_digit"),
)
