"""XLSX workbooks whose sheets, numbers, formats or parts mean another thing than their cells seem to say."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import xlsxwriter

from tests.badfiles.biff import container
from tests.badfiles.clean import NAMES, PLAIN
from tests.badfiles.recipe import Recipe, Row, Verdict

EXACT, DECLARED, SET_ASIDE, REFUSED = Verdict.EXACT, Verdict.DECLARED, Verdict.SET_ASIDE, Verdict.REFUSED
_OOXML = b"http://schemas.openxmlformats.org/"
Change = Callable[[Any, Any], object]


def recipes() -> Iterator[Recipe]:
    yield from _numbers()
    yield from _formulas()
    yield from _sheets()
    yield from _rows()
    yield from _parts()


def _book(
    change: Change = lambda page, book: None, body: Sequence[Sequence[object]] = PLAIN, **options: object
) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": dt.datetime(2026, 3, 1)})
        page = book.add_worksheet("数据")
        _write(page, [NAMES, *body])
        change(page, book)
    return buffer.getvalue()


def _write(page: Any, rows: Sequence[Sequence[object]]) -> None:
    for n, row in enumerate(rows):
        for m, cell in enumerate(row):
            page.write_string(n, m, cell or "")


def _recipe(
    name: str,
    data: bytes,
    expect: Verdict,
    says: str = "",
    clean: Sequence[Row] = PLAIN,
    lengths: dict[str, int] | None = None,
    **fmt: object,
) -> Recipe:
    form = {"kind": "xlsx", **fmt}
    return Recipe("xlsx", name, lambda: data, form, NAMES, clean, expect, says, lengths=lengths or {})


def _with(value: str | None, column: int = 4) -> tuple[Row, ...]:
    row = PLAIN[1]
    return (PLAIN[0], (*row[:column], value, *row[column + 1 :]), *PLAIN[2:])


def _number(value: float, shown: str = "General", column: int = 4, **options: object) -> bytes:
    return _book(
        lambda page, book: page.write_number(2, column, value, book.add_format({"num_format": shown})), **options
    )


def _numbers() -> Iterator[Recipe]:
    for serial, shown in ((0, "yyyy-mm-dd"), (-1, "yyyy/m/d"), (-43_000.5, "yyyy-mm-dd hh:mm"), (0.25, "m月d日")):
        name = f"a date with the number {serial} as {shown}"
        yield _recipe(name, _number(serial, shown), SET_ASIDE, "date")
    yield _recipe("a time below zero", _number(-0.25, "hh:mm:ss"), SET_ASIDE, "date")
    yield _recipe("a span below zero", _number(-2, "[h]:mm:ss"), SET_ASIDE, "date")
    for serial, day in ((60, "1904-03-01"), (43_889, "2024-02-29")):
        data = _number(serial, "yyyy-mm-dd", date_1904=True)
        yield _recipe(f"a date with the number {serial} since 1904", data, EXACT, clean=_with(day))
    exact = {
        "a time of the day": (0.75, "hh:mm:ss", "18:00:00"),
        "more than 24 hours": (1.25, "[h]:mm:ss", "30:00:00"),
        "a percentage": (0.125, "0.0%", "0.125"),
        "money": (-1234.5, '"¥"#,##0.00', "-1234.5"),
        "a number rounded by its format": (1.005, "0", "1.005"),
        "a negative number": (-1, "0_ ;[Red]-0 ", "-1"),
        "a number whose format quotes a letter of days": (0, '0"d"', "0"),
    }
    for name, (value, shown, text) in exact.items():
        yield _recipe(name, _number(value, shown), EXACT, clean=_with(text))
    yield _recipe("an identifier that ends in 000", _number(441900199001011000, "0", 2), SET_ASIDE, "precision")
    yield _recipe("a date as text beside dates", _book(_two_days), EXACT, clean=_days())
    short = _number(13, "0000", 0)
    yield _recipe("a number that lost its leading zeros", short, SET_ASIDE, "leading_zeros", lengths={"编号": 4})
    area = _number(769, "General", 4)
    clean = _with("0769")
    yield _recipe("an area code that lost its zero", area, SET_ASIDE, "leading_zeros", clean, lengths={"备注": 4})
    texts = _book(lambda page, _: page.write_string(2, 4, "4.41900E+17"))
    yield _recipe("an identifier that became text as a power", texts, EXACT, clean=_with("4.41900E+17"))
    beyond = _number(3_000_000_000_000, "[h]:mm")
    yield _recipe("a span beyond all days", beyond, REFUSED, "beyond all dates")


def _two_days(page: Any, book: Any) -> None:
    page.write_datetime(1, 4, dt.datetime(2024, 2, 29), book.add_format({"num_format": "yyyy年m月d日"}))
    page.write_string(2, 4, "2024.2.29")


def _days() -> tuple[Row, ...]:
    return ((*PLAIN[0][:4], "2024-02-29"), (*PLAIN[1][:4], "2024.2.29"), *PLAIN[2:])


def _formulas() -> Iterator[Recipe]:
    def zero(page: Any, _: Any) -> None:
        page.write_formula(2, 4, "=6*7", None, 0)

    written = _book(zero)
    yield _recipe("a formula that a program wrote with 0", written, SET_ASIDE, "formula")
    saved = _rewritten(written, lambda _, part: part.replace(b' fullCalcOnLoad="1"', b""))
    yield _recipe("a formula that comes to 0", saved, EXACT, clean=_with("0"))
    without = _rewritten(written, lambda _, part: part.replace(b"<f>6*7</f><v>0</v>", b"<f>6*7</f>"))
    yield _recipe("a formula without a value", without, SET_ASIDE, "formula")
    linked = _book(lambda page, _: page.write_formula(2, 4, "='[1]表'!A1", None, "东城"))
    yield _recipe("a link to another workbook with its last value", linked, EXACT, clean=_with("东城"))


def _sheets() -> Iterator[Recipe]:
    def more(visibility: str = "", rows: Sequence[Sequence[object]] = (NAMES, *PLAIN[:2])) -> Change:
        def change(_: Any, book: Any) -> None:
            page = book.add_worksheet("续表")
            _write(page, rows)
            if visibility:
                getattr(page, visibility)()

        return change

    yield _recipe("a second sheet with more of the table", _book(more()), REFUSED, "both hold", PLAIN + PLAIN[:2])
    yield _recipe("a second sheet, one declared", _book(more()), EXACT, sheet="数据")
    yield _recipe("notes on a sheet behind", _book(more(rows=[["填表说明"]])), DECLARED, "other_sheets")
    for visibility in ("hide", "very_hidden"):
        yield _recipe(f"another sheet, {visibility}", _book(more(visibility)), DECLARED, "hidden_sheets")

    def in_front(page: Any, book: Any) -> None:
        page.hide()
        other = book.add_worksheet("新")
        _write(other, [NAMES, *PLAIN[:3]])
        other.activate()

    yield _recipe("an old hidden sheet in front", _book(in_front), DECLARED, "hidden_sheets", PLAIN[:3])
    last = ("0018", None, None, None, None)
    for row, expect, says in (
        (1_048_575, REFUSED, "brim"),
        (65_535, REFUSED, "brim"),
        (65_534, DECLARED, "blank_inside"),
    ):
        data = _book(lambda page, _, row=row: page.write_string(row, 0, "0018"))
        yield _recipe(f"a value in row {row + 1}", data, expect, says, (*PLAIN, last))
    wide = _book(lambda page, book: page.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True})))
    yield _recipe("a format in the last cell that there is", wide, EXACT)
    far = _book(lambda page, _: page.write_string(1_048_575, 16_383, "x"))
    yield _recipe("a value in the last cell that there is", far, REFUSED, "limits.memory_mb|brim")
    yield _recipe("no cell at all", _rewritten(_book(), _emptied), REFUSED, "header", ())


def _emptied(name: str, part: bytes) -> bytes:
    if not name.endswith("sheet1.xml"):
        return part
    return part[: part.index(b"<sheetData>")] + b"<sheetData/>" + part[part.index(b"</sheetData>") + 12 :]


def _rows() -> Iterator[Recipe]:
    again = [*PLAIN[:3], NAMES, *PLAIN[3:]]
    yield _recipe("the header again", _book(body=again), SET_ASIDE, "header_again")
    tables = [*PLAIN, [], ["附表二"], ["街道", "人数", "男", "女"], ["莞城", "2", "1", "1"]]
    yield _recipe("another table below", _book(body=tables), SET_ASIDE, "second_table")
    beside = _book(lambda page, _: (page.write_string(0, 6, "街道"), page.write_string(1, 6, "莞城")))
    yield _recipe("another table beside", beside, EXACT)
    footed = [*PLAIN, ["合计", "6"], ["制表人：某某"]]
    yield _recipe("footers as declared", _book(body=footed), DECLARED, "footer", footer=("合计", "制表人"))
    yield _recipe("footers that are not declared", _book(body=footed), SET_ASIDE, "footer")
    yield _recipe("blank rows between", _book(body=[*PLAIN[:2], [], [], *PLAIN[2:]]), DECLARED, "blank_inside")
    yield _recipe("sums between", _book(body=[*PLAIN[:3], ["小计", "3"], *PLAIN[3:]]), SET_ASIDE, "footer")

    def rich(page: Any, book: Any) -> None:
        page.write_rich_string(2, 1, "李", book.add_format({"bold": True}), "秀英")

    yield _recipe("a text in two fonts", _book(rich), EXACT)
    guide = "<t>李秀英</t><rPh sb='0' eb='1'><t>リ</t></rPh>".encode()
    read = _rewritten(_book(), lambda _, part: part.replace("<t>李秀英</t>".encode(), guide))
    yield _recipe("a phonetic guide", read, EXACT)


def _rewritten(data: bytes, change: Callable[[str, bytes], bytes], **parts: bytes) -> bytes:
    """A workbook with every part changed, and more parts in its folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(zipfile.ZipInfo(info.filename), change(info.filename, source.read(info)))
        for name, part in parts.items():
            target.writestr(zipfile.ZipInfo("xl/" + name.replace("__", ".")), part)
    return buffer.getvalue()


