"""The journal: one SQL database that testifies what arrived, what was judged and what may be read.

SQLite in WAL mode with full sync by default, any SQLAlchemy URL for more machines. Rows that testify are only ever
added; the newest row of a key counts.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_META = sa.MetaData()
_PATIENCE_SECONDS = 30


def _table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    serial: sa.Column[Any] = sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)
    noted: sa.Column[Any] = sa.Column("noted_at", sa.String(26), nullable=False)
    return sa.Table(name, _META, serial, *columns, noted)


def _text(name: str, *, index: bool = False, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, index=index, nullable=null)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger)


DELIVERIES = _table(
    "deliveries",
    _text("load_id", index=True, null=False),
    _text("resource", index=True, null=False),
    _text("period", null=False),
    _number("sequence"),
    _text("blob"),
    _text("member"),
    _text("file"),
    _text("received_at"),
    _text("manifest"),
    _text("state", null=False),
    _text("reason"),
    _number("received"),
    _number("landed"),
    _number("rejected"),
)
REPEATS = _table(
    "repeats",
    _text("load_id", index=True, null=False),
    _text("resource", index=True, null=False),
    _text("file", null=False),
    _text("received_at"),
)
CONTRACTS = _table(
    "contracts",
    _text("layer", null=False),
    _text("name", index=True, null=False),
    _text("contract", null=False),
    _text("parts"),
)
"""What a table's rows were read by: a digest, and the digests of its parts by name."""
READINGS = _table(
    "readings",
    _text("load_id", index=True, null=False),
    _text("resource", index=True, null=False),
    _text("contract", null=False),
    _text("outcome", null=False),
    _text("reason"),
)
"""Every time that a delivery was read, and by which contract: ``landed``, ``refused``, or ``kept`` where an earlier
reading stays."""
WITHDRAWALS = _table(
    "withdrawals",
    _text("resource", index=True, null=False),
    _text("period", null=False),
    _number("sequence"),
    _text("blob"),
    _text("file"),
    _text("received_at"),
)
"""What a department took back: all of a place in its order, or only these bytes there."""
STRAYS = _table(
    "strays",
    _text("folder", index=True, null=False),
    _text("department"),
    _number("files"),
    _text("names"),
    _text("nearest"),
)
"""Files of a folder (of the inbox, or by its address) that match no resource's pattern: how many, the first of their
names, and patterns that come near. The newest row of a folder counts; none of its files, and all is well there."""
LANDINGS = _table(
    "landings",
    _text("load_id", index=True, null=False),
    _text("resource", index=True, null=False),
    _text("traits"),
    _text("changes"),
    _text("notes"),
    _text("reasons"),
    _text("sums"),
)
"""What was noticed while a delivery was read: names and shapes of its columns, what changed in them since the
delivery before, what was repaired or passed over, why records were not taken, and the totals that were counted."""
PASSED = _table(
    "passed",
    _text("layer", null=False),
    _text("name", index=True, null=False),
    _number("version"),
    _number("rows"),
    _text("content_hash"),
    _text("provenance_hash"),
    _text("verdict", null=False),
    _text("as_of"),
)
VERDICTS = _table(
    "verdicts",
    _text("layer", null=False),
    _text("name", index=True, null=False),
    _number("version"),
    _text("as_of"),
    _text("suite", null=False),
    _text("outcome", null=False),
    _number("declared"),
    _number("evaluated"),
    _text("results"),
)
STEPS = _table(
    "steps",
    _text("layer", null=False),
    _text("name", index=True, null=False),
    _text("fingerprint", null=False),
    _text("as_of"),
    _number("version"),
    _number("rows"),
    _text("seconds"),
    _text("state", null=False),
    _text("reason"),
)
RUNS = _table("runs", _text("run", index=True), _text("as_of"), _text("state"), _text("summary"))
RELEASES = _table("releases", _number("release"), _text("as_of"), _text("approved_by"), _text("event"), _text("note"))

TABLES = {
    table.name: table
    for table in (
        DELIVERIES,
        REPEATS,
        WITHDRAWALS,
        STRAYS,
        LANDINGS,
        CONTRACTS,
        READINGS,
        PASSED,
        VERDICTS,
        STEPS,
        RUNS,
        RELEASES,
    )
}


class Journal:
    """Append facts, read the newest ones."""

    def __init__(self, url: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "journal.sqlite"
        where = url or sa.URL.create("sqlite", database=str(file))
        is_known = not url and file.exists()
        self.engine = _engine(where, file.stat().st_ino) if is_known else _new_engine(where)
        self._create()

    def _create(self) -> None:
        """Make what is missing; another process may be doing the same."""
        missing = set(TABLES) - set(sa.inspect(self.engine).get_table_names())
        if not missing:
            return
        with self.writing() as connection:
            for name in sorted(missing):
                connection.execute(sa.schema.CreateTable(TABLES[name], if_not_exists=True))
                for index in TABLES[name].indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction."""
        with self.engine.begin() as connection:
            yield connection

    def note(self, table: sa.Table, connection: sa.Connection | None = None, **facts: Any) -> None:
        """Add one row; dicts and lists are stored as JSON."""
        self.note_all(table, [facts], connection)

    def note_all(
        self, table: sa.Table, rows: Iterable[dict[str, Any]], connection: sa.Connection | None = None
    ) -> None:
        """Add rows, in one transaction of their own unless ``connection`` is given."""
        values = [_noted(row) for row in rows]
        if not values:
            return
        if connection is not None:
            connection.execute(table.insert(), values)
            return
        with self.writing() as own:
            own.execute(table.insert(), values)

    def note_place(self, table: sa.Table, **facts: Any) -> int:
        """Add one row; its place in the order of notes."""
        with self.writing() as connection:
            return int(connection.execute(table.insert().returning(table.c.seq), _noted(facts)).scalar_one())

    def newest(self, table: sa.Table, *keys: str, **where: Any) -> list[dict[str, Any]]:
        """Newest row per ``keys`` among the rows that match ``where``, in the order they were noted."""
        return self.rows(_newest(table, keys, tuple(where)), **where)

    def rows(self, query: sa.Select[Any], **values: Any) -> list[dict[str, Any]]:
        """Rows of any query as dicts; ``values`` are those of its parameters."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query, values).mappings()]


def _new_engine(url: sa.URL | str) -> sa.Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _durable)
    return engine


@lru_cache(maxsize=4)
def _engine(url: sa.URL | str, _inode: int) -> sa.Engine:
    """An engine of a file that stays, with its connections and the statements it has compiled: each task of a chain
    opens the journal anew and asks the same. A file that was removed and made again is another one."""
    return _new_engine(url)


@cache
def _newest(table: sa.Table, keys: tuple[str, ...], given: tuple[str, ...]) -> sa.Select[Any]:
    """Built once a process: it is asked for hundreds of times a run, and building takes as long as asking."""
    condition = [table.c[name] == sa.bindparam(name) for name in given]
    last = sa.select(sa.func.max(table.c.seq)).where(*condition).group_by(*[table.c[key] for key in keys])
    return sa.select(table).where(table.c.seq.in_(last)).order_by(table.c.seq)


def _noted(row: dict[str, Any]) -> dict[str, Any]:
    noted = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return {"noted_at": noted} | {key: _plain(value) for key, value in row.items()}


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else value


def _durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_SECONDS * 1000}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """WAL mode. Of two processes that open a new database at once, SQLite tells one that it is locked without waiting,
    whatever its timeout: two that wait for each other would wait for ever."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
