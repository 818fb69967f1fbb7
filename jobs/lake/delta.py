"""Delta tables by their folders: each version opened once a process, one commit a call. Locks are the caller's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import deltalake
import pyarrow as pa
from deltalake.exceptions import TableNotFoundError
from pyarrow import fs

from jobs.errors import EnvironmentFault, RunConflict

if TYPE_CHECKING:
    from pyarrow.dataset import Dataset
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

RETENTION = {
    "delta.deletedFileRetentionDuration": "interval 400 days",
    "delta.logRetentionDuration": "interval 400 days",
    "delta.dataSkippingNumIndexedCols": "0",
}
"""Old versions stay readable as long as a release may name them; no statistics, because on a small table the least
and greatest value are somebody's name and number."""

_UNLIKE = deltalake.ColumnProperties(statistics_enabled="NONE", dictionary_enabled=False)
_LANDED = deltalake.WriterProperties(
    compression="ZSTD",
    compression_level=1,
    default_column_properties=deltalake.ColumnProperties(statistics_enabled="NONE"),
    column_properties={"_row_no": _UNLIKE, "_row_hash": _UNLIKE},
)
"""Text as it came is read whole: nobody asks for its extremes, which take a fifth of the time of writing it. A
dictionary of what never repeats is made in vain."""

_OPENED = 1024
"""Versions that are remembered, each with the names of its files, and heads that are kept open."""

_Identity = tuple[Path, int, int, int]


class Pinned:
    """One version of a table as readers see it: its files and columns, which never change."""

    def __init__(self, table: deltalake.DeltaTable) -> None:
        features = {"deletionVectors", "columnMapping"} & {*(table.protocol().reader_features or ())}
        if features:
            problem = (
                f"{table.table_uri} has {' and '.join(sorted(features))}, so that its files do not say what it holds"
            )
            raise EnvironmentFault(problem, remedy="Only brain writes to the lake: undo in Delta what was switched on")
        schema = table.schema()
        self.number = int(table.version())
        self.files = sorted(unquote(uri) for uri in table.file_uris())
        """Absolute paths, without the escapes of a URI."""
        self.columns = pa.schema(schema.to_arrow())
        self._json = schema.to_json()

    @cached_property
    def spark_columns(self) -> StructType:
        """The columns as Spark says them."""
        from pyspark.sql.types import StructType

        return StructType.fromJson(json.loads(self._json))

    def as_arrow(self) -> Dataset:
        """The version as Arrow's dataset, read by Arrow's own file system: through that of deltalake, which is Python,
        its threads would still ask for the interpreter when a short command ends, and abort it."""
        from pyarrow import dataset  # takes 0.2 s, and many commands read no table

        ahead = dataset.ParquetFragmentScanOptions(pre_buffer=True)
        kind = dataset.ParquetFileFormat(default_fragment_scan_options=ahead)
        return dataset.dataset(self.files, schema=self.columns, format=kind, filesystem=fs.LocalFileSystem())


