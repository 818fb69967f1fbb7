"""XLSX workbooks: bounded before they are opened, the sheet that is meant, what its reader does not say of cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.chunk import Chunk
from jobs.land.limits import beyond, bound
from jobs.land.sheet import Cell, Sheet, read_sheet
from jobs.land.sheetchoice import Candidate, choose_sheet
from jobs.land.sheetfacts import doubtful_cells

FULL = frozenset({65_536, 1_048_576})
"""Also the older height: a workbook may have been saved from an older one."""


def read_workbook(
    stream: IO[bytes], fmt: Format, declared: list[str], lengths: Mapping[str, int] | None = None
) -> Iterator[Chunk]:
    """Chunks of the declared (else the one visible) sheet that holds the columns."""
    try:
        sheet, notes = choose_sheet(sheets_of(whole(stream, fmt), fmt), fmt, declared)
        yield from read_sheet(sheet, fmt, declared, lengths or {}, notes)
    except OverflowError:
        raise _unreadable("a number beyond all dates") from None


def whole(stream: IO[bytes], fmt: Format) -> bytes:
    """All bytes of a workbook; SourceError where there are none or too many."""
    most = bound(fmt, "size_mb")
    data = stream.read((most << 20) + 1)
    if len(data) > most << 20:
        raise beyond(f"the workbook is larger than {most} MB", "size_mb", "Ask for CSV or several files")
    if not data:
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    return data


def _require_bounded(data: bytes, fmt: Format) -> None:
    """Refuse a workbook whose parts say that they unpack to far more than it holds, and one that brings programs."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            names = {info.filename for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _unreadable("a damaged archive") from None
    ratio, most = fmt.limits.ratio, bound(fmt, "unpacked_mb")
    if size > ratio * max(len(data), 1 << 16):
        raise beyond(f"the workbook unpacks to more than {ratio} times its size", "ratio", "Ask for CSV")
    if size > most << 20:
        raise beyond(f"the workbook unpacks to more than {most} MB", "unpacked_mb", "Ask for CSV")
    if "xl/vbaProject.bin" in names:
        raise SourceError("the workbook holds macros", remedy="Ask for it saved without them, as .xlsx")
    if "xl/workbook.bin" in names:
        raise SourceError("the workbook is a binary one (.xlsb)", remedy="Ask for it saved as .xlsx")


def sheets_of(data: bytes, fmt: Format) -> list[Candidate]:
    """The sheets of cells of a workbook that keeps its bounds."""
    _require_bounded(data, fmt)
    book = _opening(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
    return [
        Candidate(found.name, found.visible == SheetVisibleEnum.Visible, partial(_sheet, book, data, found.name))
        for found in book.sheets_metadata
        if found.typ == SheetTypeEnum.WorkSheet
    ]


def _sheet(book: Any, data: bytes, name: str) -> Sheet:
    sheet = _opening(lambda: book.get_sheet_by_name(name))
    height, merged = sheet.end[0] + 1 if sheet.end else 0, tuple(sheet.merged_cell_ranges or ())
    doubts = _opening(lambda: doubtful_cells(data, name))
    return Sheet(name, height, FULL, partial(_rows, sheet), merged, doubts)


def _rows(sheet: Any) -> Iterator[list[Cell]]:
    return sheet.iter_rows()  # type: ignore[no-any-return]


def _opening(step: Any) -> Any:
    """The step's result; SourceError for whatever the library makes of a damaged workbook."""
    try:
        return step()
    except PasswordError:
        raise SourceError("the workbook is protected by a password", remedy="Ask for it without") from None
    except (CalamineError, OSError, IndexError, ValueError) as error:
        raise _unreadable(type(error).__name__) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable("a damaged part") from None


def _unreadable(what: str) -> SourceError:
    return SourceError(f"the workbook cannot be read ({what})", remedy="Ask for it again")
