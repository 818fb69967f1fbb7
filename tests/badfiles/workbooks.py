"""Workbooks and archives: numbers that lost digits, cells without a value, merged cells, bombs."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import xlsxwriter

from tests.badfiles.clean import NAMES, PLAIN, ROWS, text
from tests.badfiles.recipe import Recipe, Row, Verdict, sound

EXACT, DECLARED, SET_ASIDE, REFUSED = Verdict.EXACT, Verdict.DECLARED, Verdict.SET_ASIDE, Verdict.REFUSED


def recipes() -> Iterator[Recipe]:
    yield from _books()
    yield from _archives()


def _book(change: Callable[[Any, Any], None] = lambda page, book: None, rows: Sequence[Row] = PLAIN) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.set_properties({"created": dt.datetime(2026, 3, 1)})
        page = book.add_worksheet("数据")
        for n, row in enumerate([NAMES, *rows]):
            for m, cell in enumerate(row):
                page.write_string(n, m, cell or "")
        change(page, book)
    return buffer.getvalue()


def _books() -> Iterator[Recipe]:
    def recipe(
        name: str, data: bytes, expect: Verdict, says: str = "", clean: Sequence[Row] = PLAIN, **fmt: object
    ) -> Recipe:
        return Recipe("xlsx", name, lambda: data, {"kind": "xlsx", **fmt}, NAMES, clean, expect, says)

    yield recipe("texts", _book(), EXACT)
    yield recipe("a hidden row", _book(lambda page, _: page.set_row(2, None, None, {"hidden": True})), EXACT)
    yield recipe("a hidden column", _book(lambda page, _: page.set_column(1, 1, None, None, {"hidden": True})), EXACT)
    yield recipe("a filter", _book(lambda page, _: page.autofilter(0, 0, 6, 4)), EXACT)
    yield recipe("a hidden sheet behind", _book(lambda _, book: book.add_worksheet("藏").hide()), EXACT)
    for number in (441900199001011233, 10**15, 1e20):
        name = f"an identifier as the number {number:.0e}"
        yield recipe(name, _book(lambda page, _, n=number: page.write_number(2, 2, n)), SET_ASIDE, "precision")
    for error in ("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?"):
        data = _book(lambda page, _, e=error: page.write_formula(2, 4, "=1/0", None, e))
        yield recipe(f"a cell with {error}", data, SET_ASIDE, "error_cell")
    yield recipe(
        "a formula with its value", _book(lambda page, _: page.write_formula(2, 4, '="无"', None, "无")), EXACT
    )
    merged = tuple((*row[:4], "合") if n in (1, 2) else row for n, row in enumerate(PLAIN))

    def merge(page: Any, _: Any) -> None:
        page.merge_range(2, 4, 3, 4, "合")

    yield recipe("cells merged in the body", _book(merge), SET_ASIDE, "merged", merged)
    yield recipe("cells merged in the body, declared", _book(merge), DECLARED, "merged", merged, merged="fill")
    for serial in (1, 59, 60):

        def day(page: Any, book: Any, serial: int = serial) -> None:
            page.write_number(2, 4, serial, book.add_format({"num_format": "yyyy-mm-dd"}))

        yield recipe(f"a date with the number {serial}", _book(day), SET_ASIDE, "date")
    leap = tuple((*row[:4], "2024-02-29") if n == 1 else row for n, row in enumerate(PLAIN))

    def dated(page: Any, book: Any) -> None:
        page.write_datetime(2, 4, dt.datetime(2024, 2, 29), book.add_format({"num_format": "yyyy年m月d日"}))

    yield recipe("a date", _book(dated), EXACT, clean=leap)
    good = _book()
    for cut in (1, 30, len(good) // 2):
        yield recipe(f"cut {cut} bytes before its end", good[:-cut], REFUSED)
    yield recipe("another sheet than declared", good, REFUSED, "no sheet", sheet="九月")
    yield recipe("delimited text", text().encode(), REFUSED, "not an XLSX")
    yield recipe("an HTML page", b"<html><table><tr><td>1</td></tr></table></html>", REFUSED, "HTML")
    yield recipe("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), REFUSED, "Office")
    bomb = io.BytesIO(good)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("xl/media/zeros"), bytes(64 << 20), zipfile.ZIP_DEFLATED)
    yield recipe("a bomb", bomb.getvalue(), REFUSED, "200 times")


def _zip(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _archives() -> Iterator[Recipe]:
    content = text().encode()

    def recipe(name: str, data: bytes, expect: Verdict, says: str = "", **fmt: object) -> Recipe:
        return Recipe(
            "archive", name, lambda: data, {"kind": "csv", "member": "*.csv", **fmt}, NAMES, ROWS, expect, says
        )

    for name in ("x.csv", "../../x.csv", "/etc/x.csv", "C:\\x.csv", "子/数据.csv"):
        yield recipe(f"the member {name}", _zip((name, content)), EXACT)
    named = "数据.csv".encode("gb18030")
    data = _zip(("x" * len(named), content)).replace(b"x" * len(named), named)
    yield sound(recipe("a name in GBK", data, DECLARED, "member_names"))
    for names in (("x.csv", "y.csv"), ("x.csv", "x.csv"), ("x.txt",), ()):
        data = _zip(*((name, content) for name in names))
        yield recipe(f"members {', '.join(names) or 'none'}", data, REFUSED, "members like")
    good = _zip(("x.csv", content))
    for cut in (1, 20, len(good) // 2):
        yield recipe(f"cut {cut} bytes before its end", good[:-cut], REFUSED)
    yield recipe("an archive in an archive", _zip(("x.csv", good)), REFUSED, "ZIP archive")
    yield recipe("a bomb", _zip(("x.csv", b"a,b\n" + b"1,2\n" * (8 << 20))), REFUSED, "200 times|lacks")
    locked = bytearray(good)
    locked[6] |= 1
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    yield recipe("encrypted", bytes(locked), REFUSED, "encrypted")
    yield recipe("not declared", good, REFUSED, "member", member=None)
    packed = gzip.compress(content, mtime=0)
    one = {"member": None, "archive": "gz"}
    yield recipe("gzip", packed, EXACT, **one)
    yield recipe(
        "gzip in two parts", gzip.compress(content[:99], mtime=0) + gzip.compress(content[99:], mtime=0), EXACT, **one
    )
    yield recipe("gzip, cut", packed[:-9], REFUSED, "damaged", **one)
    yield recipe("gzip, garbage behind", packed + b"garbage", REFUSED, "damaged", **one)
    yield recipe("gzip, not declared", packed, REFUSED, "archive: gz", member=None)
    yield recipe("plain text declared gzip", content, REFUSED, "not a gzip", **one)