def _strict(_: str, part: bytes) -> bytes:
    for name in (b"spreadsheetml/2006/main", b"officeDocument/2006/relationships"):
        part = part.replace(_OOXML + name, b"http://purl.oclc.org/ooxml/" + name.replace(b"2006/", b""))
    return part


def _prefixed(name: str, part: bytes) -> bytes:
    """A sheet whose elements all have a prefix, as other office programs write them."""
    if not name.endswith("sheet1.xml"):
        return part
    part = part.replace(b"xmlns=", b"xmlns:x=")
    for tag in (b"worksheet", b"dimension", b"sheetData", b"row", b"c", b"v", b"f", b"is", b"t"):
        for end in (b" ", b">", b"/"):
            part = part.replace(b"<" + tag + end, b"<x:" + tag + end).replace(b"</" + tag + end, b"</x:" + tag + end)
    return (
        part[: part.index(b"<sheetViews>")]
        + part[part.index(b"<x:sheetData>") : part.index(b"<pageMargins")]
        + b"</x:worksheet>"
    )


def _entity(name: str, part: bytes) -> bytes:
    """Texts that stand for other texts many times over."""
    if not name.endswith("sharedStrings.xml"):
        return part
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<!DOCTYPE sst [<!ENTITY l0 "lol">{laughs}]><sst '.encode()
    return part.replace(b"<sst ", head, 1).replace("<t>李秀英</t>".encode(), b"<t>&l8;</t>")


