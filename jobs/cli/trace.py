"""``brain trace`` and ``brain where``: from a cell to its file and row, from a row to its fate."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from jobs.cli.output import context, notes, print_json, print_table, stdout
from jobs.errors import UsageError
from jobs.pipeline.explain import trace_cells, where_row

AsJson = Annotated[bool, typer.Option("--json", help="Facts as JSON on stdout.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("trace", help="Cell → authority → record → delivery → file and row, and the losing values.")(trace)
    app.command("where", help="What became of a row: every delivery it stood in and its fate there.")(where)


def trace(
    entity: Annotated[str, typer.Argument(help="person, organisation, address, licence …")],
    identity: Annotated[str, typer.Argument(metavar="ID", help="Canonical id, or the value of a strong key.")],
    element: Annotated[str | None, typer.Option(help="One element; default: all that have a value.")] = None,
    release: Annotated[int | None, typer.Option(help="Release number; default: the newest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Prints values of the entity: for people who may see them."""
    cells = trace_cells(context(), entity, identity, element, release)
    if as_json:
        print_json([vars(cell) for cell in cells])
        return
    for cell in cells:
        flags = f"  [{', '.join(cell.flags)}]" if cell.flags else ""
        stdout.print(f"{cell.element} = {cell.value}{flags}", markup=False)
        stdout.print(f"  {cell.authority}", markup=False)
        if cell.source:
            stdout.print(f"  {_place(cell.source)}", markup=False)
        for row in cell.losing:
            stdout.print(f"  instead of {row['value']}: {_place(row)}", markup=False)


def _place(row: dict[str, Any]) -> str:
    return (
        f"{row['resource']} ({row['role']}), delivery {row['load_id']} of {row.get('period')}/{row.get('sequence')}, "
        f"file {row.get('file')}, row {row['row_no']}"
    )


def where(
    resource: Annotated[str, typer.Argument(help="Resource id, such as gaj.household.person.")],
    key: Annotated[
        str,
        typer.Argument(help="Value of a key column or of a strong identifier, as delivered or as standardised."),
    ],
    cells: Annotated[
        bool, typer.Option("--cells", help="Also each flagged cell with the text that was delivered: personal values.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """One line a landed, quarantined or refused row."""
    rows = where_row(context(), resource, key, cells)
    if not rows:
        raise UsageError(
            "no row of this key has arrived", remedy="Check the key, and `brain status` for refused deliveries"
        )
    if as_json:
        print_json(rows)
        return
    print_table(
        ("period", "seq", "file", "row", "fate", "why", "notes of its delivery"),
        [
            (r.get("period"), r.get("sequence"), r.get("file"), r["row_no"], r["fate"], r.get("why"), notes(r["notes"]))
            for r in rows
        ],
        right=("row",),
    )
    for row in rows:
        for cell in row.get("flagged", ()):
            place = f"{row.get('file')}, row {row['row_no']}"
            stdout.print(f"{place}: {cell['column']} is {cell['flag']}: {cell['text']!r}", markup=False)
