"""Errors in numbers of persons and organisations."""

from __future__ import annotations

from jobs.simulate.errors.kind import KEEP, NONE, SUSPECT, Kind, is_number_18, when, wrong_last


def _is_old(text: str) -> bool:
    return is_number_18(text) and text[0] in "12345678" and text[6:8] == "19" and text[14:17] < "996"


_ID = ("resident_id", "identity_document")
_OLD_BEARERS = ("gaj.idcard.card", "rsj.si.person", "mzj.funeral.cremation", "zfw.zwgc.person", "gjj.account.person")

IDENTIFIERS = (
    Kind("id_lower_x", _ID, when(lambda t: is_number_18(t) and t[-1] == "X", str.lower), "repaired", "repaired", KEEP),
    Kind(
        "id_wide_x",
        _ID,
        when(lambda t: is_number_18(t) and t[-1] == "X", lambda t: t[:-1] + "Ｘ"),
        "repaired",
        "repaired",
        KEEP,
    ),
    Kind("id_blanks", _ID, when(is_number_18, lambda t: f"{t[:6]} {t[6:14]} {t[14:]}"), "repaired", "repaired", KEEP),
    Kind("id_dashes", _ID, when(is_number_18, lambda t: f"{t[:6]}-{t[6:14]}-{t[14:]}"), "repaired", "repaired", KEEP),
    Kind("id_15_digits", _ID, when(_is_old, lambda t: t[:6] + t[8:17]), "converted", "converted", KEEP),
    Kind(
        "id_15_digits_old",
        _ID,
        when(lambda t: _is_old(t) and t[8:10] < "60", lambda t: t[:6] + t[8:17]),
        "converted",
        "converted",
        KEEP,
        resources=_OLD_BEARERS,
        rate=0.05,
    ),
    Kind("id_check_digit", _ID, when(is_number_18, wrong_last), "flagged", "check_digit", SUSPECT),
    Kind("id_masked", _ID, when(is_number_18, lambda t: f"{t[:4]}**********{t[14:]}"), "flagged", "malformed", SUSPECT),
    Kind("id_short", ("resident_id",), when(is_number_18, lambda t: t[:17]), "flagged", "malformed", SUSPECT),
    Kind("id_placeholder", _ID, when(is_number_18, lambda t: "000000000000000000"), "flagged", "placeholder", NONE),
    Kind("id_word", _ID, when(is_number_18, lambda t: "无证"), "flagged", "placeholder", NONE),
    Kind("uscc_lower", ("uscc",), str.lower, "repaired", "repaired", KEEP),
    Kind("uscc_blanks", ("uscc",), lambda t: f"{t[:8]} {t[8:]}", "repaired", "repaired", KEEP),
    Kind("uscc_check_digit", ("uscc",), wrong_last, "flagged", "check_digit", SUSPECT),
    Kind(
        "uscc_letter_o",
        ("uscc",),
        when(lambda t: "0" in t[10:], lambda t: t[:10] + t[10:].replace("0", "O", 1)),
        "flagged",
        "malformed",
        SUSPECT,
    ),
    Kind("uscc_filler", ("uscc",), lambda t: "00000000000000000X", "flagged", "placeholder", NONE),
    Kind(
        "uscc_filler_habit",
        ("uscc",),
        lambda t: "00000000000000000X",
        "flagged",
        "placeholder",
        NONE,
        resources=("fgj.credit.permit",),
        rate=0.04,
    ),
    Kind(
        "registration_check",
        ("business_reg_no",),
        when(lambda t: len(t) == 15, wrong_last),
        "flagged",
        "check_digit",
        SUSPECT,
    ),
)
