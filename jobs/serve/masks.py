"""Masks of registered elements as DuckDB SQL: what a role without need of identity sees instead of a value.

GB/T 37964-2019 names the families (suppression, generalisation, partial masking); which one an element takes is
declared in ``catalog/standards/elements.yml``.
"""

from __future__ import annotations

_KEEP_ENDS = (
    "CASE WHEN length({c}) > {n} THEN left({c}, {a}) || repeat('*', length({c}) - {n}) || right({c}, {b}) "
    "ELSE repeat('*', length({c})) END"
)

_NUMBERED_BY_PERSON = "^[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]([0-9X]{2})?$|^[1-9][0-9]{7}(0[1-9]|1[0-2])[0-3][0-9]{4}$"
"""A resident id of 18 or 15 digits, or one with two more, as the self-employed had them for a taxpayer's number."""

_MASKS: dict[str, str] = {
    "ID18": _KEEP_ENDS.format(c="{c}", n=2, a=1, b=1),
    "TAXPAYER": "CASE WHEN regexp_matches({c}, '"
    + _NUMBERED_BY_PERSON
    + "') THEN "
    + _KEEP_ENDS.format(c="{c}", n=2, a=1, b=1)
    + " ELSE {c} END",
    "PASSPORT": _KEEP_ENDS.format(c="{c}", n=2, a=1, b=1),
    "NAME": "left({c}, 1) || repeat('*', greatest(length({c}) - 1, 1))",
    "NAME_P": "left({c}, 1) || repeat('*', greatest(length({c}) - 1, 1))",
    "MOBILE": _KEEP_ENDS.format(c="{c}", n=7, a=3, b=4),
    "TEL": _KEEP_ENDS.format(c="{c}", n=7, a=3, b=4),
    "BANK": _KEEP_ENDS.format(c="{c}", n=4, a=0, b=4),
    "KEEP4": _KEEP_ENDS.format(c="{c}", n=4, a=0, b=4),
    "PLATE": _KEEP_ENDS.format(c="{c}", n=3, a=2, b=1),
    "EMAIL": "left({c}, 1) || '***'",
    "ADDR": "regexp_extract({c}, '^.*?(镇|街道|园区|市)', 0) || '***'",
    "DOB": "strftime(try_cast({c} AS DATE), '%Y')",
}


def masked(column: str, mask: str | None, pii: str) -> str:
    """SQL of the masked value; the column itself where the policy asks for no mask.

    Direct identifiers without a mask of their own, and everything whose mask is not known here, are suppressed.
    """
    if pii not in ("direct", "sensitive") and mask not in _MASKS:
        return column
    template = _MASKS.get(mask or "")
    if template is None:
        return "CAST(NULL AS VARCHAR)" if pii == "direct" or mask else column
    return template.replace("{c}", f"CAST({column} AS VARCHAR)")
