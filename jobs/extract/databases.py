"""Deliveries from SQL databases: SQLite and PostgreSQL through one connector.

One extract is one snapshot: the rows whose watermark lies after the last extract's and not after the cut-off day,
ordered by watermark and key, every value as the database writes it, in one Arrow file. The same rows give the same
bytes. Rows that later got the last extract's own watermark are not missed: all of that moment come again.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa

from jobs.contracts import Access, Resource
from jobs.errors import SourceError, SourceUnavailable
from jobs.extract.blobs import Sink
from jobs.extract.source import Asked, Fetched, Offer

_ROWS_A_BATCH = 20_000
_DAYS = ((r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"), (r"\d{4}/\d{2}/\d{2}", "%Y/%m/%d"), (r"\d{8}(\d{6})?$", "%Y%m%d"))
_REFUSED = (
    "password authentication failed",
    "认证失败",
    "no password supplied",
    "no pg_hba.conf entry",
)
"""What PostgreSQL says of a user, a password or an address that it does not know, in English and Chinese."""
_POSTGRES = "-c timezone=Asia/Shanghai -c datestyle=ISO -c bytea_output=hex -c default_transaction_read_only=on"
Where = sa.ColumnElement[bool]
Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Mark:
    """How far an extract reached: its last watermark and how many rows have just that one."""

    high: str = ""
    at_high: int = 0


@dataclass(frozen=True)
class Extracted:
    """What one extract holds. ``unmarked`` rows have no watermark: the first extract takes them, later ones count."""

    rows: int
    low: str
    high: str
    at_high: int
    unmarked: int

    def manifest(self) -> dict[str, Any]:
        """The same for the journal."""
        return asdict(self)


class Table:
    """The table of one resource, read once a cut-off day."""

    def __init__(self, resource: Resource, access: Access, asked: Asked, url: sa.URL, ca: str) -> None:
        self._resource, self._access, self._asked, self._url, self._ca = resource, access, asked, url, ca

    def offers(self) -> Iterator[Offer]:
        """The day's extract, unless the day was taken before."""
        if not self._asked.is_taken:
            day = self._asked.as_of
            yield Offer(self._access.table or "", day, 1, f"{day}T23:59:59", self._fetch)

    def _fetch(self, sink: Sink) -> Fetched:
        last = Mark(self._asked.last.get("high", ""), self._asked.last.get("at_high", 0))
        extracted = extract_table(self._resource, self._access, self._url, self._ca, last, self._asked.as_of, sink)
        return Fetched(extracted.manifest(), is_delivery=extracted.rows > 0)


def extract_table(
    resource: Resource, access: Access, url: sa.URL, ca: str, last: Mark, as_of: str, sink: Sink
) -> Extracted:
    """Write what came after ``last`` up to the end of day ``as_of``.

    SourceUnavailable where the database does not answer, SourceError where it has not what is declared. Neither says
    more than the kind of the error: a driver's own words may hold the address, a password or a value.
    """
    with tempfile.NamedTemporaryFile("w", prefix="brain-ca-", suffix=".pem") as trusted:
        trusted.write(ca)
        trusted.flush()
        try:
            engine = _engine(url, access, trusted.name if ca else "system")
            with engine.connect() as connection:
                if url.get_backend_name() == "sqlite":
                    connection.exec_driver_sql("BEGIN")
                return _extract(connection, resource, access, last, as_of, sink)
        except sa.exc.NoSuchTableError:
            raise SourceError("the table does not exist", remedy="Correct `table`") from None
        except (sa.exc.SQLAlchemyError, sqlite3.Error, ImportError) as error:
            raise _told(error) from None


def _engine(url: sa.URL, access: Access, trusted: str) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        uri = f"file:{quote(url.database or '')}?mode=ro"
        return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, isolation_level=None))
    if url.get_backend_name() == "postgresql":
        limit = f"-c statement_timeout={access.max_minutes}min"
        options = {"options": f"{_POSTGRES} {limit}", "connect_timeout": 10, "keepalives_idle": 30}
        if not access.unencrypted:
            options |= {"sslmode": "verify-full", "sslrootcert": trusted}
        driven = url.set(drivername="postgresql+psycopg")
        return sa.create_engine(driven, isolation_level="REPEATABLE READ", connect_args=options)
    return sa.create_engine(url)


