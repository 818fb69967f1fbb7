"""Tables of the lake: names → paths, versions, reads of what passed, writes under a lock.

``read`` gives the version its gate last let through; ``write`` and ``append`` add a version and make none when the
content is unchanged; only a gate moves the *passed* mark (:meth:`Lake.mark_passed`).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from jobs.errors import UsageError
from jobs.lake.delta import DeltaTables, Pinned
from jobs.lake.digest import CONTENT, PROVENANCE, Digest, aggregate_digest, digest_arrow, with_digests
from jobs.lake.journal import PASSED, Journal
from jobs.lake.keys import read_key
from jobs.lake.lock import run_lock, started_at, table_lock
from jobs.lake.memory import collected
from jobs.lake.session import LARGE, SMALL, open_session
from jobs.lake.types import normal, normal_schema, to_arrow_schema, to_spark_schema
from jobs.settings import Settings
from jobs.stages import JOURNAL_FOLDER, stage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


@dataclass(frozen=True)
class Version:
    """One version of a table and what it holds."""

    layer: str
    name: str
    number: int
    digest: Digest
    changed: bool = True
    as_of: str = ""
    """Cut-off day at which it passed; empty while it has not."""
    is_warned: bool = False
    """It passed although rules failed, none of them critical."""

    @property
    def rows(self) -> int:
        return self.digest.rows


_TABLES = DeltaTables()
_OFFERED: dict[str, tuple[Pinned, str]] = {}
"""What views of this process's one session show: a version of a table, and which of its rows."""