def _swollen(name: str, part: bytes) -> bytes:
    """One text of a million characters that ten thousand cells hold."""
    if name.endswith("sharedStrings.xml"):
        return part.replace("<t>李秀英</t>".encode(), b"<t>" + b"x" * 1_000_000 + b"</t>")
    if not name.endswith("sheet1.xml"):
        return part
    at = part.index(b'<c r="B3"')
    value = part[part.index(b"<v>", at) : part.index(b"</c>", at)]
    rows = b"".join(b'<row r="%d"><c r="B%d" t="s">%s</c></row>' % (n, n, value) for n in range(10, 10_010))
    return part.replace(b"</sheetData>", rows + b"</sheetData>")


def _parts() -> Iterator[Recipe]:
    good = _book()
    yield _recipe("the strict kind of the standard", _rewritten(good, _strict), EXACT)
    yield _recipe("elements with prefixes", _rewritten(good, _prefixed), EXACT)
    yield _recipe("macros", _rewritten(good, lambda _, part: part, vbaProject__bin=b"x"), REFUSED, "macros")
    yield _recipe("a binary workbook", _rewritten(good, lambda _, part: part, workbook__bin=b"x"), REFUSED, "xlsb")
    protected = container(EncryptedPackage=b"x" * 5_000, EncryptionInfo=b"y")
    yield _recipe("an encrypted package", protected, REFUSED, "protected")
    yield _recipe("texts of entities", _rewritten(good, _entity), REFUSED)
    small = {"memory_mb": 512}
    yield _recipe("a text that swells", _rewritten(good, _swollen), REFUSED, "limits.memory_mb", limits=small)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), b"application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(zipfile.ZipInfo("content.xml"), b"<x/>")
    yield _recipe("an OpenDocument sheet", buffer.getvalue(), REFUSED, "OpenDocument", ())
