"""``brain profile``: a first look at a delivered file, as a draft of its declaration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobs.cli.output import print_json, settings, stderr, stdout
from jobs.contracts import load_catalog
from jobs.errors import UsageError

if TYPE_CHECKING:
    from jobs.profile import Profile


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("profile", help="Look at one delivered file and draft its declaration, fields matched to elements.")(
        profile
    )


def profile(
    file: Annotated[Path, typer.Argument(help="A delivered file: CSV, XLSX, JSON, SQLite, or a ZIP of one.")],
    department: Annotated[
        str | None, typer.Option(help="Code of the department; default: the folder that the file lies in.")
    ] = None,
    part: Annotated[str, typer.Option(help="Sheet, table or member, where the file has several.")] = "",
    out: Annotated[Path | None, typer.Option(help="File to write the draft to; default: stdout.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was seen, as JSON instead of YAML.")] = False,
) -> None:
    """The draft is accepted by ``brain check`` as it is; no value of the file stands in it."""
    from jobs.profile import (
        department_of,
        draft_yaml,
        folder_of,
        profile_file,
    )  # 0.3 s of dictionaries that no other command needs

    catalog = load_catalog(settings().home)
    seen = profile_file(file, catalog, part)
    if as_json:
        print_json(_facts(seen))
        return
    whose = department_of(file, catalog, department)
    named = out.stem if out and out.parent.name == whose else ""
    text = draft_yaml(seen, catalog, whose, folder_of(file, whose), named)
    if out is None:
        stdout.print(text, end="", markup=False)
        return
    if out.exists():
        raise UsageError(f"{out} exists already", remedy="Name another file, or remove it first")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    counts = ", ".join(f"{seen.count(grade)} {grade}" for grade in ("certain", "likely", "unknown"))
    stderr.print(f"{out}: {counts}; read the lines that are not certain, then run `brain check`")


def _facts(seen: Profile) -> dict[str, Any]:
    columns = [
        {
            "name": match.column,
            "grade": match.grade,
            "element": match.chosen.element if match.chosen else None,
            "score": round(match.chosen.score, 2) if match.chosen else None,
            "name_fits": f"{match.chosen.name.why} {match.chosen.name.word}".strip() if match.chosen else "",
            "content_fits": match.chosen.content.why if match.chosen else "",
            "others": [other.element for other in match.others],
            "filled": round(match.facts.filled, 4),
            "distinct": match.facts.distinct,
            "shortest": match.facts.shortest,
            "longest": match.facts.longest,
        }
        for match in seen.matches
    ]
    return {
        "file": seen.file,
        "format": seen.proposal.format.model_dump(exclude_defaults=True),
        "remarks": list(seen.proposal.remarks),
        "rows": seen.rows,
        "rejected": seen.rejected,
        "whole": seen.whole,
        "load": vars(seen.load),
        "keys": [{"columns": list(key.columns), "own": key.own, "rows": key.rows} for key in seen.keys],
        "columns": columns,
    }
