"""Workbooks: cells as text, titles, merged headers, footers, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.workbook import read_workbook
from tests.land.reading import Came, gather

NAMES = ["编号", "姓名"]


def _book(rows: Sequence[Sequence[object]], sheet: str = "数据", first: tuple[int, int] = (0, 0)) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "constant_memory": True}) as book:
        page = book.add_worksheet(sheet)
        day, moment = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )
        for n, row in enumerate(rows, first[0]):
            for m, cell in enumerate(row, first[1]):
                if isinstance(cell, dt.datetime):
                    page.write_datetime(n, m, cell, moment if cell.time() != dt.time() else day)
                elif cell is not None:
                    page.write(n, m, cell)
    return buffer.getvalue()


def _read(data: bytes, names: list[str] | None = None, **fmt: object) -> Came:
    form = Format.model_validate({"kind": "xlsx", **fmt})
    return gather(read_workbook(io.BytesIO(data), form, names or NAMES))


def test_cells_become_the_text_that_a_reader_sees() -> None:
    cells = ["0012", 12, 12.5, True, dt.datetime(2024, 2, 29), dt.datetime(2024, 2, 29, 8, 5), "", None, " 张 三 "]
    names = [f"c{n}" for n in range(len(cells))]
    came = _read(_book([names, cells]), names)
    assert came.cells == [("0012", "12", "12.5", "TRUE", "2024-02-29", "2024-02-29 08:05:00", None, None, " 张 三 ")]


def test_an_identifier_that_was_a_number_is_set_aside() -> None:
    """Excel keeps 15 digits: nobody can say what the others were."""
    came = _read(_book([NAMES, [441900199001011234, "甲"], [441900, "乙"]]))
    assert (came.reasons, came.cells) == ({1: "precision"}, [("441900", "乙")])


def test_errors_uncalculated_formulas_and_merged_cells_are_set_aside() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, NAMES)
        page.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        page.write_formula(2, 0, "=1+1", None, "")
        page.write_formula(3, 0, "=1+1", None, 2)
        page.merge_range(4, 0, 5, 0, "合")
        for row in range(1, 6):
            page.write(row, 1, f"甲{row}")
    came = _read(buffer.getvalue())
    assert came.reasons == {1: "error_cell", 5: "merged"}
    assert came.rows[2][0] is None, "a formula may come to an empty text"
    filled = _read(buffer.getvalue(), merged="fill")
    assert filled.rows[5] == ("合", "甲5")
    assert filled.notes == {"merged": 1}


def test_titles_merged_headers_blank_rows_and_footers() -> None:
    rows = [
        ["登记表", None],
        ["编号", None],
        [None, "姓名"],
        [1, "甲"],
        [None, None],
        [2, "乙"],
        ["合计算力", "丙"],
        ["合计", 3],
    ]
    came = _read(_book(rows), header_rows=3, footer=("合计",))
    assert came.rows == {1: ("1", "甲"), 2: ("2", "乙"), 3: ("合计算力", "丙")}
    kept = _read(_book([*rows, [4, "丁"]]), header_rows=3, footer=("合计",))
    assert list(kept.rows.values())[-1] == ("4", "丁")
    assert kept.reasons == {4: "footer"}, "sums between records are none"


def test_a_table_that_does_not_begin_in_the_corner_is_found() -> None:
    assert _read(_book([NAMES, [1, "甲"]], first=(2, 3)), header_rows=3).cells == [("1", "甲")]


def test_the_declared_sheet_is_read() -> None:
    assert _read(_book([NAMES, [1, "甲"]], "九月"), sheet="九月").cells == [("1", "甲")]
    with pytest.raises(SourceError, match="no sheet '十月'"):
        _read(_book([NAMES, [1, "甲"]], "九月"), sheet="十月")


def test_columns_go_by_name() -> None:
    assert _read(_book([["姓名", "新增", "编号"], ["甲", "x", 1]])).cells == [("1", "甲")]
    with pytest.raises(SourceError, match="lacks 姓名 .*perhaps '姓名1'"):
        _read(_book([["编号", "姓名1"], [1, "甲"]]))


@pytest.mark.parametrize("extra", [0, 1])
def test_a_sheet_that_is_full_to_the_brim_was_cut_off(extra: int) -> None:
    data = _book([["编号"], *([n] for n in range(65_535 - extra))])
    if extra:
        assert len(_read(data, ["编号"]).rows) == 65_534
    else:
        with pytest.raises(SourceError, match="full to the brim"):
            _read(data, ["编号"])


def test_a_workbook_that_unpacks_to_far_more_than_it_holds_is_refused() -> None:
    bomb = io.BytesIO(_book([NAMES]))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", bytes(400 << 20))
    with pytest.raises(SourceError, match="200 times"):
        _read(bomb.getvalue())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html><table></table></html>", b"a,b\n1,2\n", bytes(2000)])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        _read(data)


_GOOD = _book([NAMES, *([n, f"甲{n}"] for n in range(50))])


@rules(max_examples=150, deadline=None)
@given(st.integers(0, len(_GOOD) - 1), st.integers(0, 255), st.booleans())
def test_one_damaged_byte_is_a_refusal_or_does_no_harm(at: int, byte: int, cut: bool) -> None:
    data = _GOOD[:at] if cut else _GOOD[:at] + bytes([byte]) + _GOOD[at + 1 :]
    try:
        came = _read(data)
    except SourceError:
        return
    assert came.cells == [(str(n), f"甲{n}") for n in range(50)]


def test_a_number_that_lost_the_zeros_of_its_code_is_set_aside() -> None:
    data = _book([NAMES, [12, "甲"], ["12", "乙"], [1234, "丙"], [None, "丁"]])
    came = gather(read_workbook(io.BytesIO(data), Format(kind="xlsx"), NAMES, {"编号": 4}))
    assert came.reasons == {1: "leading_zeros"}
    assert came.rows[2] == ("12", "乙"), "a text is as it was written"


def test_the_second_table_of_a_sheet_its_sums_and_its_header_again_are_set_aside() -> None:
    names = [*NAMES, "地址"]
    rows = [
        names,
        [1, "甲", "东城"],
        ["合计", 1, None],
        names,
        [2, "乙", "南城"],
        [],
        ["附表"],
        ["街道", "人数", "男"],
        ["东城", 3, 1],
    ]
    came = _read(_book(rows), names)
    assert came.reasons == {2: "footer", 3: "header_again", 5: "second_table", 6: "second_table", 7: "second_table"}
    assert came.rows == {1: ("1", "甲", "东城"), 4: ("2", "乙", "南城")}
    assert _read(_book([names, [1, "甲", "东城"], ["制表人：某", None, None]]), names).reasons == {2: "footer"}


@pytest.mark.parametrize(("shown", "serial"), [("yyyy-mm-dd", -1), ("yyyy-mm-dd", 0), ("hh:mm", -0.25), ("[h]:mm", -2)])
def test_a_number_that_is_no_day_is_set_aside(shown: str, serial: float) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page, form = book.add_worksheet(), book.add_format({"num_format": shown})
        page.write_row(0, 0, NAMES)
        page.write_row(1, 0, [-1, "甲"])
        page.write_number(2, 0, serial, form)
        page.write_number(3, 0, 45351.25, form)
    came = _read(buffer.getvalue())
    assert (came.reasons, came.rows[1]) == ({2: "date"}, ("-1", "甲"))
