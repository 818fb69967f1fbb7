"""``brain release``, ``sql``, ``report`` and ``gate``: what readers see."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

from jobs.cli.output import context, print_json, print_table, settings, stdout
from jobs.cli.progress import Progress
from jobs.errors import GateFailed, UsageError
from jobs.lake.delivery import delivery_of
from jobs.lake.journal import DELIVERIES, VERDICTS, Journal
from jobs.lake.manifest import all_manifests, numbers, read_manifest
from jobs.pipeline.preview import preview_release
from jobs.pipeline.release import roll_back, serve_release
from jobs.stages import stage_of

AsJson = Annotated[bool, typer.Option("--json", help="Facts as JSON on stdout.")]
Release = Annotated[int | None, typer.Option("--release", help="Release number; default: the newest.")]

_WHAT_THERE_IS = "Tables: brain sql 'SHOW ALL TABLES'; columns of one: brain sql 'DESCRIBE base.person'"

release_app = typer.Typer(
    help="Releases: list, show, diff, preview, rollback.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(release_app, name="release")
    app.command("sql", help='Query a served release, for example: brain sql "FROM base.person LIMIT 5"')(sql)
    app.command("report", help="Where the officers' portal of a release lies.")(report)
    app.command("gate", help="The newest verdict over a table, rule by rule.")(gate)


@release_app.command("list")
def list_releases(as_json: AsJson = False) -> None:
    """Every release, oldest first."""
    rows: list[dict[str, Any]] = []
    before: dict[Any, Any] = {}
    for manifest in all_manifests(settings().lake):
        contents = manifest.contents()
        changed = sum(before.get(key) != value for key, value in contents.items())
        facts = {"release": manifest.release, "as_of": manifest.as_of, "event": manifest.event, "tables": len(contents)}
        rows.append(facts | {"changed": changed, "approved_by": manifest.approved_by, "note": manifest.note})
        before = contents
    if as_json:
        print_json(rows)
    else:
        print_table(
            list(rows[0]) if rows else ("release",), [list(row.values()) for row in rows], right=("tables", "changed")
        )


@release_app.command("show")
def show_release(
    release: Annotated[int | None, typer.Argument(help="Number; default: the newest.")] = None, as_json: AsJson = False
) -> None:
    """Tables of a release with version, rows and content hash."""
    manifest = _manifest(release)
    rows = [(e.layer, e.name, e.version, e.rows, e.content) for e in manifest.tables]
    if as_json:
        print_json(vars(manifest) | {"tables": [vars(entry) for entry in manifest.tables]})
    else:
        stdout.print(f"release {manifest.release}, data up to {manifest.as_of}, {manifest.event} {manifest.note}")
        print_table(("layer", "table", "version", "rows", "content"), rows, right=("version", "rows"))


@release_app.command("diff")
def diff_releases(
    old: int, new: Annotated[int | None, typer.Argument(help="Default: the newest.")] = None, as_json: AsJson = False
) -> None:
    """Tables that differ between two releases."""
    left, right = _manifest(old), _manifest(new)
    before, after = ({(e.layer, e.name): e for e in m.tables if e.layer != "landed"} for m in (left, right))
    rows = []
    for key in sorted(before.keys() | after.keys()):
        a, b = before.get(key), after.get(key)
        if a is None or b is None or (a.content, a.provenance) != (b.content, b.provenance):
            change = (
                "added"
                if a is None
                else "removed"
                if b is None
                else "content"
                if a.content != b.content
                else "provenance"
            )
            rows.append((*key, change, a.rows if a else None, b.rows if b else None))
    if as_json:
        print_json(
            [dict(zip(("layer", "table", "change", "rows_before", "rows_after"), row, strict=True)) for row in rows]
        )
    else:
        print_table(("layer", "table", "change", f"rows {left.release}", f"rows {right.release}"), rows)


@release_app.command("preview")
def preview(as_json: AsJson = False) -> None:
    """What the next release would change, for the person who is to approve it."""
    facts = vars(preview_release(context()))
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        if name not in ("stopped", "critical"):
            text = ", ".join(f"{k} {v:,}" for k, v in value.items()) if isinstance(value, dict) else value
            stdout.print(f"{name:<16}{text}")
    for row in facts["stopped"]:
        stdout.print(f"{row['state']}: {row['layer']}.{row['name']}: {row['reason']}", markup=False)
    for line in facts["critical"]:
        stdout.print(f"critical: {line}", markup=False)


@release_app.command("rollback")
def rollback(
    to: Annotated[int, typer.Argument(help="Release whose tables readers shall see again.")],
    approved_by: Annotated[str, typer.Option(help="Who decided it.")] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Make a further release that names the tables of an older one, and serve it."""
    with Progress() as progress:
        ctx = context(progress=progress)
        number = roll_back(ctx, to, approved_by, note)
        serve_release(ctx, number)
    stdout.print(f"release {number} shows the tables of release {to}")


