"""The process that writes a release's workbooks, from its engineer's file, while another writes the report."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from jobs.errors import whereabouts
from jobs.loading import loading, without


def main(file: str, out: str) -> int:
    """Write the workbooks of the release in ``file`` below ``out`` when standard input has a line; 1 if that failed,
    and where on standard error."""
    without("pandas")  # DuckDB asks for it at the first query with a parameter
    with loading():
        from jobs.serve.workbook import write_workbooks
    if not sys.stdin.readline():
        return 0  # the file will never be whole
    try:
        with duckdb.connect(file, read_only=True) as connection:
            write_workbooks(connection, Path(out))
    except Exception as error:  # noqa: BLE001 - whatever it was, who started this must hear of it
        print(whereabouts(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
