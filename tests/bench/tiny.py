"""A thousand tiny files of mixed formats, end to end: from the inbox over the landing gate into Delta tables.

250 resources get a full load of 90 rows in each of four deliveries, in ten ways of writing. One process takes them
through extract and land as ``brain run`` does; its time begins before it has started any other process.
``RESOURCES`` of the environment changes the number, ``SEED`` the values, ``PROFILE`` shows where the time goes.
"""

from __future__ import annotations

import cProfile
import csv
import gzip
import io
import json
import os
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.context import Context
from jobs.pipeline.flow import Flow
from jobs.pipeline.ingest import ingest
from jobs.settings import Settings
from tests.badfiles.structured import _dbf_bytes as dbf_bytes
from tests.land.home import make_home

GOAL_MS = 25.0
DAYS = ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")
ROWS = 90
NAMES = ("BH", "XM", "ZJHM", "ZZ", "BZ")
Row = tuple[str, ...]


def _csv(rows: list[Row], encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([NAMES, *rows])
    return out.getvalue().encode(encoding)


def _xlsx(rows: list[Row]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("数据")
    for row in (NAMES, *rows):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _objects(rows: list[Row]) -> list[dict[str, str]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def _lines(rows: list[Row]) -> bytes:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in _objects(rows)).encode()


def _xml(rows: list[Row]) -> bytes:
    items = ("".join(f"<{name}>{cell}</{name}>" for name, cell in item.items()) for item in _objects(rows))
    return f"<?xml version='1.0'?><list>{''.join(f'<item>{item}</item>' for item in items)}</list>".encode()


def _zip(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", _csv(rows, "gb18030"))
    return out.getvalue()


def _parquet(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True))), out)
    return out.getvalue()


WAYS: dict[str, tuple[dict[str, object], Callable[[list[Row]], bytes]]] = {
    "csv": ({"kind": "csv"}, _csv),
    "csv gb18030": ({"kind": "csv", "encoding": "gb18030"}, lambda rows: _csv(rows, "gb18030")),
    "csv zip": ({"kind": "csv", "encoding": "gb18030", "archive": "zip", "member": "data.csv"}, _zip),
    "csv gz": ({"kind": "csv", "archive": "gz"}, lambda rows: gzip.compress(_csv(rows))),
    "xlsx": ({"kind": "xlsx"}, _xlsx),
    "jsonl": ({"kind": "jsonl"}, _lines),
    "json": ({"kind": "json"}, lambda rows: json.dumps(_objects(rows), ensure_ascii=False).encode()),
    "xml": ({"kind": "xml", "records": "list.item"}, _xml),
    "dbf": ({"kind": "dbf", "encoding": "gb18030"}, lambda rows: dbf_bytes(rows, "gb18030")),
    "parquet": ({"kind": "parquet"}, _parquet),
}
"""How a file is declared, and how its rows are written so."""


def write_town(home: Path, resources: int, seed: int) -> int:
    """A catalog of small resources, written in all ways by turns, and their deliveries in the inbox; files."""
    chance = random.Random(seed)
    make_home(home, columns=NAMES)
    path = home / "catalog" / "sources" / "dep" / "sys.yml"
    declared = json.loads(path.read_text(encoding="utf-8"))
    (pattern,) = declared["resources"]
    connections, declared["resources"] = {}, []
    for number in range(resources):
        name = f"dep.sys.r{number:03d}"
        fmt, write = list(WAYS.values())[number % len(WAYS)]
        declared["resources"].append(pattern | {"id": name, "code": f"306001/{number + 1}", "format": fmt})
        folder = f"dep/r{number:03d}"
        connections[name] = {"kind": "files", "path": folder, "pattern": "thing_{period}_{sequence}.*"}
        (home / "data" / "inbox" / folder).mkdir(parents=True)
        for day in DAYS:
            target = home / "data" / "inbox" / folder / f"thing_{day.replace('-', '')}_1.dat"
            target.write_bytes(write([_row(chance, n) for n in range(ROWS)]))
    path.write_text(json.dumps(declared, ensure_ascii=False), encoding="utf-8")
    (home / "catalog" / "connections.yml").write_text(json.dumps(connections), encoding="utf-8")
    return resources * len(DAYS)


def _row(chance: random.Random, number: int) -> Row:
    name = "".join(chance.choices("陈李张黄何梁刘林伟芳秀英敏静丽强磊洋艳勇军杰", k=3))
    street = f"东莞市{chance.choice('东西南北')}路{chance.randrange(300)}号"
    return (
        f"{number:04d}",
        name,
        f"441900{chance.randrange(10**12):012d}",
        street,
        chance.choice(("无", "独居", "已迁")),
    )


def main() -> dict[str, object]:
    """Milliseconds a file, the process's own start not counted."""
    count, seed = int(os.environ.get("RESOURCES", "250")), int(os.environ.get("SEED", "1"))
    with tempfile.TemporaryDirectory(prefix="brain-bench-") as folder:
        files = write_town(Path(folder), count, seed)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.tiny", folder], check=True, stdout=subprocess.PIPE, text=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert (said["landed"], said["rows"]) == (files, files * ROWS), said
    each = 1000 * said["extract"] / files, 1000 * said["land"] / files
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "name": "tiny",
        "figure": round(sum(each), 1),
        "unit": "ms a file",
        "goal": GOAL_MS,
        "holds": sum(each) <= GOAL_MS,
        "files": files,
        "rows": said["rows"],
        "extract_ms": round(each[0], 1),
        "land_ms": round(each[1], 1),
        "cpu_ms": round(1000 * cpu / files, 1),
    }


def _take(home: Path) -> None:
    """Extract and land what is in a home's inbox; the last line says what was landed and the seconds it took."""
    ctx = Context(Settings(home=home, engine="sail"), DAYS[-1])
    assert ctx.catalog.resources
    profile = cProfile.Profile() if os.environ.get("PROFILE") else None
    with profile or nullcontext():
        began = time.perf_counter()
        ingest(ctx, Flow(), verbs=("extract",))
        extracted = time.perf_counter()
        steps = [step for step in ingest(ctx, Flow(), verbs=("land",)) if step.state == "built"]
        landed = time.perf_counter()
    if profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(40)
    said = {"extract": extracted - began, "land": landed - extracted}
    print(json.dumps(said | {"landed": len(steps), "rows": sum(step.rows for step in steps)}))


if __name__ == "__main__":
    _take(Path(sys.argv[1]))
