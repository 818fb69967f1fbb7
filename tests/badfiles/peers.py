"""What other readers make of the delimited files, told delimiter, quote, header and encoding as ours is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.contracts import Format
from jobs.lake.session import open_session
from jobs.settings import read_settings
from tests.badfiles.judge import Came, verdict_on
from tests.badfiles.recipe import Recipe, Verdict

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Reader = Callable[[Path, Format], tuple[list[str], list[tuple[str | None, ...]]]]


def duckdb_reads(path: Path, fmt: Format) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """``read_csv`` with everything detected but what is declared; it reads UTF-8, so the text is decoded for it."""
    import duckdb

    with duckdb.connect() as connection:
        found = connection.read_csv(
            str(path),
            all_varchar=True,
            delimiter=fmt.delimiter,
            quotechar=fmt.quote or None,
            skiprows=fmt.preamble + fmt.header_rows - 1 or None,
        )
        return found.columns, [tuple("" if cell is None else cell for cell in row) for row in found.fetchall()]


def pandas_reads(path: Path, fmt: Format) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """``read_csv`` with text columns and no guesses at missing values."""
    import csv

    import pandas as pd

    found = pd.read_csv(
        path,
        sep=fmt.delimiter,
        quotechar=fmt.quote or '"',
        quoting=csv.QUOTE_MINIMAL if fmt.quote else csv.QUOTE_NONE,
        dtype=str,
        keep_default_na=False,
        skiprows=fmt.preamble + fmt.header_rows - 1,
    )
    return [str(name) for name in found.columns], [tuple(row) for row in found.itertuples(index=False, name=None)]


def spark_reads(path: Path, fmt: Format) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """``read.csv`` with a header, delimiter and quote, everything else as it comes; it passes over no lines, so those
    above the names are taken away for it."""
    skipped = fmt.preamble + fmt.header_rows - 1
    if skipped > 0:
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[skipped:]))
    reader = _spark().read.option("header", True).option("sep", fmt.delimiter).option("quote", fmt.quote)
    found = reader.csv(str(path))
    return found.columns, [tuple("" if cell is None else cell for cell in row) for row in found.collect()]


@lru_cache
def _spark() -> SparkSession:
    home = Path(tempfile.mkdtemp(prefix="brain-peers-"))
    return open_session(read_settings(home, engine="spark"))


PEERS: dict[str, Reader] = {"duckdb": duckdb_reads, "pandas": pandas_reads, "spark": spark_reads}


def peer_verdict(recipe: Recipe, reader: Reader) -> Verdict:
    """The verdict on what a peer reads; it sets nothing aside, so a file is exact, refused or wrong."""
    came, fmt = Came(), Format.model_validate(recipe.fmt)
    try:
        text = recipe.make().decode(fmt.encoding)
        with tempfile.NamedTemporaryFile(prefix="brain-badfile-", suffix=".csv") as file:
            file.write(text.encode())
            file.flush()
            names, rows = reader(Path(file.name), fmt)
        wanted = [names.index(name) for name in recipe.names]
        came.rows = [tuple(row[n] for n in wanted) for row in rows]
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its refusal
        came.refusal = type(error).__name__
    return verdict_on(came, recipe.clean)
