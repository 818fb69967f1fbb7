"""Check characters against the public library of identifiers, and against what their arithmetic promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING

import pytest
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10, mod_37_36

from jobs.rules.divisions import divisions_ever
from tests.rules.evaluate import read_cells

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KINDS = ("11", "12", "13", "21", "31", "52", "71", "81", "91", "92", "93", "A1", "N1", "N2", "N3", "Y1")
BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _pick(random: Random, alphabet: str, count: int) -> str:
    return "".join(random.choice(alphabet) for _ in range(count))


def resident(random: Random) -> str:
    day = f"{random.randint(1850, 2026)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    body = f"{random.randint(1, 9)}{_pick(random, BASE36[:10], 5)}{day}{_pick(random, BASE36[:10], 3)}"
    return body + str(ric.calc_check_digit(body + "?"))


def credit(random: Random) -> str:
    """A pair, a division and an organisation code that exist: nothing is to be said of it."""
    kind, division = random.choice(KINDS), random.choice(divisions_ever())
    body = kind + division + organisation(random, USCC)
    return body + uscc.calc_check_digit(body)


def organisation(random: Random, alphabet: str = BASE36) -> str:
    body = _pick(random, alphabet, 8)
    return body + _org_check(body)


def _org_check(body: str) -> str:
    total = sum(BASE36.index(char) * weight for char, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0X987654321"[total % 11]


def registration(random: Random) -> str:
    body = "1" + _pick(random, BASE36[:10], 13)
    return body + mod_11_10.calc_check_digit(body)


def licence(random: Random) -> str:
    parts = [
        _pick(random, BASE36, 21),
        _pick(random, BASE36, 18),
        _pick(random, BASE36, 10),
        _pick(random, BASE36[:10], 3),
    ]
    return ".".join(["1.2.156.3005.2", *parts, mod_37_36.calc_check_digit("".join(parts))])


MAKERS: dict[str, Callable[[Random], str]] = {
    "resident_id": resident,
    "uscc": credit,
    "org_code": organisation,
    "business_reg_no": registration,
    "licence_identifier": licence,
}
ALPHABETS = {
    "resident_id": "0123456789",
    "uscc": USCC,
    "org_code": BASE36,
    "business_reg_no": "0123456789",
    "licence_identifier": BASE36,
}
CHECKS = {
    "resident_id": "0123456789X",
    "uscc": USCC,
    "org_code": "0123456789X",
    "business_reg_no": "0123456789",
    "licence_identifier": BASE36,
}


def is_consistent(rule: str, code: str) -> bool:
    """Whether the last character is the one that the others ask for, by an implementation that is not ours."""
    if rule == "resident_id":
        return code[:17].isdigit() and str(ric.calc_check_digit(code)) == code[-1]
    if rule == "uscc":
        return uscc.calc_check_digit(code[:17]) == code[-1]
    if rule == "org_code":
        return _org_check(code[:8]) == code[-1]
    if rule == "business_reg_no":
        return mod_11_10.is_valid(code)
    return mod_37_36.is_valid(code.removeprefix("1.2.156.3005.2.").replace(".", ""))


@pytest.mark.parametrize("rule", MAKERS)
def test_ten_thousand_valid_codes_are_clean(session: SparkSession, rule: str) -> None:
    random = Random(f"valid {rule}")
    codes = [MAKERS[rule](random) for _ in range(10_000)]
    wrong = [
        (code, read) for code, read in zip(codes, read_cells(session, rule, codes), strict=True) if read != (code, None)
    ]
    assert wrong == []


def substitutions(rule: str, code: str) -> Iterator[str]:
    """Every code with one wrong character, the check character too."""
    for place in _places(rule, code):
        last = place == len(code) - 1
        for char in CHECKS[rule] if last else ALPHABETS[rule]:
            if char != code[place]:
                yield code[:place] + char + code[place + 1 :]


def swaps(rule: str, code: str) -> Iterator[str]:
    """Every code with two neighbours exchanged, the last with the check character too."""
    places = set(_places(rule, code))
    for place in sorted(places):
        if place + 1 in places and code[place] != code[place + 1]:
            yield code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def _places(rule: str, code: str) -> list[int]:
    first = len("1.2.156.3005.2.") if rule == "licence_identifier" else 0
    return [place for place in range(first, len(code)) if code[place] != "."]


PROMISED = {
    ("resident_id", "substitutions"): 1,
    ("resident_id", "swaps"): 1,
    ("uscc", "substitutions"): 1,
    ("uscc", "swaps"): 1,
    ("org_code", "substitutions"): 0.93,
    ("org_code", "swaps"): 0.92,
    ("business_reg_no", "substitutions"): 1,
    ("business_reg_no", "swaps"): 0.96,
    ("licence_identifier", "substitutions"): 1,
    ("licence_identifier", "swaps"): 0.99,
}
"""Share of wrong characters and of exchanged neighbours that the arithmetic sees. Prime moduli with other weights for
neighbours see all; GB 11714 is blind to letters that are equal modulo 11, and the two hybrid systems of ISO 7064 to
some exchanges."""


@pytest.mark.parametrize("rule", MAKERS)
@pytest.mark.parametrize("spoil", [substitutions, swaps])
def test_a_wrong_code_is_suspect_exactly_where_the_arithmetic_sees_it(
    session: SparkSession, rule: str, spoil: Callable[[str, str], Iterator[str]]
) -> None:
    random = Random(f"wrong {rule}")
    codes = [wrong for _ in range(60) for wrong in spoil(rule, MAKERS[rule](random))]
    reads = read_cells(session, rule, codes)
    suspect = {code for code, read in zip(codes, reads, strict=True) if read.flag in ("check_digit", "malformed")}
    wrong = {code for code in codes if not is_consistent(rule, code)}
    assert wrong <= suspect
    assert {code for code, read in zip(codes, reads, strict=True) if read.flag == "check_digit"} <= wrong
    assert len(suspect) >= PROMISED[rule, spoil.__name__] * len(set(codes))


def test_a_day_of_birth_is_read_from_the_number(session: SparkSession) -> None:
    from jobs.rules.identifiers import resident_birth

    numbers = {
        "11010519491231002X": "1949-12-31",
        "440524188001010014": "1880-01-01",
        "441900200510108889": "2005-10-10",
        "911124198108030024": "1981-08-03",
        "441900199002311236": None,
    }
    for number, day in numbers.items():
        born = resident_birth(f"'{number}'")
        assert session.sql(f"SELECT CAST({born} AS STRING)").collect()[0][0] == day


@pytest.mark.parametrize("rule", MAKERS)
def test_ten_thousand_codes_with_any_last_character_are_judged_as_the_library_does(
    session: SparkSession, rule: str
) -> None:
    random = Random(f"any {rule}")
    codes = [MAKERS[rule](random)[:-1] + random.choice(CHECKS[rule]) for _ in range(10_000)]
    reads = read_cells(session, rule, codes)
    differ = [
        code
        for code, read in zip(codes, reads, strict=True)
        if (read.flag == "check_digit") == is_consistent(rule, code) or read.value != code
    ]
    assert differ == []
    assert 0 < sum(read.flag is None for read in reads) < len(codes)