def _manifest(release: int | None) -> Any:
    manifest = read_manifest(settings().lake, release)
    if manifest is None:
        raise UsageError("there is no release yet", remedy="Run `brain demo` or `brain run`")
    return manifest


def _served(release: int | None) -> Path:
    root = settings().lake / stage_of("serve").folder
    if release is not None and release not in numbers(settings().lake):
        raise UsageError(f"there is no release {release}", remedy="See `brain release list`")
    folder = root / (str(release) if release is not None else "current")
    if not folder.exists():
        raise UsageError("this release is not served", remedy="Run `brain serve`")
    return folder


def sql(
    query: Annotated[str, typer.Argument(help="DuckDB SQL over std, base, theme, audit, meta; see docs/tables.md.")],
    release: Release = None,
    role: Annotated[str, typer.Option(help="engineer or analyst.")] = "engineer",
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on stdout.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read-only; no access to files outside the served one."""
    path = _served(release) / f"{role}.duckdb"
    if not path.exists():
        raise UsageError(f"no such role {role!r}", remedy="Use engineer or analyst")
    with duckdb.connect(str(path), read_only=True, config={"enable_external_access": "false"}) as connection:
        try:
            cursor = connection.execute(query)
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}", remedy=_WHAT_THERE_IS) from None
        names = [item[0] for item in cursor.description or []]
        rows = cursor.fetchall()
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([names, *rows])
    else:
        print_table(names, rows)


def report(release: Release = None) -> None:
    """The path of the first page; open it in a browser, no network is needed."""
    stdout.print(str((_served(release) / "portal" / "index.html").resolve()))


def gate(
    layer: Annotated[str, typer.Argument(help="landed, standardised, fused, derived or audited.")],
    table: Annotated[str, typer.Argument(help="Table, such as gaj.household.person; landed: also a load id.")],
    as_json: AsJson = False,
) -> None:
    """Exit 3 if the newest verdict is blocked. Landed: that over the newest delivery of the resource."""
    verdict = _verdict(stage_of(layer).layer, table)
    if as_json:
        print_json(verdict)
    else:
        stdout.print(
            f"{verdict['outcome']}: version {verdict['version']}, "
            f"{verdict['evaluated']} of {verdict['declared']} rules judged"
        )
        print_table(
            ("outcome", "severity", "rule", "checked", "failed", "limit %"),
            [
                (r["outcome"], r["severity"], r["name"], r["checked"], r["failed"], r["limit_pct"])
                for r in verdict["results"]
            ],
            right=("checked", "failed", "limit %"),
        )
    raise typer.Exit(3 if verdict["outcome"] == "blocked" else 0)


def _verdict(layer: str, table: str) -> dict[str, Any]:
    journal = context().journal
    newest = _newest_judged(journal, table) if layer == "landed" else None
    rows = journal.newest(VERDICTS, "layer", "name", layer=layer, name=newest["load_id"] if newest else table)
    if rows:
        return rows[0] | {"results": json.loads(rows[0]["results"])}
    if newest and newest["state"] == "refused":
        problem = f"{newest['file']} was refused before any rule was judged: {newest['reason']}"
        raise GateFailed(problem, remedy=f"See `brain deliveries --only {table} --refused`")
    raise UsageError(f"no verdict over {layer}.{table}", remedy="Run the stage first; `brain status` names the tables")


def _newest_judged(journal: Journal, resource: str) -> dict[str, Any] | None:
    """The last delivery of a resource, in their order, that was landed or refused."""
    rows = journal.newest(DELIVERIES, "load_id", resource=resource)
    judged = [row for row in rows if row["state"] in ("landed", "refused")]
    return max(judged, key=lambda row: (delivery_of(row).order, row["seq"]), default=None)
