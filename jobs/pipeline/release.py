"""Audit, publish and serve: what readers get to see, as one."""

from __future__ import annotations

import time

from jobs.audit import job as audit_job
from jobs.context import Context
from jobs.derive.sql import theme_queries
from jobs.gates import judge_table, table_suite
from jobs.lake.manifest import Manifest, read_manifest
from jobs.lake.store import Version
from jobs.pipeline.steps import Step
from jobs.publish import job as publish_job
from jobs.serve import job as serve_job

_KEYS = {
    "findings": ["finding_id"],
    "scorecard": ["scope", "id", "dimension"],
    "ledger": ["resource"],
    "disputes": [],
    "lineage": [],
    "states": ["layer", "name"],
}
_MAY_BE_EMPTY = {"disputes", "findings"}


def measure(ctx: Context) -> list[Step]:
    """Audit the lake; its own tables pass a gate like any other."""
    ctx.progress("audited", ", ".join(_KEYS))
    began = time.monotonic()
    tables = audit_job.run(ctx, {query.name: query.inputs for query in theme_queries(ctx.catalog)})
    return [_judge(ctx, name, version, time.monotonic() - began) for name, version in tables.items()]


def _judge(ctx: Context, name: str, version: Version, seconds: float) -> Step:
    rules = table_suite(ctx.catalog, "7_audited", name, _KEYS[name])
    if name in _MAY_BE_EMPTY:
        rules = [rule for rule in rules if rule.id != "not_empty"] or rules
    rows = ctx.lake.read_arrow("audited", name, version)
    verdict = judge_table(ctx, [version], rules, lambda: {"kept": rows, "arrived": rows})
    state = "blocked" if verdict.blocked else "built" if version.changed else "unchanged"
    return Step(
        "audited",
        name,
        state,
        version.rows,
        seconds / len(_KEYS),
        verdict.reason,
        is_warned=verdict.outcome == "warned",
    )


def begin_release(ctx: Context) -> int:
    """The epoch of a run that will publish: whoever begins later, on any machine, fences it off."""
    return publish_job.begin(ctx)


def make_release(ctx: Context, epoch: int, approved_by: str = "", shown: str = "") -> tuple[Step, int, bool]:
    """Publish what passed, or what was shown; the step, the release that readers see, and whether it is new."""
    ctx.progress("published", "manifest")
    began = time.monotonic()
    manifest, is_new = publish_job.run(ctx, epoch, approved_by, _note(ctx), shown)
    return _step("published", manifest, is_new, began), manifest.release, is_new


def serve_release(ctx: Context, release: int | None = None) -> Step:
    """Serve a release (default: the newest) to its readers."""
    began = time.monotonic()
    manifest = read_manifest(ctx.settings.lake, release)
    if manifest is None:
        return Step("served", "-", "waiting", reason="no release yet")
    ctx.progress("served", f"release {manifest.release}")
    is_new = serve_job.run(ctx, manifest)
    return _step("served", manifest, is_new, began)


def _step(layer: str, manifest: Manifest, is_new: bool, began: float) -> Step:
    rows = sum(entry.rows for entry in manifest.tables)
    state = "built" if is_new else "unchanged"
    return Step(layer, f"release {manifest.release}", state, rows, time.monotonic() - began)


def _note(ctx: Context) -> str:
    """A home whose inbox lies beside a truth was simulated, and says so wherever it is shown."""
    return "模拟数据" if (ctx.settings.data / "truth").exists() else ""


def roll_back(ctx: Context, to: int, approved_by: str, note: str) -> int:
    """Make a further release with the tables of release ``to``; returns its number."""
    return publish_job.roll_back(ctx, to, approved_by, note).release
