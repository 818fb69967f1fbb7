"""Peak memory of landing 1 GiB of GB18030 text; beside it the time of iconv and DuckDB over the same bytes."""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jobs.lake.delivery import Delivery
from jobs.land import job
from tests.land.home import RESOURCE, make_home

SIZE = 1 << 30
GOAL_MIB = 1024
COLUMNS = ("编号", "姓名", "公民身份号码", "性别", "出生日期", "住址", "联系电话", "镇街", "登记日期", "备注")
_FORMAT = {"kind": "csv", "encoding": "gb18030"}


def write_extract(path: Path, size: int, seed: int = 1) -> int:
    """A person extract of about ``size`` bytes, every row another; one in a hundred cells is quoted. Rows written."""
    chance = random.Random(seed)
    rests = [_rest(chance) for _ in range(20_000)]
    rows = 0
    with path.open("wb") as out:
        written = out.write(",".join(COLUMNS).encode("gb18030") + b"\r\n")
        while written < size:
            block = b"".join(b"%012d,%b" % (rows + n, rest) for n, rest in enumerate(rests))
            written += out.write(block)
            rows += len(rests)
    return rows


def _rest(chance: random.Random) -> bytes:
    day = f"{chance.randrange(1940, 2020)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    name = "".join(chance.choices("陈李张黄何梁刘林伟芳秀英敏静丽强磊洋艳勇军杰乗億", k=3))
    address = f"东莞市{chance.choice('东南万莞')}城街道第{chance.randrange(1, 999)}号"
    remark = f'"说明,第{chance.randrange(99)}条"' if chance.random() < 0.1 else ""
    cells = [
        name,
        f"441900{day.replace('-', '')}{chance.randrange(10_000):04d}",
        str(chance.choice("12")),
        day,
        address,
    ]
    cells += [f"13{chance.randrange(10**9):09d}", f"4419000{chance.randrange(3, 33):02d}", "2026-03-02", remark]
    return ",".join(cells).encode("gb18030") + b"\r\n"


def main() -> dict[str, object]:
    """Peak memory of a process that lands the file, and what it took."""
    with tempfile.TemporaryDirectory(prefix="brain-bench-") as folder:
        home, source = Path(folder) / "home", Path(folder) / "extract.csv"
        make_home(home, _FORMAT, COLUMNS)
        rows = write_extract(source, SIZE)
        blob = home / "data" / "lake" / "1_extracted" / "dep.sys" / "blob"
        blob.parent.mkdir(parents=True)
        source.rename(blob)
        landed = json.loads(_run([sys.executable, "-m", "tests.bench.land", str(home)]))
        peer = _peer(blob, Path(folder))
        assert landed["rows"] == rows
    return {
        "name": "land",
        "figure": landed["peak_mib"],
        "unit": "MiB",
        "goal": GOAL_MIB,
        "holds": landed["peak_mib"] <= GOAL_MIB,
        "idle_mib": landed["idle_mib"],
        "rows": rows,
        "seconds": landed["seconds"],
        "mib_a_second": round(SIZE / 2**20 / landed["seconds"], 1),
        "iconv_duckdb_seconds": peer,
        "times_iconv_duckdb": round(landed["seconds"] / peer, 2) if peer else None,
    }


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]


def _peer(blob: Path, folder: Path) -> float | None:
    """Seconds of ``iconv`` and one DuckDB pass to Parquet on two threads: no numbers, no hashes, no rejects."""
    if shutil.which("iconv") is None:
        return None
    import duckdb

    utf8, began = folder / "utf8.csv", time.perf_counter()
    with utf8.open("wb") as out:
        subprocess.run(["iconv", "-f", "GB18030", "-t", "UTF-8", str(blob)], stdout=out, check=True)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        read = f"read_csv('{utf8}', all_varchar=true, header=true)"
        connection.execute(f"COPY (FROM {read}) TO '{folder / 'peer.parquet'}'")
    return round(time.perf_counter() - began, 1)


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _land(home: Path) -> None:
    """Land the blob of a prepared home in this process; the last line of stdout says what it took."""
    ctx = make_home(home, _FORMAT, COLUMNS)
    idle = _peak_mib()
    began = time.perf_counter()
    landing = job.run(ctx, Delivery(RESOURCE, "2026-03-02", 1, "blob", "", "extract.csv", "2026-03-02T12:00:00"))
    seconds = round(time.perf_counter() - began, 1)
    print(json.dumps({"rows": landing.received, "seconds": seconds, "idle_mib": idle, "peak_mib": _peak_mib()}))


if __name__ == "__main__":
    _land(Path(sys.argv[1]))
