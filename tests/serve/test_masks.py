"""What an analyst sees instead of a value."""

from __future__ import annotations

import duckdb
import pytest

from jobs.serve.masks import masked


def shown(value: str, mask: str, pii: str = "none") -> str | None:
    row = duckdb.execute(f"SELECT {masked('c', mask, pii)} FROM (SELECT ? AS c)", [value]).fetchone()
    return None if row is None else row[0]


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("91441900MA4UK1AB2X", "91441900MA4UK1AB2X"),
        ("441900590099123", "441900590099123"),
        ("44190019900101123X", "4" + "*" * 16 + "X"),
        ("44190019900101123X01", "4" + "*" * 18 + "1"),
        ("441900900101123", "4" + "*" * 13 + "3"),
    ],
    ids=["a credit code", "a division and an organisation code", "a person's", "with two more", "of 15 digits"],
)
def test_a_taxpayers_number_is_masked_where_it_is_a_persons(number: str, seen: str) -> None:
    assert shown(number, "TAXPAYER") == seen


def test_what_has_no_mask_is_shown_unless_it_names_a_person() -> None:
    assert shown("91441900MA4UK1AB2X", "USCC_SELF") == "91441900MA4UK1AB2X"
    assert shown("91441900MA4UK1AB2X", "USCC_SELF", "direct") is None
