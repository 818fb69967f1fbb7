"""Deliveries from SQL databases: SQLite and PostgreSQL through one connector.

One extract is one snapshot: the rows whose watermark lies after the last extract's and not after the cut-off day's
end, ordered by watermark and key, as text, in one Arrow file. The same cut-off gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from jobs.contracts import Access, Resource
from jobs.errors import SourceError, SourceUnavailable

_ROWS_A_BATCH = 20_000


def extract_table(resource: Resource, access: Access, url: str, low: str, high: str, target: Path) -> tuple[int, str]:
    """Write the rows with ``low < watermark <= high`` to ``target``; returns their number and the last watermark."""
    columns = [field.name for field in resource.fields]
    schema = pa.schema([(name, pa.string()) for name in columns])
    position = columns.index(access.watermark or "")
    rows, last = 0, low
    try:
        engine = sa.create_engine(url)
        with engine.connect() as connection, pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
            for part in _select(connection, resource, access, low, high).partitions(_ROWS_A_BATCH):
                texts = [[_text(value) for value in row] for row in part]
                batch = [pa.array([row[n] for row in texts], pa.string()) for n in range(len(columns))]
                out.write_batch(pa.record_batch(batch, schema=schema))
                rows += len(texts)
                last = max(last, max(row[position] or "" for row in texts))
    except sa.exc.NoSuchTableError:
        raise SourceError("the table does not exist", remedy="Correct `table`", resource=resource.id) from None
    except sa.exc.OperationalError as error:
        reason = type(error.orig).__name__
        raise SourceUnavailable(
            f"the source database did not answer ({reason})", remedy="Check that it runs", resource=resource.id
        ) from None
    return rows, last


def _select(
    connection: sa.Connection, resource: Resource, access: Access, low: str, high: str
) -> sa.CursorResult[tuple[object, ...]]:
    """One ordered statement: key-ordered, streamed, values bound."""
    table = sa.table(access.table or "", *[sa.column(field.name) for field in resource.fields])
    watermark = sa.cast(table.c[access.watermark or ""], sa.Text)
    query = (
        sa.select(table)
        .where(watermark > low, watermark <= high)
        .order_by(watermark, *[table.c[name] for name in resource.load.key])
    )
    return connection.execution_options(stream_results=True, yield_per=_ROWS_A_BATCH).execute(query)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
