"""A home in which one resource is reached as a rig wants it, and another one lies in the inbox beside it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.context import Context, RunReport
from jobs.extract import job
from jobs.lake.journal import DELIVERIES
from jobs.settings import PROJECT
from tests.extract.rigs import Rig
from tests.land.home import RESOURCE, make_home

NEIGHBOUR = "dep.sys.other"
_FETCH = """
import sys
from pathlib import Path
from jobs.context import Context
from jobs.extract import job
from jobs.settings import Settings
ctx = Context(Settings(home=Path(sys.argv[1]), engine="sail"), "2026-03-02")
job.run(ctx, ctx.catalog.live.values())
"""


@dataclass
class City:
    """The home of one rig."""

    rig: Rig
    monkeypatch: pytest.MonkeyPatch

    def connect(self, **more: object) -> Context:
        """A context over a catalog that says how the rig is reached now, with the rig's secrets in the environment."""
        for name, value in self.rig.secrets().items():
            self.monkeypatch.setenv(f"BRAIN_SECRET_{name.upper()}", value)
        columns = getattr(self.rig, "columns", ("编号", "姓名", "地址"))
        ctx = make_home(self.rig.home, self.rig.format, columns, self.rig.access() | more)
        root = self.rig.home / "catalog"
        system, connections = root / "sources" / "dep" / "sys.yml", root / "connections.yml"
        declared: dict[str, Any] = json.loads(system.read_text())
        first = declared["resources"][0]
        declared["resources"].append(first | {"id": NEIGHBOUR, "code": "306001/2", "format": {"kind": "csv"}})
        system.write_text(json.dumps(declared))
        beside = {"kind": "files", "path": "dep/other", "pattern": "other_{period}.csv"}
        connections.write_text(json.dumps(json.loads(connections.read_text()) | {NEIGHBOUR: beside}))
        return ctx

    def neighbour_delivers(self) -> None:
        """A file of the resource that nothing is wrong with."""
        folder = self.rig.home / "data" / "inbox" / "dep" / "other"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "other_20260301.csv").write_text("well")


def run(ctx: Context) -> dict[str, RunReport]:
    """Extract everything; reports by resource."""
    return {report.table: report for report in job.run(ctx, ctx.catalog.live.values())}


def visible(ctx: Context) -> list[Path]:
    """Blobs that a reader would see."""
    folder = ctx.settings.lake / "1_extracted" / "dep.sys"
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")] if folder.exists() else []


def deliveries(ctx: Context, resource: str = RESOURCE) -> list[Mapping[str, Any]]:
    """What the journal testifies for a resource."""
    return ctx.journal.newest(DELIVERIES, "load_id", resource=resource)


def blob_of(ctx: Context) -> Path:
    """The blob of the resource's newest delivery."""
    return ctx.settings.lake / "1_extracted" / "dep.sys" / deliveries(ctx)[-1]["blob"]


def kill_while_writing(ctx: Context) -> list[str]:
    """Extract in a process of its own, killed as soon as a part of a delivery is on disk; its command line."""
    folder = ctx.settings.lake / "1_extracted" / "dep.sys"
    process = subprocess.Popen([sys.executable, "-c", _FETCH, str(ctx.settings.home)], cwd=PROJECT)
    until = time.monotonic() + 180
    while not any(path.stat().st_size for path in folder.glob(".partial-*")):
        assert process.poll() is None, "it ended before anything was there to see"
        assert time.monotonic() < until, "it wrote nothing"
        time.sleep(0.005)
    command = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode().split("\0")
    process.send_signal(signal.SIGKILL)
    process.wait()
    return command
