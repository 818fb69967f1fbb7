"""Rows that were refused or quarantined, shown so that nobody can be recognised.

A value is shown by what its element is declared to be, and a value may stand in the wrong column: whatever does not
look like what was declared is starred out whole. Lines refused at landing have no known columns: only their number,
length and reason are shown.
"""

from __future__ import annotations

import json
import re

from jobs.serve.portal.facts import Facts, Row
from jobs.serve.portal.reasons import reason
from jobs.serve.portal.words import ROW_RULES

_COMPOUND = ("欧阳", "司徒", "上官", "诸葛", "司马", "东方", "尉迟", "皇甫", "令狐", "慕容", "端木", "公孙")
_STAR = "*"


def mask(value: str, declared: Row, towns: frozenset[str] = frozenset()) -> str:
    """A value that nobody can be told by; ``declared`` is its row of ``meta.dictionary`` (empty if unknown)."""
    text, kind = value.strip(), str(declared.get("mask") or "")
    if not text:
        return "（空）"
    if is_garbled(text):
        return f"含乱码（{len(text)} 字）"
    if declared.get("code_table") and declared.get("pii") == "none" and re.fullmatch(r"[0-9A-Za-z]{1,4}", text):
        return text
    if kind in ("ID18", "PASSPORT") and re.fullmatch(r"[0-9A-Za-z]{7,20}", text):
        return text[0] + _STAR * (len(text) - 2) + text[-1]
    if kind == "MOBILE" and re.fullmatch(r"1\d{10}", text):
        return f"{text[:3]}****{text[-4:]}"
    if kind in ("NAME", "NAME_P") and re.fullmatch(r"[\u4e00-\u9fff·]{2,15}", text):
        kept = 2 if text[:2] in _COMPOUND and len(text) > 2 else 1
        return text[:kept] + _STAR * min(len(text) - kept, 4)
    if kind == "ADDR":
        town = next((name for name in sorted(towns) if name in text), "")
        return f"{town}****" if town else "****"
    if declared.get("type") in ("date", "datetime") and declared.get("pii") == "none":
        year = re.match(r"(?:19|20)\d\d(?=\D|\d{4})", text)
        return f"{year[0]}-**-**" if year else f"****（{len(text)} 字）"
    return f"****（{len(text)} 字）"


def is_garbled(text: str) -> bool:
    """Whether a text holds what wrong decoding leaves behind."""
    return any(mark in text for mark in ("锟斤拷", "烫烫烫", "\ufffd"))


def refused_lines(facts: Facts, resource: str) -> list[Row]:
    """Up to five lines that could not be read at all."""
    return [row | {"reason": reason(row["reason"])} for row in facts.refused.get((resource,), [])]


def quarantined_rows(facts: Facts, resource: Row) -> list[Row]:
    """Up to five rows that broke a critical rule: their key and the cells that the rules speak of, masked."""
    rows = facts.quarantined.get((resource["id"],), [])
    if not rows:
        return []
    by_column, by_field = _declared(facts, resource["id"])
    names, columns = _rules(facts, resource["id"])
    keys = [part.strip() for part in str(resource["key_columns"]).split(",") if part.strip()]
    shown = []
    for row in rows:
        broken = [part.strip() for part in row["rules"].split(";") if part.strip()]
        fields = [by_column[columns[rule]] for rule in broken if columns.get(rule) in by_column]
        values = json.loads(row["row_json"] or "{}")
        if "garbled" in broken:
            fields += [field for field, value in values.items() if is_garbled(str(value))]
        shown.append(
            {
                "period": row["period"],
                "row_no": row["row_no"],
                "rules": [names.get(rule) or ROW_RULES.get(rule, rule) for rule in broken],
                "cells": [
                    {
                        "field": field,
                        "label": str(by_field.get(field, {}).get("label") or field),
                        "value": mask(str(values.get(field) or ""), by_field.get(field, {}), facts.towns),
                    }
                    for field in dict.fromkeys([*keys, *fields])
                    if field in values
                ],
            }
        )
    return shown


def _declared(facts: Facts, resource: str) -> tuple[dict[str, str], dict[str, Row]]:
    """Department's field by standardised column, and the dictionary's row by department's field: that of the field
    itself where more is read out of it."""
    rows = facts.dictionary.get(("std", resource.replace(".", "__")), [])
    own = [row for row in rows if row["source"]]
    return {row["column_name"]: row["source"] for row in own}, {row["source"]: row for row in reversed(own)}


def _rules(facts: Facts, resource: str) -> tuple[dict[str, str], dict[str, str]]:
    rules = facts.rules.get(("standardised", resource), [])
    return {row["rule"]: row["rule_name"] for row in rules}, {row["rule"]: row["element"] for row in rules}