class DeltaTables:
    """The tables of one process, whatever homes they are of."""

    def __init__(self) -> None:
        self._opened: dict[_Identity, Pinned] = {}
        self._heads: dict[Path, tuple[_Identity, deltalake.DeltaTable]] = {}

    def version(self, folder: Path, number: int) -> Pinned:
        """One version: it never changes, and is asked for five times a run."""
        identity = _identity(folder, number)
        known = self._opened.get(identity) if identity else None
        return known or self._remember(folder, Pinned(deltalake.DeltaTable(folder, version=number)))

    def head(self, folder: Path) -> int | None:
        """Number of the newest version, or None where there is no table."""
        head = self._open_head(folder) or _opened(folder)
        return head.version() if head else None

    def _open_head(self, folder: Path) -> deltalake.DeltaTable | None:
        """The newest version, if it is open and nobody committed another since."""
        identity, head = self._heads.get(folder, (None, None))
        if head is None or identity != _identity(folder, head.version()):
            return None
        return None if _commit_of(folder, head.version() + 1).exists() else head

    def _take_head(self, folder: Path) -> deltalake.DeltaTable | None:
        """The newest version, for whoever holds the table's lock to write upon: it moves on with every commit."""
        head = self._open_head(folder) or _opened(folder)
        self._heads.pop(folder, None)
        return head

    def overwrite(self, folder: Path, data: pa.Table) -> int:
        """Replace the content, whatever columns it had; returns the new version's number."""
        return self._commit(folder, self._take_head(folder), data, mode="overwrite", schema_mode="overwrite")

    def overwrite_by_spark(self, folder: Path, frame: DataFrame) -> int:
        """The same where the rows are computed."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        writer = frame.write.format("delta").mode("overwrite").option("overwriteSchema", "true")
        for key, value in RETENTION.items():
            writer = writer.option(key, value)
        writer.save(str(folder))
        return self._keep(folder, deltalake.DeltaTable(folder))

    def append(
        self, folder: Path, base: int | None, batches: Iterable[pa.RecordBatch], schema: pa.Schema, gone: str | None
    ) -> int:
        """Add rows to version ``base`` (None: to nothing) in place of those for which ``gone`` holds; what was
        written after it is put back. An error of the batches comes out as it was raised."""
        head = None if base is None else self._take_head(folder)
        if head is None:
            shutil.rmtree(folder, ignore_errors=True)
        elif head.version() != base:
            head.restore(base)
        source = _Source(batches)
        reader = pa.RecordBatchReader.from_batches(schema, iter(source))
        mode = "append" if head and not gone else "overwrite"
        kind = "merge" if head else "overwrite"
        try:
            return self._commit(
                folder, head, reader, mode=mode, schema_mode=kind, predicate=gone, writer_properties=_LANDED
            )
        except deltalake.exceptions.DeltaError:
            if source.failure is not None:
                raise source.failure from None
            raise

    def _commit(self, folder: Path, head: deltalake.DeltaTable | None, data: Any, **how: Any) -> int:
        """Write on top of ``head``, which moves on, or the first version of a table."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            deltalake.write_deltalake(head or folder, data, configuration=RETENTION, **how)
        except deltalake.exceptions.CommitFailedError as error:
            raise RunConflict(f"another writer committed first: {error}", remedy="Run again") from None
        except deltalake.exceptions.DeltaError as error:
            if "No space left" in str(error):
                raise EnvironmentFault("no space left to write a table", remedy="Free some and run again") from None
            raise
        return self._keep(folder, head or deltalake.DeltaTable(folder))

    def _keep(self, folder: Path, head: deltalake.DeltaTable) -> int:
        """Remember what was committed, for those who read it and for the next commit; its number."""
        pinned = self._remember(folder, Pinned(head))
        if len(self._heads) >= _OPENED:
            self._heads.clear()
        if identity := _identity(folder, pinned.number):
            self._heads[folder] = identity, head
        return pinned.number

    def _remember(self, folder: Path, pinned: Pinned) -> Pinned:
        if len(self._opened) >= _OPENED:
            self._opened.clear()
        if identity := _identity(folder, pinned.number):
            self._opened[identity] = pinned
        return pinned


def _opened(folder: Path) -> deltalake.DeltaTable | None:
    try:
        return deltalake.DeltaTable(folder)
    except TableNotFoundError:
        return None


def _commit_of(folder: Path, number: int) -> Path:
    return folder / "_delta_log" / f"{number:020}.json"


def _identity(folder: Path, number: int) -> _Identity | None:
    """A version by the file that committed it, as a table may be removed and made anew; None if that file is gone."""
    try:
        commit = _commit_of(folder, number).stat()
    except FileNotFoundError:
        return None
    return folder, number, commit.st_ino, commit.st_mtime_ns


class _Source:
    """Batches whose own error is kept: on its way through the writer it would lose its kind."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self.batches = batches
        self.failure: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self.batches
        except BaseException as error:
            self.failure = error
            raise
