"""XLS workbooks: what their cells, sheets and containers say, in every generation of the format."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.found import what_is
from jobs.land.oldbook import read_old_workbook
from jobs.land.sheet import text_of
from tests.badfiles.biff import CLOCK, DAY, MOMENT, SPAN, Error, Formula, Number, Page, container, xls, xls2
from tests.land.reading import Came, gather

NAMES = ["编号", "姓名"]


def _read(data: bytes, names: list[str] | None = None, lengths: dict[str, int] | None = None, **fmt: object) -> Came:
    form = Format.model_validate({"kind": "xls", **fmt})
    return gather(read_old_workbook(io.BytesIO(data), form, names or NAMES, lengths))


def _page(*rows: object, **more: object) -> Page:
    return Page([NAMES, *rows], **more)  # type: ignore[list-item, arg-type]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0012", "0012"),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, "TRUE"),
        (None, None),
        (Number(45351, DAY), "2024-02-29"),
        (Number(45351.25, MOMENT), "2024-02-29 06:00:00"),
        (Number(45351 + 29_099.9999 / 86_400, MOMENT), "2024-02-29 08:05:00"),
        (Number(61, DAY), "1900-03-01"),
        (Number(1.5, SPAN), "36:00:00"),
        (Number(0.25, CLOCK), "06:00:00"),
        (Formula("文"), "文"),
        (Formula(0.0), "0"),
    ],
)
def test_a_cell_becomes_the_text_that_its_reader_sees(cell: object, text: str | None) -> None:
    assert _read(xls(_page([cell, "甲"]))).cells == [(text, "甲")]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (Error(7), "error_cell"),
        (Number(441900199001011233.0), "precision"),
        (Number(60, DAY), "date"),
        (Number(0, DAY), "date"),
        (Number(-3000.5, MOMENT), "date"),
        (Number(-0.5, SPAN), "date"),
        (Formula(0.0, on_load=True), "formula"),
    ],
)
def test_a_cell_that_is_not_what_it_seems_is_set_aside(cell: object, reason: str) -> None:
    came = _read(xls(_page([cell, "甲"], ["2", "乙"])))
    assert (came.reasons, came.rows) == ({1: reason}, {2: ("2", "乙")})


def test_days_may_be_counted_from_1904() -> None:
    data = xls(_page([Number(43889, DAY), Number(0, DAY)]), since_1904=True)
    assert _read(data).cells == [("2024-02-29", "1904-01-01")]


def test_hidden_rows_are_read_and_merged_cells_as_declared() -> None:
    data = xls(_page(["1", "甲"], ["2", "合"], ["3", None], hidden_rows=[1], merged=[(2, 3, 1, 1)]))
    assert _read(data).reasons == {3: "merged"}
    filled = _read(data, merged="fill")
    assert (filled.cells, filled.notes) == ([("1", "甲"), ("2", "合"), ("3", "合")], {"merged": 1})


def test_the_visible_sheet_is_read_and_a_second_one_must_be_declared() -> None:
    hidden = xls(_page(["0", "旧"], name="旧", visibility=2), _page(["1", "甲"]))
    assert (_read(hidden).cells, _read(hidden).notes) == ([("1", "甲")], {"hidden_sheets": 1})
    two = xls(_page(["1", "甲"], name="一月"), _page(["2", "乙"], name="二月"))
    with pytest.raises(SourceError, match="both hold the columns") as refusal:
        _read(two)
    assert "`sheet`" in refusal.value.remedy
    assert _read(two, sheet="二月").cells == [("2", "乙")]
    with pytest.raises(SourceError, match="'二月' has") as refusal:
        _read(xls(Page([["填表说明"]], name="说明"), _page(["2", "乙"], name="二月")))
    assert refusal.value.remedy == "Declare `sheet: 二月`"


@pytest.mark.parametrize(("last", "full"), [(65_535, True), (65_534, False), (16_383, False)])
def test_a_sheet_that_is_full_to_the_brim_was_cut_off(last: int, full: bool) -> None:
    data = xls(_page(["1", "甲"], beyond={(last, 0): "2"}))
    if full:
        with pytest.raises(SourceError, match="full to the brim"):
            _read(data)
    else:
        assert _read(data).cells == [("1", "甲"), ("2", None)]


def test_a_number_that_lost_the_zeros_of_its_code_is_set_aside() -> None:
    came = _read(xls(_page([12.0, "甲"], ["12", "乙"], [1234.0, "丙"])), lengths={"编号": 4})
    assert came.reasons == {1: "leading_zeros"}


def test_texts_before_excel_97_are_in_the_code_page_that_the_file_says_or_the_catalog() -> None:
    rows = [NAMES, ["0012", "陈"], [12.5, None]]
    assert _read(xls2(rows)).cells == [("0012", "陈"), ("12.5", None)]
    assert _read(xls2(rows, code_page=None), encoding="gb18030").cells == [("0012", "陈"), ("12.5", None)]
    with pytest.raises(SourceError, match="encoding"):
        _read(xls2(rows, code_page=None))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (xls(_page(), encrypted=True), "password"),
        (container(EncryptedPackage=b"x", EncryptionInfo=b"y"), "password"),
        (xls(_page(), _VBA_PROJECT=b"x"), "macros"),
        (container(WordDocument=b"x"), "cannot be read"),
        (xls(_page(["1", "甲"]))[:900], "cannot be read"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as refusal:
        _read(data)
    assert refusal.value.remedy


def test_old_workbooks_are_known_by_their_first_bytes() -> None:
    for data in (xls(_page()), xls2([NAMES])):
        found = what_is(data)
        assert found is not None
        assert found.declare == "kind: xls"


_GOOD = xls(_page(*([str(n), f"甲{n}"] for n in range(50))))


@rules(max_examples=150, deadline=None)
@given(st.integers(0, len(_GOOD) - 1), st.integers(0, 255), st.booleans())
def test_one_damaged_byte_is_a_typed_refusal_or_is_read(at: int, byte: int, cut: bool) -> None:
    """BIFF carries no checksum: a changed byte of a text is another text."""
    data = _GOOD[:at] if cut else _GOOD[:at] + bytes([byte]) + _GOOD[at + 1 :]
    try:
        came = _read(data)
    except SourceError as error:
        assert error.remedy
        return
    assert len(came.numbers) <= 51


def test_another_library_reads_the_same_in_what_the_recipes_write() -> None:
    """The bytes are written here by hand: a mistake in them must not be read by its like."""
    rows = [["0012", 12.5], ["陈", True], [Number(45351, DAY), Number(45351.25, MOMENT)], [Formula("文"), Formula(3.0)]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(xls(_page(*rows), Page(name="藏", visibility=1))))
    assert [(found.name, found.visible) for found in book.sheets_metadata] == [
        ("数据", SheetVisibleEnum.Visible),
        ("藏", SheetVisibleEnum.Hidden),
    ]
    read = [tuple(map(text_of, row)) for row in book.get_sheet_by_index(0).iter_rows()]
    assert read == [tuple(NAMES), *_read(xls(_page(*rows))).cells]
    since = CalamineWorkbook.from_filelike(io.BytesIO(xls(_page([Number(43889, DAY), "甲"]), since_1904=True)))
    assert text_of(list(since.get_sheet_by_index(0).iter_rows())[1][0]) == "2024-02-29"
