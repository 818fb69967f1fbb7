"""Proposals for tables of rows: delimited text, workbooks, database files."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jobs.contracts import Format
from jobs.errors import SourceError, UsageError
from jobs.land.columns import clean_name
from jobs.land.header import header_names, header_paths
from jobs.land.oldbook import old_sheets, refusing
from jobs.land.sheet import text_of
from jobs.land.workbook import sheets_of, whole
from jobs.profile.encoding import Encoding, propose_dialect, tail_of
from jobs.profile.header import Grid, IsWord, footer_words, layout_of
from jobs.profile.proposal import Proposal

_GRID = 60


def propose_delimited(path: Path, encoding: Encoding, lines: str, is_word: IsWord) -> Proposal:
    dialect = propose_dialect(lines)

    def parsed(source: str) -> Grid:
        return list(csv.reader(io.StringIO(source, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote))

    grid = parsed("".join(lines.lstrip("\r\n").splitlines(keepends=True)[:_GRID]))
    tail = parsed(tail_of(path, encoding))
    facts: dict[str, Any] = {"encoding": encoding, "delimiter": dialect.delimiter, "quote": dialect.quote}
    layout = layout_of(grid, is_word)
    return _table(
        grid[layout.preamble :], layout.header_rows, tail, {"kind": "csv", "preamble": layout.preamble, **facts}
    )


def _table(grid: Grid, rows: int, tail: Grid, facts: dict[str, Any]) -> Proposal:
    """The proposal for a table that begins with its header rows; without one, columns are numbered."""
    names, labels = _names(grid, rows)
    footer = footer_words(tail, max(map(len, grid)))
    format_ = Format.model_validate({**facts, "header_rows": rows, "footer": footer})
    remark = () if rows else ("the first row reads as data: columns are matched by position, all must be declared",)
    return Proposal(format_, names, labels, remark)


def _names(grid: Grid, rows: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names of the columns that can be declared, and what stands above them; a name given twice takes its group."""
    if not rows:
        return tuple(f"COL{n}" for n in range(1, len(grid[0]) + 1)), {}
    names = header_names(grid[:rows])
    paths = header_paths(grid[:rows])
    cleaned = [clean_name(name) for name in names]
    found, labels = [], {}
    for name, clean, path in zip(names, cleaned, paths, strict=True):
        alone = cleaned.count(clean) == 1
        shown = name.strip() if alone else path
        if not clean or (not alone and paths.count(path) > 1):
            continue
        found.append(shown)
        if rows > 1 and path != shown:
            labels[shown] = path.removesuffix(f".{clean}")
    return tuple(found), labels


def propose_workbook(path: Path, part: str, is_word: IsWord, kind: str) -> Proposal:
    with path.open("rb") as stream, refusing():
        plain = Format.model_validate({"kind": kind})
        candidates = (old_sheets if kind == "xls" else sheets_of)(whole(stream, plain), plain)
        chosen = next((found for found in candidates if found.name == part or (not part and found.visible)), None)
        names = [found.name for found in candidates]
        if chosen is None:
            raise UsageError(f"the workbook has no sheet {part!r}", remedy=f"There are: {', '.join(names)}")
        rows = [[text_of(cell) for cell in row] for row in chosen.open().rows()]
    layout = layout_of(rows[:_GRID], is_word)
    tail = [row for row in rows[-_GRID:] if any(row)]
    facts = {"kind": kind, "preamble": layout.preamble}
    found = _table(rows[layout.preamble : _GRID], layout.header_rows, tail, facts)
    if len(names) == 1:
        return found
    named = found.format.model_copy(update={"sheet": chosen.name})
    return Proposal(named, found.names, found.labels, (f"one of {len(names)} sheets; --part names another",))


def propose_database(path: Path, part: str) -> Proposal:
    """The named table of a database, else the one with most rows."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    try:
        tables = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
        ]
        tables = [name for name in tables if not name.startswith("sqlite_") and part in ("", name)]
        if not tables:
            raise UsageError(f"the database has no table {part or 'at all'}", remedy="Name one with --part")
        quoted = {name: '"' + name.replace('"', '""') + '"' for name in tables}
        counts = {name: connection.execute(f"SELECT count(*) FROM {quoted[name]}").fetchone()[0] for name in tables}  # noqa: S608
        table = max(tables, key=lambda name: counts[name])
        names = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({quoted[table]})")]
    except sqlite3.DatabaseError:
        raise SourceError("the database is damaged", remedy="Ask for it again") from None
    finally:
        connection.close()
    remark = (f"the largest of {len(tables)} tables; --part names another",) if len(tables) > 1 else ()
    return Proposal(Format.model_validate({"kind": "sqlite", "table": table}), tuple(names), {}, remark)