class Lake:
    """The tables of one home."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        _require_plain(settings)
        self.settings = settings
        self.journal = journal
        self.root = settings.lake
        self._passed: dict[tuple[str, str], Version] | None = None
        self._tables = _TABLES

    @cached_property
    def key(self) -> bytes:
        """Key of all keyed hashes of this home."""
        return read_key(self.settings.secrets)

    @property
    def session(self) -> SparkSession:
        return open_session(self.settings)

    def path(self, layer: str, name: str) -> Path:
        """Folder of a table."""
        return self.root / stage_of(layer).folder / name

    def lock(self, layer: str, name: str) -> AbstractContextManager[None]:
        """The table's lock, across processes."""
        return table_lock(self.root / JOURNAL_FOLDER / "locks", f"{layer}.{name}", _jvm_pid(self.settings))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only run on this home, and remove what killed ones left half-made; RunConflict where another lives."""
        with run_lock(self.root / JOURNAL_FOLDER / "locks"):
            sweep(self.scratch.glob("*"))
            sweep(Path(tempfile.gettempdir()).glob("brain-land-*"))  # what killed runs had unpacked
            yield

    @property
    def scratch(self) -> Path:
        """Frames that are held for a while, each named by the process that holds it."""
        return self.settings.scratch

    # -- reading -----------------------------------------------------------------------------------------------------

    def passed(self, layer: str, name: str) -> Version | None:
        """The version that may be read, or None."""
        return self.all_passed().get((layer, name))

    def all_passed(self) -> dict[tuple[str, str], Version]:
        """Every table that may be read."""
        if self._passed is None:
            rows = self.journal.newest(PASSED, "layer", "name")
            self._passed = {(row["layer"], row["name"]): _version(row) for row in rows}
        return self._passed

    def passed_up_to(self, mark: int) -> dict[tuple[str, str], Version]:
        """Every table as it might be read when the journal stood at ``mark``: what passed later is not in it."""
        last = sa.select(sa.func.max(PASSED.c.seq)).where(PASSED.c.seq <= mark).group_by(PASSED.c.layer, PASSED.c.name)
        rows = self.journal.rows(sa.select(PASSED).where(PASSED.c.seq.in_(last)))
        return {(row["layer"], row["name"]): _version(row) for row in rows}

    def newest_mark(self) -> int:
        """Where the journal stands: the place of the newest passed mark; 0 if nothing passed yet."""
        return int(self.journal.rows(sa.select(sa.func.max(PASSED.c.seq).label("seq")))[0]["seq"] or 0)

    def _fresh(self, layer: str, name: str) -> Version | None:
        """The passed version as the journal knows it now: under a table's lock, what another run passed counts."""
        rows = self.journal.newest(PASSED, "layer", "name", layer=layer, name=name)
        known = self.all_passed()
        for row in rows:
            known[(layer, name)] = _version(row)
        return known.get((layer, name))

    def files(self, version: Version) -> list[str]:
        """Absolute paths of the Parquet files of a version."""
        return self._pinned(version).files

    def read(self, layer: str, name: str, version: Version | None = None) -> DataFrame:
        """A frame over one version (default: the passed one), pinned to its files."""
        pinned = self._pinned(version or self._required(layer, name))
        schema, files = pinned.spark_columns, pinned.files
        reader = self.session.read.schema(schema)
        return reader.parquet(*files) if files else self.session.createDataFrame([], schema)

    def offer(self, layer: str, name: str, view: str, where: str = "true") -> None:
        """Show the rows of the passed version ``where`` something holds to SQL, as ``view``. What it shows already is
        not planned again: that takes 5 ms, and themes read what others have read."""
        shown = self._pinned(self._required(layer, name)), where
        if _OFFERED.get(view) != shown:
            self.read(layer, name).where(where).createOrReplaceTempView(view)
            _OFFERED[view] = shown

    def query(self, sql: str) -> DataFrame:
        """The rows of a SELECT over what is offered, planned when they are asked for. Spark Connect's own ``sql`` has
        the server plan every text at once, for it might be a command."""
        if self.settings.engine != "sail":
            return self.session.sql(sql)
        from pyspark.sql.connect import dataframe, plan

        session: Any = self.session
        return dataframe.DataFrame(plan.SQL(sql), session)

    def read_arrow(
        self, layer: str, name: str, version: Version | None = None, columns: list[str] | None = None
    ) -> pa.Table:
        """One version as Arrow, whole in memory: name the ``columns`` that are wanted where it may be large."""
        return self._pinned(version or self._required(layer, name)).as_arrow().to_table(columns=columns)

    def _pinned(self, version: Version) -> Pinned:
        return self._tables.version(self.path(version.layer, version.name), version.number)

    def _required(self, layer: str, name: str) -> Version:
        chosen = self.passed(layer, name)
        if chosen is None:
            raise UsageError(f"no passed version of {layer}.{name}", remedy="Run the stages that make it first")
        return chosen

    # -- writing -----------------------------------------------------------------------------------------------------

    def write(self, layer: str, name: str, df: DataFrame, at_most: int) -> Version:
        """Replace a table's content; returns the passed version unchanged if the content is the same.

        ``at_most`` bounds the rows: up to ``small_rows`` the result is committed from Arrow (about 30 ms), beyond
        that by Spark where it is computed.
        """
        if at_most > self.settings.small_rows:
            return self._write_large(layer, name, with_digests(df))
        return self.write_table(layer, name, collected(df))

    def write_table(self, layer: str, name: str, table: pa.Table) -> Version:
        """The same for a table that is small by nature."""
        return self.write_arrow(layer, name, table, digest_arrow(table))

    def write_arrow(self, layer: str, name: str, table: pa.Table, digest: Digest) -> Version:
        """Replace a table's content by an Arrow table whose digest is known."""
        with self.lock(layer, name):
            if same := self._same(layer, name, digest, table.schema):
                return same
            return Version(layer, name, self._tables.overwrite(self.path(layer, name), normal(table)), digest)

    def _write_large(self, layer: str, name: str, frame: DataFrame) -> Version:
        cached = frame.persist() if self.settings.engine == "spark" else frame
        self._tune(LARGE)
        try:
            digest = aggregate_digest(cached)
            with self.lock(layer, name):
                plain = cached.drop(CONTENT, PROVENANCE)
                if same := self._same(layer, name, digest, to_arrow_schema(plain.schema)):
                    return same
                return Version(layer, name, self._tables.overwrite_by_spark(self.path(layer, name), plain), digest)
        finally:
            self._tune(SMALL)
            if self.settings.engine == "spark":
                cached.unpersist()

    @contextmanager
    def held(self, frame: DataFrame, view: str) -> Iterator[None]:
        """Offer ``frame`` as a view that is computed once, into files, and read by all: what reads it is planned
        without what made it, and no memory is held for it."""
        scratch = self.scratch / f"{view}.{os.getpid()}"
        try:
            frame.write.mode("overwrite").parquet(str(scratch))
            schema = self._written(scratch) or frame.schema
            self.session.read.schema(schema).parquet(str(scratch)).createOrReplaceTempView(view)
            yield
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _written(self, folder: Path) -> StructType | None:
        """What columns Sail wrote, from a file of its: it would plan the whole frame again to tell. None for a frame
        without rows, and for Spark, which knows."""
        file = next(folder.glob("*.parquet"), None) if self.settings.engine == "sail" else None
        return to_spark_schema(pq.read_schema(file)) if file else None

    def _tune(self, options: dict[str, str]) -> None:
        if self.settings.engine == "spark":
            for key, value in options.items():
                self.session.conf.set(key, value)

    def append(
        self, layer: str, name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, instead_of: str = ""
    ) -> int:
        """Add rows to the passed version (a head that did not pass is put back first); returns the version number.

        ``instead_of`` names a delivery whose rows go in the same commit.
        """
        with self.lock(layer, name):
            base = self._fresh(layer, name)
            gone = f"_load_id = '{instead_of}'" if base and instead_of else None
            folder, number = self.path(layer, name), base.number if base else None
            return self._tables.append(folder, number, batches, schema, gone)

    def _same(self, layer: str, name: str, digest: Digest, schema: pa.Schema) -> Version | None:
        """The passed version if it holds the same rows in the same columns: a digest does not know their names."""
        base = self._fresh(layer, name)
        if base is None or base.digest != digest:
            return None
        stored = self._pinned(base).columns
        if stored.names != schema.names or [str(f.type) for f in stored] != [
            str(f.type) for f in normal_schema(schema)
        ]:
            return None
        return Version(layer, name, base.number, digest, changed=False)

    # -- the passed mark, for gates only -----------------------------------------------------------------------------

    def mark_passed(self, version: Version, verdict: str, as_of: str, connection: Any = None) -> None:
        """Let readers see ``version``. Called by gates alone."""
        self.journal.note(
            PASSED,
            connection,
            layer=version.layer,
            name=version.name,
            version=version.number,
            rows=version.rows,
            content_hash=version.digest.content,
            provenance_hash=version.digest.provenance,
            verdict=verdict,
            as_of=as_of,
        )
        if self._passed is not None:
            self._passed[(version.layer, version.name)] = replace(version, as_of=as_of, is_warned=verdict == "warned")

    def head(self, layer: str, name: str) -> int | None:
        """Number of the newest version, passed or not."""
        return self._tables.head(self.path(layer, name))