def _told(error: Exception) -> SourceError:
    cause = getattr(error, "orig", None) or error
    kind, said = type(cause).__name__, str(cause).lower()
    if "could not decode to utf-8" in said:
        return SourceError("a value is not UTF-8 text", remedy="Ask the department")
    if any(word in said for word in _REFUSED):
        remedy = "Check the user in `url` and the secret that it names"
        return SourceError("the source database refused our credentials", remedy=remedy)
    if "certificate" in said or "server does not support ssl" in said:
        problem = "the source database shows no certificate that we trust"
        return SourceError(problem, remedy="Name its authority with `ca: {secret:…}`, or declare `unencrypted: true`")
    if isinstance(error, sa.exc.OperationalError | sqlite3.OperationalError):
        problem = f"the source database did not answer, or broke off ({kind})"
        return SourceUnavailable(problem, remedy="Check that it runs; the next run takes what is missing")
    return SourceError(f"the source database refused ({kind})", remedy="Check `url` and `table`")


def _extract(
    connection: sa.Connection, resource: Resource, access: Access, last: Mark, as_of: str, sink: Sink
) -> Extracted:
    names = list(dict.fromkeys(field.name for field in resource.fields))
    table = _table(connection, resource, access, names)
    column = table.c[access.watermark or ""]
    unmarked = _count(connection, table, column.is_(None))
    newest = connection.execute(sa.select(sa.cast(sa.func.max(column), sa.Text))).scalar()
    where = column < _text(_day_after(as_of, newest, resource)) if newest else sa.false()
    if last.high:
        grown = _count(connection, table, column == _text(last.high)) != last.at_high
        where &= column >= _text(last.high) if grown else column > _text(last.high)
    else:
        where |= column.is_(None)
    rows = _write(connection, _ordered(table, column, resource, where), names, sink)
    high = connection.execute(sa.select(sa.cast(sa.func.max(column), sa.Text)).where(where)).scalar() or last.high
    return Extracted(rows, last.high, high, _count(connection, table, column == _text(high)) if high else 0, unmarked)


def _table(connection: sa.Connection, resource: Resource, access: Access, names: list[str]) -> sa.TableClause:
    """The declared table, ``schema.name`` or ``name``, once it is known to have the declared columns."""
    schema, _, name = (access.table or "").rpartition(".")
    found = {str(column["name"]) for column in sa.inspect(connection).get_columns(name, schema or None)}
    missing = [column for column in [*names, access.watermark or ""] if column not in found]
    if missing:
        problem = f"the table lacks {', '.join(missing[:5])}"
        raise SourceError(problem, remedy="Correct the resource's fields or `watermark`")
    return sa.table(name, *[sa.column(column) for column in names], schema=schema or None)


def _text(value: str) -> sa.BindParameter[Any]:
    """A text without a type: the database reads it as what it is compared with."""
    return sa.bindparam(None, value, type_=sa.types.NullType())


def _count(connection: sa.Connection, table: sa.TableClause, where: Where) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar() or 0)


def _day_after(day: str, sample: str, resource: Resource) -> str:
    """The first moment after ``day`` in the writing of the watermarks."""
    following = date.fromisoformat(day) + timedelta(days=1)
    for shape, writing in _DAYS:
        if re.match(shape, sample):
            return following.strftime(writing)
    problem = "the watermark column holds no times such as 2026-03-02 08:00:00"
    raise SourceError(problem, remedy="Name a column that says when a row was last changed")


def _ordered(table: sa.TableClause, column: sa.ColumnClause[Any], resource: Resource, where: Where) -> Query:
    """Every value as text, rows in an order that only their content decides."""
    texts = [sa.cast(each, sa.Text) for each in table.c]
    keys = [table.c[name] for name in resource.load.key]
    return sa.select(*texts).where(where).order_by(column, *keys, *texts)


def _write(connection: sa.Connection, query: Query, names: list[str], sink: Sink) -> int:
    schema = pa.schema([(name, pa.string()) for name in names])
    rows = 0
    result = connection.execution_options(stream_results=True, yield_per=_ROWS_A_BATCH).execute(query)
    with pa.PythonFile(sink, mode="w") as file, pa.ipc.new_file(file, schema) as out:
        for part in result.partitions(_ROWS_A_BATCH):
            columns = [pa.array(column, pa.string()) for column in zip(*part, strict=True)]
            out.write_batch(pa.record_batch(columns, schema=schema))
            rows += len(part)
    return rows
