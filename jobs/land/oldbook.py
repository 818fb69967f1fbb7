"""XLS workbooks, from Excel 2.0 to 2003: what BIFF says of a cell is read here, the rest is as in any workbook."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError
from xlrd.xldate import xldate_as_datetime

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk
from jobs.land.sheet import ERROR, NO_DAY, UNCALCULATED, WRONG_DAY, Cell, Doubtful, Place, Sheet, read_sheet
from jobs.land.sheetchoice import Candidate, choose_sheet
from jobs.land.sheetfacts import kind_of_format
from jobs.land.workbook import whole

_DAMAGED = (
    xlrd.XLRDError,
    CompDocError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a damaged workbook makes the library raise: it follows the offsets that stand in the file."""
_BIFF8 = 80
_HEIGHT, _OLD_HEIGHT = 65_536, 16_384
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_MARCH_1900 = 61
_FORMULAS = (0x0006, 0x0206, 0x0406)
_ON_LOAD = 2
_END = 0x000A


def read_old_workbook(
    stream: IO[bytes], fmt: Format, declared: list[str], lengths: Mapping[str, int] | None = None
) -> Iterator[Chunk]:
    """Chunks of the declared (else the one visible) sheet that holds the columns."""
    with refusing():
        sheet, notes = choose_sheet(old_sheets(whole(stream, fmt), fmt), fmt, declared)
        yield from read_sheet(sheet, fmt, declared, lengths or {}, notes)


@contextmanager
def refusing() -> Iterator[None]:
    """SourceError for whatever the library makes of a workbook that is damaged, protected or in an unknown encoding."""
    try:
        yield
    except UnicodeDecodeError:
        problem = "the workbook does not say in which encoding it is, or says a wrong one"
        raise SourceError(problem, remedy="Declare `encoding`, as in `encoding: gb18030`") from None
    except SourceError:
        raise
    except _DAMAGED as error:
        if "encrypted" in str(error):
            raise _protected() from None
        remedy = "Ask for it again, or as .xlsx"
        raise SourceError(f"the workbook cannot be read ({type(error).__name__})", remedy=remedy) from None


def old_sheets(data: bytes, fmt: Format) -> list[Candidate]:
    """The sheets of cells; a file before Excel 4.0 is one sheet."""
    if _PROTECTED in data:
        raise _protected()
    if _MACROS in data:
        raise SourceError("the workbook holds macros", remedy="Ask for it saved without them")
    book = _open(data, fmt)
    return [
        Candidate(name, book._sheet_visibility[n] == 0, partial(_sheet, book, n))
        for n, name in enumerate(book.sheet_names())
    ]


def _protected() -> SourceError:
    return SourceError("the workbook is protected by a password", remedy="Ask for it without")


def _open(data: bytes, fmt: Format) -> Any:
    """The workbook; before Excel 97 its texts are in the code page that it says, or in the declared encoding."""
    declared = None if fmt.encoding == "utf-8" else fmt.encoding  # no code page is UTF-8
    opening = partial(
        xlrd.open_workbook,
        file_contents=data,
        formatting_info=True,
        on_demand=True,
        ragged_rows=True,
        logfile=_Nowhere(),
    )
    book = opening(encoding_override=declared)
    if book.biff_version < _BIFF8 and not book.codepage and declared is None:
        return opening(encoding_override="ascii")
    return book


class _Nowhere(io.TextIOBase):
    """What the library says of a workbook may hold what stands in it."""

    def write(self, text: str) -> int:
        return len(text)


def _sheet(book: Any, number: int) -> Sheet:
    sheet = book.sheet_by_index(number)
    full = {_HEIGHT} if book.biff_version >= _BIFF8 else {_HEIGHT, _OLD_HEIGHT}
    areas = ((((top, left), (bottom - 1, right - 1))) for top, bottom, left, right in sheet.merged_cells)
    rows = partial(_rows, book, sheet)
    return Sheet(sheet.name, sheet.nrows, frozenset(full), rows, tuple(areas), dict(_uncalculated(book, number)))


def _rows(book: Any, sheet: Any) -> Iterator[list[Cell]]:
    kinds: dict[int, str] = {}
    for n in range(sheet.nrows):
        row: list[Cell] = []
        for m, (kind, value) in enumerate(zip(sheet.row_types(n), sheet.row_values(n), strict=True)):
            if kind == xlrd.XL_CELL_DATE:
                style = sheet.cell_xf_index(n, m)
                if style not in kinds:
                    kinds[style] = kind_of_format(book.format_map[book.xf_list[style].format_key].format_str)
                row.append(_moment(value, kinds[style], book.datemode))
            else:
                row.append(_cell(kind, value))
        yield row


def _cell(kind: int, value: Any) -> Cell:
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return Doubtful(ERROR, error_text_from_code.get(value, ""))
    return value  # type: ignore[no-any-return]


def _moment(value: float, kind: str, datemode: int) -> Cell:
    """A day, a time, or a number of days as hours; ``datemode`` 1 counts from 1904."""
    if kind == "span":
        return dt.timedelta(days=value)
    if value < 0 or (value < 1 and datemode == 0 and kind != "time"):
        return Doubtful(NO_DAY, repr(value))
    if value < 1 and kind == "time":
        return (dt.datetime(1900, 1, 1) + dt.timedelta(seconds=round(value * 86_400))).time()
    if value < _MARCH_1900 and datemode == 0:
        return Doubtful(WRONG_DAY, repr(value))
    moment: dt.datetime = xldate_as_datetime(value, datemode)
    return moment


def _uncalculated(book: Any, number: int) -> Iterator[tuple[Place, str]]:
    """Formulas whose value is 0 because a program wrote them, to be calculated when they are shown."""
    at, memory = book._sh_abs_posn[number], book.mem or b""  # let go of before Excel 5.0
    while at + 4 <= len(memory):
        kind, length = struct.unpack_from("<HH", memory, at)
        if kind == _END:
            return
        if kind in _FORMULAS and length >= 16:
            row, column, _, result, flags = struct.unpack_from("<HHHdH", memory, at + 4)
            if result == 0 and flags & _ON_LOAD:
                yield (row, column), UNCALCULATED
        at += 4 + length
