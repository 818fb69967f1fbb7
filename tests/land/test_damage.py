"""One damaged byte: a typed refusal or a reject, never an untyped exception, never a silently shifted cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.errors import SourceError
from tests.land.reading import Came, read_csv

NAMES = ["编号", "姓名", "地址", "备注"]
_PLAIN = [[f"{chr(65 + n) * 2}{m}{m}" for m in range(4)] for n in range(12)]
_ODD = {(2, 1): '"r2,c1"', (4, 0): '"r4\nc0"', (5, 3): '"r5 ""c3"" x"', (7, 2): '""', (8, 2): "乗億", (9, 1): 'r9"c1'}
LINES = [",".join(_ODD.get((n, m), cell) for m, cell in enumerate(row)) for n, row in enumerate(_PLAIN)]
TEXT = "\r\n".join([",".join(NAMES), *LINES, ""])
WHERE = {cell: (n, m) for n, row in enumerate(_PLAIN) for m, cell in enumerate(row)}

DAMAGE = st.one_of(
    st.tuples(st.just("delete"), st.integers(0, 400), st.just(b"")),
    st.tuples(
        st.sampled_from(["insert", "replace"]),
        st.integers(0, 400),
        st.sampled_from([b",", b'"', b"\n", b"\r", b"\0", b"\xff", b"x"]),
    ),
    st.tuples(st.just("cut"), st.integers(0, 400), st.just(b"")),
)


def _damaged(data: bytes, damage: tuple[str, int, bytes]) -> bytes:
    kind, place, byte = damage
    at = place % len(data)
    if kind == "cut":
        return data[:at]
    return data[:at] + byte + data[at + (kind != "insert") :]


def _check_unshifted(came: Came) -> None:
    """Whole cells stand in their column, beside the cells of their own row."""
    for row in came.rows.values():
        places = [(WHERE[cell], column) for column, cell in enumerate(row) if cell in WHERE]
        assert all(place[1] == column for place, column in places), row
        assert len({place[0] for place, _ in places}) <= 1, row


@rules(max_examples=400, deadline=None)
@given(DAMAGE, st.sampled_from(["utf-8", "gb18030"]), st.sampled_from([0, 5]))
def test_one_damaged_byte_shifts_nothing(damage: tuple[str, int, bytes], encoding: str, step: int) -> None:
    data = TEXT.encode(encoding)
    try:
        came = read_csv(_damaged(data, damage), NAMES, step, encoding=encoding)
    except SourceError:
        return
    assert came.numbers == list(range(1, len(came.numbers) + 1)), "received = landed + rejected"
    _check_unshifted(came)
    if damage[0] != "cut" and damage[1] % len(data) > data.index(b"\n"):
        assert len(came.rows) >= len(LINES) - 4, "a damaged record takes its neighbours with it"


@rules(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["utf-8", "gb18030", "gbk", "big5", "utf-16"]))
def test_any_bytes_are_read_or_refused(data: bytes, encoding: str) -> None:
    try:
        read_csv(data, ["a"], encoding=encoding)
    except SourceError as error:
        assert error.remedy


@rules(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["锟斤拷", "烫烫烫", "屯屯屯", "\ufffd", "烫伤", "宝屯村", "锟", "平安"]), max_size=8),
    st.integers(1, 40),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_text_that_was_damaged_before_is_counted_wherever_a_block_ends(
    cells: list[str], step: int, encoding: str
) -> None:
    marks = ("锟斤拷", "烫烫烫", "屯屯屯", "\ufffd")
    data = "".join(["编号,姓名\r\n", *(f"{n},平安{cell}\r\n" for n, cell in enumerate(cells))]).encode(encoding)
    came = read_csv(data, ["编号", "姓名"], step, encoding=encoding)
    assert came.notes.get("damaged_text", 0) == sum(any(mark in cell for mark in marks) for cell in cells)
