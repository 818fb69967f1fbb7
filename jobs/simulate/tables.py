"""Truth tables: columns gathered, written to Parquet in groups of bounded size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_GROUP = 200_000


class Table:
    """A Parquet file that grows; columns are text, or whole numbers where declared ``name:int``."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        types = [(name.removesuffix(":int"), pa.int64() if name.endswith(":int") else pa.string()) for name in columns]
        self.schema = pa.schema(types)
        self.rows = 0
        self._writer = pq.ParquetWriter(path, self.schema)
        self._held: list[list[Any]] = [[] for _ in columns]
        self._rows: list[tuple[Any, ...]] = []

    def add(self, count: int, *columns: Any) -> None:
        """Add ``count`` rows; a column is a sequence, or one value for all of them."""
        for held, column in zip(self._held, columns, strict=True):
            if isinstance(column, list | range):
                held.extend(column)
            else:
                held.extend([column] * count)
        self.rows += count
        self._flush(_GROUP)

    def row(self, *cells: Any) -> None:
        """Add one row."""
        self._rows.append(cells)
        self.rows += 1
        if len(self._rows) >= _GROUP:
            self._flush(_GROUP)

    def _flush(self, least: int) -> None:
        if self._rows:
            for held, column in zip(self._held, zip(*self._rows, strict=True), strict=True):
                held.extend(column)
            self._rows = []
        if len(self._held[0]) < least or not self._held[0]:
            return
        arrays = [pa.array(held, field.type) for held, field in zip(self._held, self.schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema))
        self._held = [[] for _ in self._held]

    def close(self) -> None:
        """Write what is left."""
        self._flush(1)
        self._writer.close()
