"""Writing SQL text: quoting, and the few shapes that every rule needs.

Engines read a doubled quote inside a literal differently, so a quote is spelt as ``char(39)``; a backslash is doubled
for both, and patterns use classes such as ``[0-9]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_ASCII = [chr(code) for code in range(0x21, 0x7F)]
WIDE = "".join(chr(ord(char) + 0xFEE0) for char in _ASCII) + "\u3000"
NARROW = "".join(_ASCII) + " "
WIDE_ALPHANUMERIC = "".join(chr(ord(char) + 0xFEE0) for char in _ASCII if char.isalnum()) + "\u3000"
NARROW_ALPHANUMERIC = "".join(char for char in _ASCII if char.isalnum()) + " "
BLANKS = " \t\r\n\f\v\u00a0\u3000"
_SEARCHED = 1_000
"""Characters of a list that are still searched from the left."""
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def literal(value: str) -> str:
    """A string constant that every engine reads as ``value``."""
    doubled = value.replace("\\", "\\\\")
    parts = ["char(39)" if part == "'" else f"'{part}'" for part in re.split("(')", doubled) if part]
    if not parts:
        return "''"
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})"


def name(column: str) -> str:
    """A quoted identifier."""
    return "`" + column.replace("`", "``") + "`"


def translated(expression: str, source: str, target: str) -> str:
    """Replace characters one by one; characters beyond ``target`` are dropped."""
    return f"translate({expression}, {literal(source)}, {literal(target)})"


def trimmed(expression: str) -> str:
    """Blanks of every kind off both ends: ``trim`` alone knows only U+0020."""
    return f"btrim({expression}, {literal(BLANKS)})"


def in_list(expression: str, values: Iterable[str]) -> str:
    """``expression IN (…)``."""
    return f"{expression} IN ({', '.join(literal(value) for value in values)})"


def one_of(text: str, values: Iterable[str]) -> str:
    """The same as one literal for ``find_in_set``, which Spark and Sail plan in a tenth of the time.

    A long list is searched faster as a set, and a value with a comma has no place in the literal.
    """
    listed = list(values)
    joined = ",".join(listed)
    if len(listed) > 3 and len(joined) <= _SEARCHED and joined.count(",") == len(listed) - 1:
        return f"find_in_set({text}, {literal(joined)}) > 0"
    return in_list(text, listed)


def matches(expression: str, pattern: str) -> str:
    """Whether a regular expression is found."""
    return f"rlike({expression}, {literal(pattern)})"


def extracted(expression: str, pattern: str, group: int) -> str:
    """A group of a regular expression, empty if it is not found."""
    return f"regexp_extract({expression}, {literal(pattern)}, {group})"


def replaced(expression: str, pattern: str, by: str) -> str:
    """Every match of a regular expression replaced."""
    return f"regexp_replace({expression}, {literal(pattern)}, {literal(by)})"


def cases(pairs: Iterable[tuple[str, str]], otherwise: str = "NULL") -> str:
    """``CASE WHEN … THEN … ELSE … END``; the bare ``otherwise`` without pairs."""
    whens = " ".join(f"WHEN {condition} THEN {value}" for condition, value in pairs)
    return f"CASE {whens} ELSE {otherwise} END" if whens else otherwise


def looked_up(expression: str, mapping: Mapping[str, str]) -> str:
    """Value of a constant map, null for keys that are not in it; one literal where two characters can part it."""
    if not mapping:
        return "CAST(NULL AS STRING)"
    used = set("".join([*mapping, *mapping.values()]))
    free = [char for char in ";=,:&~#@!" if char not in used]
    if len(free) > 1:
        joined = free[0].join(f"{key}{free[1]}{value}" for key, value in mapping.items())
        return f"element_at(str_to_map({literal(joined)}, '{free[0]}', '{free[1]}'), {expression})"
    pairs = ", ".join(f"{literal(key)}, {literal(value)}" for key, value in mapping.items())
    return f"element_at(map({pairs}), {expression})"
