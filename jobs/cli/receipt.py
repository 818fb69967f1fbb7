"""``brain receipt``: what became of a delivery, to be sent back to the department."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli.output import context, print_json, stdout
from jobs.pipeline.receipt import receipts
from jobs.serve.receipt import receipt_text

_HELP = """What became of a delivery, as a receipt for the department (接收回执).

It says file, period, sequence and SHA-256; rows declared, received, landed, refused and quarantined by reason, and
cells that could not be read or are doubtful, in the department's own column names; control totals as declared and as
counted; what changed in the columns; the verdict. It holds counts and names of columns, never a value, so it may be
sent by any channel.

\b
  brain receipt gaj.household.person                        the newest delivery by period and sequence
  brain receipt gaj.household.person --period 2026-03-04    all deliveries of that period
  brain receipt 'gaj.*' --out receipts/                     one text and one JSON file a delivery
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("receipt", help=_HELP, short_help="What became of a delivery, to be sent back (接收回执).")(receipt)


def receipt(
    resource: Annotated[str, typer.Argument(help="Resource id, or a glob of ids in quotes.")],
    period: Annotated[str | None, typer.Option(help="Period, yyyy-MM-dd; default: the newest delivery.")] = None,
    sequence: Annotated[int | None, typer.Option(help="Sequence within the period; default: all.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write <resource>_<period>_<sequence>.txt and .json.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Facts as JSON on stdout.")] = False,
) -> None:
    """One receipt a delivery."""
    found = receipts(context("9999-12-31"), resource, period, sequence)
    if out is not None:
        written = [path for one in found for path in _write(out, one)]
        if as_json:
            print_json([str(path) for path in written])
        else:
            stdout.print("\n".join(map(str, written)), markup=False)
    elif as_json:
        print_json(found)
    else:
        stdout.print("\n".join(map(receipt_text, found)), markup=False, end="")


def _write(folder: Path, receipt: dict[str, Any]) -> list[Path]:
    """The receipt as text and as JSON."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    base = folder / f"{receipt['resource']}_{receipt['period']}_{receipt['sequence']}"
    texts = {".txt": receipt_text(receipt), ".json": json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"}
    paths = []
    for ending, text in texts.items():
        path = base.with_name(base.name + ending)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
