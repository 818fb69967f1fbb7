"""``brain check``, ``doctor`` and ``status``: what is declared, what is installed, what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobs.cli.output import context, print_json, print_table, settings, stdout
from jobs.contracts import CatalogFaults, load_catalog
from jobs.derive.sql import theme_queries
from jobs.errors import BrainError, EnvironmentFault, SourceError, UsageError
from jobs.lake.journal import DELIVERIES, RUNS
from jobs.lake.manifest import read_manifest

if TYPE_CHECKING:
    from jobs.lake.doctor import Finding

AsJson = Annotated[bool, typer.Option("--json", help="Facts as JSON on stdout.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("check", help="Read the whole catalog and the expectations; print every fault at once.")(check)
    app.command("doctor", help="Say what is installed, what is missing, and what to do.")(doctor)
    app.command("status", help="Headline figures: departments, systems, resources, records, libraries, themes.")(status)


def check(as_json: AsJson = False) -> None:
    """Exit 0 if nothing is wrong, 2 otherwise."""
    try:
        catalog = load_catalog(settings().home)
    except CatalogFaults as faults:
        if not as_json:
            raise
        print_json({"faults": [{"file": f.file, "line": f.line, "problem": f.problem} for f in faults.faults]})
        raise typer.Exit(2) from None
    queries = theme_queries(catalog)
    counts = {
        "departments": len(catalog.departments),
        "systems": len(catalog.systems),
        "resources": len(catalog.resources),
        "live": len(catalog.live),
        "fields": sum(len(resource.fields) for resource in catalog.resources.values()),
        "elements": len(catalog.elements),
        "code_tables": len(catalog.code_tables),
        "entities": len(catalog.entities),
        "themes": len(catalog.themes),
        "theme_tables_built": len(queries),
        "rules": sum(len(rules) for rules in catalog.expectations.values()),
        "fingerprint": catalog.fingerprint[:16],
    }
    if as_json:
        print_json(counts | {"faults": []})
    else:
        stdout.print("no fault: " + ", ".join(f"{name} {value}" for name, value in counts.items()))


def doctor(as_json: AsJson = False) -> None:
    """Exit 0 if nothing that is needed is missing, 4 otherwise."""
    from jobs.lake.doctor import examine

    found = [*examine(settings()), *_secrets()]
    if as_json:
        print_json([vars(item) for item in found])
    else:
        print_table(
            ("", "what", "found", "remedy"),
            [("ok" if item.ok else "!!", item.name, item.found, "" if item.ok else item.remedy) for item in found],
        )
    if any(not item.ok and not item.optional for item in found):
        raise EnvironmentFault("something that is needed is missing", remedy="See the lines marked !! above")


def _secrets() -> Iterator[Finding]:
    """Each secret that a live resource names: whether it is set. One that is not stops its resources, not the city."""
    from jobs.extract.secrets import whereabouts
    from jobs.lake.doctor import Finding

    home = settings()
    try:
        catalog = load_catalog(home.home)
    except BrainError as fault:
        yield Finding("catalog", False, fault.problem, "Run `brain check`: it names every fault", optional=True)
        return
    named = {ref[0]: ref for resource in catalog.live for ref in catalog.access[resource].references}
    for name, reference in sorted(named.items()):
        try:
            yield Finding(f"secret {name}", True, whereabouts(reference, home.secrets), optional=True)
        except SourceError as fault:
            yield Finding(f"secret {name}", False, fault.problem, fault.remedy, optional=True)


def status(as_json: AsJson = False) -> None:
    """Every figure is counted from the catalog, the journal and the newest release."""
    ctx = context("9999-12-31")
    catalog, manifest = ctx.catalog, read_manifest(ctx.settings.lake)
    tables = manifest.tables if manifest else ()
    themes = {entry.name.split("__")[0] for entry in tables if entry.layer == "derived"}
    deliveries = ctx.journal.newest(DELIVERIES, "load_id")
    runs = ctx.journal.newest(RUNS, "run")
    facts: dict[str, Any] = {
        "departments": {
            "declared": len(catalog.departments),
            "live": len({r.department for r in catalog.live.values()}),
        },
        "systems": {"declared": len(catalog.systems), "live": len({r.system for r in catalog.live.values()})},
        "resources": {"declared": len(catalog.resources), "live": len(catalog.live)},
        "libraries": {
            "declared": len(catalog.entities),
            "live": sum(e.layer == "fused" and e.name in catalog.entities for e in tables),
        },
        "themes": {"declared": len(catalog.themes), "live": len(themes)},
        "records": {
            "landed": sum(row["landed"] or 0 for row in deliveries if row["state"] == "landed"),
            "released": sum(entry.rows for entry in tables if entry.layer in ("standardised", "fused", "derived")),
        },
        "deliveries": {
            state: sum(row["state"] == state for row in deliveries) for state in ("landed", "refused", "extracted")
        },
        "release": manifest.release if manifest else None,
        "as_of": manifest.as_of if manifest else None,
        "approved_by": manifest.approved_by if manifest else None,
        "last_run": max((row["as_of"] or "" for row in runs), default=None),
        "live": sorted(catalog.live),
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        text = ", ".join(f"{k} {v:,}" for k, v in value.items()) if isinstance(value, dict) else value
        stdout.print(f"{name:<12} {', '.join(text) if isinstance(text, list) else text}")
    if not runs:
        raise UsageError("nothing was run yet", remedy="Run `brain demo`, or `brain run --date yyyy-MM-dd`")
