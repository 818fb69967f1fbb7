"""What the next release would show its readers, for the person who is to approve it. Changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from jobs.context import Context
from jobs.errors import UsageError
from jobs.lake.manifest import Manifest, read_manifest
from jobs.lake.store import Version
from jobs.publish.job import LAYERS, name_shown
from jobs.serve.portal.reasons import reason

Tables = dict[tuple[str, str], Version]


@dataclass(frozen=True)
class Preview:
    """The audited lake as it stands, beside the release that readers see now."""

    shown: str
    """Names what is shown here: `brain run --from publish --shown` releases exactly this."""
    as_of: str
    release: int | None
    score: str | None
    """The city's total, in points of 100; ``released_score`` is that of the present release."""
    released_score: str | None
    changes: dict[str, int]
    """Tables by ``added``, ``changed``, ``unchanged``."""
    states: dict[str, int]
    findings: dict[str, int]
    """By severity."""
    stopped: tuple[dict[str, str], ...]
    critical: tuple[str, ...]
    """What the critical findings say, each with the table it is about."""


def preview_release(ctx: Context) -> Preview:
    """Read what was audited last; raises :class:`UsageError` if nothing was."""
    last = read_manifest(ctx.settings.lake)
    mark = ctx.lake.newest_mark()
    passed = ctx.lake.passed_up_to(mark)
    if ("audited", "states") not in passed:
        raise UsageError("nothing was audited yet", remedy="Run `brain run --to audit` first")
    states, findings = (
        ctx.lake.read_arrow("audited", name, passed["audited", name]).to_pylist() for name in ("states", "findings")
    )
    return Preview(
        shown=name_shown(last, mark),
        as_of=ctx.as_of,
        release=last.release if last else None,
        score=_score(ctx, passed, None),
        released_score=_score(ctx, passed, last) if last else None,
        changes=_changes(passed, last),
        states=dict(sorted(Counter(row["state"] for row in states).items())),
        findings=dict(sorted(Counter(row["severity"] for row in findings).items())),
        stopped=tuple(
            {name: row[name] for name in ("layer", "name", "state", "since")}
            | {"label": _label(ctx, row["name"]), "reason": reason(row["reason"] or "")}
            for row in states
            if row["state"] in ("blocked", "stale")
        ),
        critical=tuple(
            f"{_label(ctx, row['table_name'])}：{reason(row['what'])}"
            for row in findings
            if row["severity"] == "critical"
        ),
    )


def _label(ctx: Context, table: str) -> str:
    """A table as officials know it."""
    resource, entity = ctx.catalog.resources.get(table), ctx.catalog.entities.get(table)
    return f"{resource.name}（{table}）" if resource else f"{entity.library}（{table}）" if entity else table


def _score(ctx: Context, passed: Tables, manifest: Manifest | None) -> str | None:
    """The city's total as audited last, or as a release shows it."""
    version = passed.get(("audited", "scorecard"))
    if manifest is not None:
        entry = manifest.entry("audited", "scorecard")
        version = replace(version, number=entry.version) if version and entry else None
    if version is None:
        return None
    rows: list[dict[str, Any]] = ctx.lake.read_arrow("audited", "scorecard", version).to_pylist()
    total = [row["score"] for row in rows if (row["scope"], row["dimension"]) == ("city", "total")]
    return str(total[0]) if total and total[0] is not None else None


def _changes(passed: Tables, last: Manifest | None) -> dict[str, int]:
    known = last.contents() if last else {}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for key, version in passed.items():
        if key[0] not in LAYERS or key[0] == "landed":
            continue
        contents = (version.digest.content, version.digest.provenance)
        counts["added" if key not in known else "unchanged" if known[key] == contents else "changed"] += 1
    return counts
