"""XLS workbooks: dates, numbers, errors, sheets and containers of every generation, and what only claims to be one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import xlsxwriter

from tests.badfiles.biff import CLOCK, DAY, MOMENT, SPAN, Cell, Error, Formula, Number, Page, container, xls, xls2
from tests.badfiles.clean import NAMES, PLAIN, text
from tests.badfiles.recipe import Recipe, Row, Verdict

EXACT, DECLARED, SET_ASIDE, REFUSED = Verdict.EXACT, Verdict.DECLARED, Verdict.SET_ASIDE, Verdict.REFUSED


def recipes() -> Iterator[Recipe]:
    yield from _cells()
    yield from _sheets()
    yield from _rows()
    yield from _files()


def _recipe(
    name: str,
    data: bytes,
    expect: Verdict,
    says: str = "",
    clean: Sequence[Row] = PLAIN,
    lengths: dict[str, int] | None = None,
    **fmt: object,
) -> Recipe:
    form = {"kind": "xls", **fmt}
    return Recipe("xls", name, lambda: data, form, NAMES, clean, expect, says, lengths=lengths or {})


def _page(cell: Cell = "无", column: int = 4, *, body: Sequence[Sequence[Cell]] = PLAIN, **more: object) -> Page:
    """The clean table with one cell of its second record replaced."""
    rows: list[list[Cell]] = [list(NAMES), *(list(row) for row in body)]
    rows[2][column] = cell
    return Page(rows, **more)  # type: ignore[arg-type]


def _with(value: str | None, column: int = 4) -> tuple[Row, ...]:
    row = PLAIN[1]
    return (PLAIN[0], (*row[:column], value, *row[column + 1 :]), *PLAIN[2:])


def _cells() -> Iterator[Recipe]:
    yield _recipe("texts", xls(_page()), EXACT)
    exact: dict[str, tuple[Cell, str | None]] = {
        "a whole number": (12.0, "12"),
        "a number with decimals": (-12.5, "-12.5"),
        "a truth": (True, "TRUE"),
        "an empty cell": (None, None),
        "a day": (Number(45351, DAY), "2024-02-29"),
        "a moment": (Number(45351.25, MOMENT), "2024-02-29 06:00:00"),
        "a time of the day": (Number(0.75, CLOCK), "18:00:00"),
        "more than 24 hours": (Number(1.25, SPAN), "30:00:00"),
        "the first day that is counted rightly": (Number(61, DAY), "1900-03-01"),
        "a formula with its text": (Formula("东城"), "东城"),
        "a formula that comes to 0": (Formula(0.0), "0"),
        "a text of digits": ("441900199001011233", "441900199001011233"),
    }
    for name, (cell, value) in exact.items():
        yield _recipe(name, xls(_page(cell)), EXACT, clean=_with(value))
    for serial in (1, 59, 60, 0, -1, -43_000.5):
        yield _recipe(f"a date with the number {serial}", xls(_page(Number(serial, DAY))), SET_ASIDE, "date")
    for serial, day in ((0, "1904-01-01"), (60, "1904-03-01"), (43_889, "2024-02-29")):
        data = xls(_page(Number(serial, DAY)), since_1904=True)
        yield _recipe(f"a date with the number {serial} since 1904", data, EXACT, clean=_with(day))
    for number in (441900199001011233.0, 1e15, 441900199001011000.0):
        data = xls(_page(Number(number), 2))
        yield _recipe(f"an identifier as the number {number:.0f}", data, SET_ASIDE, "precision")
    for code in (0, 7, 15, 23, 29, 36, 42):
        yield _recipe(f"an error with the code {code}", xls(_page(Error(code))), SET_ASIDE, "error_cell")
    uncalculated = xls(_page(Formula(0.0, on_load=True)))
    yield _recipe("a formula that a program wrote without its value", uncalculated, SET_ASIDE, "formula")
    short = xls(_page(13.0, 0))
    yield _recipe("a number that lost its leading zeros", short, SET_ASIDE, "leading_zeros", lengths={"编号": 4})


def _sheets() -> Iterator[Recipe]:
    more = Page([NAMES, *PLAIN[:2]], name="续表")
    yield _recipe("a second sheet with more of the table", xls(_page(), more), REFUSED, "both hold", PLAIN + PLAIN[:2])
    yield _recipe("a second sheet, one declared", xls(_page(), more), EXACT, sheet="数据")
    yield _recipe("another sheet than declared", xls(_page()), REFUSED, "no sheet", sheet="九月")
    notes = Page([["填表说明"], ["请勿改动"]], name="说明")
    yield _recipe("notes on a sheet behind", xls(_page(), notes), DECLARED, "other_sheets")
    yield _recipe("notes on the first sheet", xls(notes, _page()), REFUSED, "`sheet: 数据`")
    for visibility in (1, 2):
        old = Page([NAMES, *PLAIN[:2]], name="旧", visibility=visibility)
        yield _recipe(f"a sheet hidden ({visibility}) behind", xls(_page(), old), DECLARED, "hidden_sheets")
        yield _recipe(f"a sheet hidden ({visibility}) in front", xls(old, _page()), DECLARED, "hidden_sheets")
    yield _recipe("an empty sheet behind", xls(_page(), Page(name="Sheet2")), EXACT)
    full = xls(_page(beyond={(65_535, 0): "0018"}))
    yield _recipe("a sheet full to the brim", full, REFUSED, "brim", (*PLAIN, ("0018", None, None, None, None)))
    below = xls(_page(beyond={(65_534, 0): "0018"}))
    clean = (*PLAIN, ("0018", None, None, None, None))
    yield _recipe("a sheet with one row left", below, DECLARED, "blank_inside", clean)
    yield _recipe("no cell at all", xls(Page()), REFUSED, "header", ())


def _rows() -> Iterator[Recipe]:
    yield _recipe("hidden rows", xls(_page(hidden_rows=[1, 3])), EXACT)
    merged = tuple((*row[:4], "合") if n in (1, 2) else row for n, row in enumerate(PLAIN))
    body: list[list[Cell]] = [list(row) for row in merged]
    body[2][4] = None
    data = xls(_page("合", body=body, merged=[(2, 3, 4, 4)]))
    yield _recipe("cells merged in the body", data, SET_ASIDE, "merged", merged)
    yield _recipe("cells merged in the body, declared", data, DECLARED, "merged", merged, merged="fill")
    title: list[Sequence[Cell]] = [["人员登记表"], NAMES, *PLAIN]
    yield _recipe("a title as declared", xls(Page(title, merged=[(0, 0, 0, 4)])), DECLARED, "preamble", preamble=1)
    yield _recipe("a title that is not declared", xls(Page(title)), REFUSED, "preamble: 1")
    grouped: list[Sequence[Cell]] = [["基本信息", None, None, "联系", None], NAMES, *PLAIN]
    yield _recipe("names in two rows", xls(Page(grouped, merged=[(0, 0, 0, 2)])), EXACT, header_rows=2)
    footed: list[Sequence[Cell]] = [NAMES, *PLAIN, ["合计", 6.0], ["制表人：某某"]]
    yield _recipe("footers as declared", xls(Page(footed)), DECLARED, "footer", footer=("合计", "制表人"))
    yield _recipe("footers that are not declared", xls(Page(footed)), SET_ASIDE, "footer")
    again: list[Sequence[Cell]] = [NAMES, *PLAIN[:3], NAMES, *PLAIN[3:]]
    yield _recipe("the header again", xls(Page(again)), SET_ASIDE, "header_again")
    tables: list[Sequence[Cell]] = [
        NAMES,
        *PLAIN,
        [],
        ["附表二"],
        ["街道", "人数", "男", "女"],
        ["莞城", 2.0, 1.0, 1.0],
    ]
    yield _recipe("another table below", xls(Page(tables)), SET_ASIDE, "second_table")


def _files() -> Iterator[Recipe]:
    rows = [NAMES, *PLAIN]
    yield _recipe("Excel 2.0 in GBK", xls2(rows), EXACT)
    yield _recipe("Excel 2.0 that says another code page", xls2(rows, "gbk", 950), REFUSED, "encoding|lacks")
    yield _recipe("Excel 2.0 that does not say its code page", xls2(rows, code_page=None), REFUSED, "encoding")
    declared = xls2(rows, code_page=None)
    yield _recipe("Excel 2.0 in a declared code page", declared, EXACT, encoding="gb18030")
    good = xls(_page())
    for cut in (1_000, len(good) // 2, len(good) - 600):
        yield _recipe(f"cut behind {cut} bytes", good[:cut], REFUSED)
    yield _recipe("encrypted", xls(_page(), encrypted=True), REFUSED, "password")
    protected = container(EncryptedPackage=b"x" * 5_000, EncryptionInfo=b"y")
    yield _recipe("an encrypted package", protected, REFUSED, "password")
    yield _recipe("macros", xls(_page(), _VBA_PROJECT=b"x"), REFUSED, "macros")
    yield _recipe("a Word document", container(WordDocument=b"x"), REFUSED, "cannot be read")
    yield _recipe("HTML in an .xls", b"<html><table><tr><td>1</td></tr></table></html>", REFUSED, "HTML", ())
    yield _recipe("delimited text in an .xls", text().encode(), REFUSED, "kind: csv")
    new = io.BytesIO()
    with xlsxwriter.Workbook(new) as book:
        book.add_worksheet().write_row(0, 0, NAMES)
    yield _recipe("a new workbook in an .xls", new.getvalue(), REFUSED, "kind: xlsx", ())
    declared_new = Recipe(
        "xls", "declared a new one", lambda: good, {"kind": "xlsx"}, NAMES, PLAIN, REFUSED, "kind: xls"
    )
    yield declared_new
    yield _recipe("nothing", b"", REFUSED, "empty", ())
