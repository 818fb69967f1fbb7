"""Choosing the reader for a delivery and opening its bytes."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.archive import as_path, opened
from jobs.land.chunk import Chunk, noted
from jobs.land.columns import Columns
from jobs.land.dbf import read_dbf
from jobs.land.delimited import read_delimited
from jobs.land.encodings import usual_characters
from jobs.land.fixed import read_fixed
from jobs.land.found import HEAD, require_kind
from jobs.land.header import AbsentColumns
from jobs.land.markup import read_xml
from jobs.land.objects import read_document, read_lines
from jobs.land.oldbook import read_old_workbook
from jobs.land.tables import read_arrow, read_parquet, read_sqlite
from jobs.land.workbook import read_workbook

Streamed = Callable[[IO[bytes], Format, list[str]], Iterator[Chunk]]
_STREAMS: dict[str, Streamed] = {
    "csv": read_delimited,
    "jsonl": read_lines,
    "json": read_document,
    "geojson": read_document,
    "fixed": read_fixed,
    "xml": read_xml,
}
_BOOKS: dict[str, Callable[[IO[bytes], Format, list[str], Mapping[str, int] | None], Iterator[Chunk]]] = {
    "xlsx": read_workbook,
    "xls": read_old_workbook,
}
"""Readers of cells that have types."""
_FILES: dict[str, Callable[[Path, Format, list[str]], Iterator[Chunk]]] = {
    "sqlite": read_sqlite,
    "parquet": read_parquet,
    "dbf": read_dbf,
}
"""Readers that go to and fro in a file."""


def read_records(
    blob: Path, fmt: Format, declared: list[str], lengths: Mapping[str, int] | None = None
) -> Iterator[Chunk]:
    """Chunks of a delivery's records, columns in the declared order; ``lengths`` are those of columns whose cells
    have one only, which numbers among typed cells may have lost. Asked for :class:`Columns`, the last chunk is empty
    and says which names came."""
    try:
        yield from _read(blob, fmt, declared, lengths)
    except AbsentColumns as gap:
        assert isinstance(declared, Columns)
        for chunk in _read(blob, fmt, declared.without(gap.missing), lengths):
            yield _widened(chunk, declared, gap.missing)
    if isinstance(declared, Columns):
        yield Chunk([pa.array([], pa.string())] * len(declared), pa.array([], pa.int64()), came=declared.came)


def _widened(chunk: Chunk, declared: Columns, absent: Sequence[str]) -> Chunk:
    """The chunk with empty cells in the columns that are absent."""
    there = iter(chunk.columns)
    columns = [pa.nulls(chunk.rows, pa.string()) if name in absent else next(there) for name in declared]
    return replace(chunk, columns=columns)


def _read(blob: Path, fmt: Format, declared: list[str], lengths: Mapping[str, int] | None) -> Iterator[Chunk]:
    if fmt.kind == "sql":
        yield from read_arrow(blob, declared)
        return
    if fmt.kind not in _STREAMS | _BOOKS | _FILES:
        raise SourceError(f"deliveries of kind {fmt.kind!r} cannot be read yet", remedy="Declare another format")
    notes: dict[str, int] = {}
    with opened(blob, fmt, notes) as stream:
        require_kind(stream.peek(HEAD)[:HEAD], fmt)
        yield from noted(_chunks(stream, blob, fmt, declared, lengths), notes, len(declared))


def _chunks(
    stream: io.BufferedReader, blob: Path, fmt: Format, declared: list[str], lengths: Mapping[str, int] | None
) -> Iterator[Chunk]:
    if fmt.kind in _FILES:
        with as_path(stream, blob, fmt) as path:
            yield from _FILES[fmt.kind](path, fmt, declared)
    elif fmt.kind in _BOOKS:
        yield from _BOOKS[fmt.kind](stream, fmt, declared, lengths)
    else:
        yield from _STREAMS[fmt.kind](stream, fmt, declared)


def preload() -> None:
    """Load what readers and their libraries import only when they are asked, so that a fork need not.

    The first array looks for pandas; a file that is read through starts no thread, which a fork would lose.
    """
    names = ("pyarrow.csv", "pyarrow.compute", "pyarrow.parquet", "xlrd", "dbfread", "defusedxml.ElementTree")
    for name in names:
        importlib.import_module(name)
    pa.array(np.zeros(1))
    usual_characters()