def sweep(paths: Iterable[Path]) -> None:
    """Remove what is named after a process that is gone (``<name>.<pid>``): its values must not outlive it."""
    for path in paths:
        pid = path.suffix[1:]
        if not pid.isdigit() or started_at(int(pid)):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _require_plain(settings: Settings) -> None:
    """Refuse a home whose path an engine would read otherwise than the file system does."""
    path = str(settings.lake)
    if "%" in path:
        raise UsageError("the path of a home holds a %, which Delta reads as an escape", remedy="Rename the folder")
    if settings.engine == "sail" and not re.fullmatch(r"[\w./~+@:,=-]*", path, re.ASCII):
        problem = "Sail escapes blanks and Chinese in paths when it writes, and writes elsewhere"
        raise UsageError(problem, remedy="Name the folders of the home in letters and digits, or use Spark")


def _version(row: dict[str, Any]) -> Version:
    """A passed version from its journal row."""
    digest = Digest(row["rows"], row["content_hash"], row["provenance_hash"])
    is_warned = row["verdict"] == "warned"
    return Version(row["layer"], row["name"], row["version"], digest, as_of=row["as_of"] or "", is_warned=is_warned)


def _jvm_pid(settings: Settings) -> int | None:
    """Pid of this process's JVM, if one was started."""
    if settings.engine != "spark":
        return None
    from pyspark import SparkContext

    gateway = getattr(SparkContext, "_gateway", None)
    process = getattr(gateway, "proc", None)
    return process.pid if process is not None else None
