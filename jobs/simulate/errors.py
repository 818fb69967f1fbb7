"""Planted errors: what is delivered instead of the truth, what becomes of it, and what can still be known.

Each kind names the rules of elements it can befall, how it writes the value, the verdict a reader must reach, and the
value that remains: the clean one where the writing can be repaired, none where it cannot, ``SUSPECT`` where the
delivered value stays but must give way to any clean one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

KEEP, NONE, SUSPECT = "keep", "none", "suspect"


@dataclass(frozen=True)
class Kind:
    """One kind of planted error."""

    id: str
    rules: tuple[str, ...]
    write: Callable[[str], str | None]
    verdict: str
    remains: str
    elements: tuple[str, ...] = ()


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _wrong_last(text: str) -> str | None:
    return text[:-1] + ("0" if text[-1] != "0" else "1") if len(text) == 18 else None


def _old_id(text: str) -> str | None:
    return text[:6] + text[8:17] if len(text) == 18 and text[6:8] == "19" and text[14:17] < "996" else None


def _when(test: Callable[[str], bool], write: Callable[[str], str]) -> Callable[[str], str | None]:
    return lambda text: write(text) if test(text) else None


_ID = ("resident_id", "identity_document")
_DATE = ("date",)

KINDS: tuple[Kind, ...] = (
    Kind("id_lower_x", _ID, _when(lambda t: t.endswith("X") and len(t) == 18, str.lower), "repaired", KEEP),
    Kind(
        "id_wide_x", _ID, _when(lambda t: t.endswith("X") and len(t) == 18, lambda t: t[:-1] + "Ｘ"), "repaired", KEEP
    ),
    Kind("id_15_digits", _ID, _old_id, "flagged", KEEP),
    Kind("id_check_digit", _ID, _wrong_last, "flagged", SUSPECT),
    Kind("id_blanks", _ID, _when(lambda t: len(t) == 18, lambda t: f"{t[:6]} {t[6:14]} {t[14:]}"), "repaired", KEEP),
    Kind("id_placeholder", ("identity_document",), lambda t: "000000000000000000", "flagged", NONE),
    Kind("phone_wide", ("mobile",), _wide, "repaired", KEEP),
    Kind("phone_country", ("mobile",), lambda t: "+86" + t, "repaired", KEEP),
    Kind("phone_placeholder", ("mobile",), lambda t: "11111111111", "flagged", NONE),
    Kind("phone_short", ("mobile",), lambda t: t[:9], "flagged", SUSPECT),
    Kind("date_1900", _DATE, lambda t: "1900-01-01", "flagged", NONE),
    Kind("date_text", _DATE, lambda t: "不详年月", "flagged", NONE),
    Kind("date_chinese", _DATE, lambda t: f"{t[:4]}年{int(t[5:7])}月{int(t[8:10])}日", "repaired", KEEP),
    Kind("date_dotted", _DATE, lambda t: f"{t[:4]}.{int(t[5:7])}.{int(t[8:10])}", "repaired", KEEP),
    Kind("date_impossible", _DATE, lambda t: f"{t[:4]}0230", "flagged", NONE),
    Kind("date_future", _DATE, lambda t: "2093-05-06", "flagged", SUSPECT, ("birth_date",)),
    Kind("date_excel_serial", ("date",), lambda t: "32874", "repaired", "1990-01-01", ("approved_on",)),
    Kind("sex_word", ("code",), lambda t: {"1": "男", "2": "女"}.get(t), "repaired", KEEP, ("sex",)),
    Kind("sex_unseen", ("code",), lambda t: "5", "flagged", NONE, ("sex",)),
    Kind("ethnicity_word", ("code",), _when(lambda t: t == "01", lambda t: "汉族"), "repaired", KEEP, ("ethnicity",)),
    Kind("code_unseen", ("code",), lambda t: "ZZ", "flagged", NONE, ("marital_status", "education_level")),
    Kind("name_dot", ("person_name",), _when(lambda t: "·" in t, lambda t: t.replace("·", "•")), "repaired", KEEP),
    Kind("name_blank", ("person_name",), _when(lambda t: len(t) == 2, lambda t: f"{t[0]}　{t[1]}"), "repaired", KEEP),
    Kind(
        "name_remark",
        ("person_name",),
        _when(lambda t: "·" not in t and not t.isascii(), lambda t: f"{t}(已搬)"),
        "repaired",
        KEEP,
    ),
    Kind(
        "name_lost_character", ("person_name",), _when(lambda t: len(t) == 3, lambda t: f"{t[:2]}?"), "flagged", SUSPECT
    ),
    Kind("name_placeholder", ("person_name",), lambda t: "测试", "flagged", NONE),
    Kind("coordinates_swapped", ("longitude",), lambda t: "22.981234", "flagged", SUSPECT),
    Kind("coordinates_zero", ("latitude",), lambda t: "0", "flagged", SUSPECT),
    Kind(
        "amount_commas",
        ("amount",),
        _when(lambda t: len(t) > 3 and t.isdigit(), lambda t: f"{int(t):,}"),
        "repaired",
        KEEP,
    ),
    Kind("amount_about", ("amount",), lambda t: f"约{t}左右", "flagged", NONE),
    Kind("uscc_lower", ("uscc",), str.lower, "repaired", KEEP),
    Kind("uscc_check", ("uscc",), _wrong_last, "flagged", SUSPECT),
    Kind("uscc_filler", ("uscc",), lambda t: "00000000000000000X", "flagged", NONE),
    Kind(
        "doc_no_brackets",
        ("doc_no",),
        _when(lambda t: "〔" in t, lambda t: t.replace("〔", "(").replace("〕", ")")),
        "repaired",
        KEEP,
    ),
    Kind("date_open_ended", _DATE, lambda t: "长期", "flagged", NONE, ("valid_to",)),
)

ROW_KINDS = ("row_shifted", "row_garbled", "row_key_missing", "row_repeated")
"""A field too many; text decoded wrongly before it was sent; no key; the same row twice in one file."""
