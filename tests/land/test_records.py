"""Splitting delimited text: Python's csv module is the oracle wherever the text is sound."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.land.records import Dialect, _irregular, _regular, split_records
from tests.land.reading import read_csv

CELL = st.text(alphabet='ab,"\n\r 东乗億\\|;', max_size=5)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), max_size=8)
NAMES = ["甲", "乙", "丙"]


def _written(rows: list[tuple[str, ...]], end: str, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    return ",".join(NAMES).replace(",", delimiter) + end + out.getvalue()


@rules(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 60), st.sampled_from([",", "|", ";", "\t"]))
def test_what_a_writer_wrote_is_read_back(rows: list[tuple[str, ...]], end: str, step: int, delimiter: str) -> None:
    came = read_csv(_written(rows, end, delimiter).encode(), NAMES, step, delimiter=delimiter)
    assert came.rejects == []
    assert came.notes == {}
    assert came.rows == dict(enumerate(rows, 1))


@rules(max_examples=1000, deadline=None)
@given(st.text(alphabet='aé,"\n\r', max_size=40), st.booleans())
def test_splitting_all_at_once_is_splitting_one_by_one(body: str, final: bool) -> None:
    data, dialect = body.encode() + (b"\n" if final else b""), Dialect(b",", b'"')
    fast, careful = _regular(data, dialect, final), _irregular(data, dialect, final)
    assume(fast and (fast.consumed == len(data) or not final))  # else it is not used
    assert fast and fast.consumed == careful.consumed
    for name in ("starts", "ends", "fields"):
        assert getattr(fast, name).tolist() == getattr(careful, name).tolist(), name


def test_most_text_is_split_all_at_once() -> None:
    data = b'a,b\r\n"a ""quoted"", and\r\nbroken cell",b\r\n,\r\n\r\nlone,\rcut,"sho'
    fast = _regular(data, Dialect(b",", b'"'), final=False)
    assert fast is not None
    assert fast.fields.tolist() == [2, 2, 2, 0, 2]
    assert split_records(data, Dialect(b",", b'"'), final=False).ends.tolist() == fast.ends.tolist()


@rules(max_examples=300, deadline=None)
@given(st.text(alphabet='ab,"\n\r', max_size=40), st.integers(1, 45))
def test_any_text_is_read_as_python_reads_it_wherever_it_is_sound(body: str, step: int) -> None:
    data = f"x,y\n{body}".encode()
    came = read_csv(data, ["x", "y"])
    assert read_csv(data, ["x", "y"], step) == came, "the size of blocks must not matter"
    assert came.numbers == list(range(1, len(came.numbers) + 1))
    assume("quote" not in came.reasons.values())
    python = [row for row in csv.reader(io.StringIO(data.decode(), newline="")) if row][1:]
    assume(not any(not "".join(row).strip() for row in python))
    assert came.rows == {number: tuple(row) for number, row in enumerate(python, 1) if len(row) == 2}


@pytest.mark.parametrize(
    ("body", "rows", "reasons"),
    [
        pytest.param('a,5"x\nb,c', {1: ("a", '5"x'), 2: ("b", "c")}, {}, id="a quote inside an unquoted field is text"),
        pytest.param('a,"b"c\nd,e', {2: ("d", "e")}, {1: "quote"}, id="text behind a closing quote"),
        pytest.param('a,b"\nd,e', {2: ("d", "e")}, {1: "quote"}, id="a quote closes what none opened"),
        pytest.param('a,"b\nd,e\nf,g', {2: ("d", "e"), 3: ("f", "g")}, {1: "quote"}, id="a quote is never closed"),
        pytest.param(
            'a,"b\n"d",e\nf,g', {2: ("d", "e"), 3: ("f", "g")}, {1: "quote"}, id="a stray quote before others"
        ),
        pytest.param('"a\nb",c\nd,e', {1: ("a\nb", "c"), 2: ("d", "e")}, {}, id="a line end inside quotes"),
        pytest.param('"a ""b"" c",d\n"""",e', {1: ('a "b" c', "d"), 2: ('"', "e")}, {}, id="doubled quotes"),
        pytest.param('"",""\n,1\n', {1: ("", ""), 2: ("", "1")}, {}, id="empty fields, quoted and not"),
        pytest.param("a,b\n,\nc,d", {1: ("a", "b"), 2: ("c", "d")}, {}, id="nothing but delimiters is no record"),
        pytest.param(
            "a,b,c\n1,2\n3\n4,5\n", {2: ("1", "2"), 4: ("4", "5")}, {1: "column_count", 3: "column_count"}, id="ragged"
        ),
        pytest.param("a,b\n\n\r\n  \n\x1a\nc,d", {1: ("a", "b"), 2: ("c", "d")}, {}, id="blank lines are no records"),
    ],
)
@pytest.mark.parametrize("step", [0, 1, 7])
def test_records(body: str, rows: dict[int, tuple[str, ...]], reasons: dict[int, str], step: int) -> None:
    came = read_csv(f"x,y\n{body}".encode(), ["x", "y"], step)
    assert (came.rows, came.reasons) == (rows, reasons)


def test_an_unclosed_quote_does_not_swallow_a_large_file() -> None:
    lines = [f"{n},text {n}" for n in range(300_000)]
    lines[7] = '7,"text 7'
    came = read_csv("\n".join(["x,y", *lines]).encode(), ["x", "y"])
    assert came.reasons == {8: "quote"}
    assert len(came.rows) == 299_999
    assert came.rows[300_000] == ("299999", "text 299999")


def test_numbers_are_right_when_rejects_stand_between_and_across_blocks() -> None:
    lines = [f"{n},{'x' * 90}" for n in range(1, 120_001)]
    wrong = range(50, 120_001, 997)
    for number in wrong:
        lines[number - 1] += ",too,many"
    came = read_csv("\n".join(["x,y", *lines]).encode(), ["x", "y"])
    assert [reject.row_no for reject in came.rejects] == list(wrong)
    assert all(row[0] == str(number) for number, row in came.rows.items())
    assert len(came.rows) + len(came.rejects) == 120_000
