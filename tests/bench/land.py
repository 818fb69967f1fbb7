"""Time of landing 1 GiB of GB18030 text of 25 columns, beside iconv and DuckDB over the same bytes; peak memory.

Ours numbers and hashes every row, sets wrong records aside, sums two columns for the manifest and commits to Delta;
the peer is a strict ``iconv`` to UTF-8 and one DuckDB pass ``read_csv → COPY parquet``. They run in turn, and the
ratio is taken pair by pair. ``MIB`` of the environment changes the size, ``SEED`` the file, ``PAIRS`` how often.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from jobs.contracts import Format
from jobs.lake.delivery import Delivery
from jobs.land import job
from jobs.land.isolation import read_isolated
from tests.land.home import RESOURCE, make_home

GOAL_TIMES, GOAL_MIB = 1.3, 1024
COLUMNS = (
    *("编号", "姓名", "公民身份号码", "性别", "民族", "出生日期", "籍贯", "户籍地址", "居住地址", "镇街", "社区"),
    *("联系电话", "文化程度", "婚姻状况", "工作单位", "统一社会信用代码", "职业", "参保日期", "险种", "缴费基数"),
    *("缴费金额", "状态", "经办机构", "更新时间", "备注"),
)
SUMS = ("缴费基数", "缴费金额")
_FORMAT = {"kind": "csv", "encoding": "gb18030"}
_TEMPLATES = 20_000
_WRONG = 500
"""Of every so many records one lacks a cell."""
_POLL_SECONDS = 0.2


def write_extract(path: Path, size: int, seed: int = 1) -> tuple[int, int]:
    """A person extract of about ``size`` bytes, every row another; one remark in ten is quoted. Its records, and how
    many of them lack a cell."""
    chance = random.Random(seed)
    rests = [_rest(chance, n % _WRONG == _WRONG - 1) for n in range(_TEMPLATES)]
    rows = 0
    with path.open("wb") as out:
        written = out.write(",".join(COLUMNS).encode("gb18030") + b"\r\n")
        while written < size:
            written += out.write(b"".join(_row(rows + n, *rest) for n, rest in enumerate(rests)))
            rows += len(rests)
    return rows, rows // _WRONG


def _row(number: int, name: bytes, middle: bytes, end: bytes) -> bytes:
    """Its number, a name, an id and a phone of its own; a person's other cells come from one of the templates."""
    mixed = number * 2_654_435_761
    return b"%012d,%b,441900%012d,%b,13%09d,%b" % (number, name, mixed % 10**12, middle, mixed % 10**9, end)


def _rest(chance: random.Random, short: bool) -> tuple[bytes, bytes, bytes]:
    """Name, the cells between id and phone, and those behind."""
    day = f"{chance.randrange(1940, 2020)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    town = chance.choice(("东城街道", "南城街道", "万江街道", "莞城街道", "虎门镇", "长安镇", "厚街镇"))
    base = chance.randrange(190_000, 2_600_000)
    name = "".join(chance.choices("陈李张黄何梁刘林伟芳秀英敏静丽强磊洋艳勇军杰乗億", k=3))
    middle = [
        chance.choice(("男", "女")),
        chance.choice(("汉族", "汉族", "汉族", "壮族", "瑶族")),
        day,
        chance.choice(("广东东莞", "湖南衡阳", "广西桂林", "")),
        f"东莞市{town}第{chance.randrange(1, 999)}号",
        f"东莞市{town}{chance.choice('东西南北')}路{chance.randrange(1, 300)}号{chance.randrange(1, 30)}栋",
        town,
        f"{chance.choice('新上下大')}{chance.choice('塘岭沙坑')}社区",
    ]
    end = [
        str(chance.randrange(10, 91, 10)),
        str(chance.choice((10, 20, 21, 22, 30, 40))),
        f"东莞市{chance.choice('宏盛联华')}{chance.choice('达丰业泰')}{chance.choice('电子塑胶')}有限公司",
        f"91441900MA{chance.randrange(10**8):08d}",
        chance.choice(("", "普工", "技术员", "文员")),
        f"20{chance.randrange(10, 26)}-{chance.randrange(1, 13):02d}-01",
        chance.choice(("110", "210", "310")),
        f"{base / 100:.2f}",
        f"{base // 1250}.{chance.randrange(100):02d}",
        "1",
        f"4419000{chance.randrange(3, 33):02d}",
        f"2026-03-02 {chance.randrange(24):02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}",
        f'"说明,第{chance.randrange(99)}条"' if chance.random() < 0.1 else "",
    ]
    parts = name, ",".join(middle), ",".join(end[:-1] if short else end) + "\r\n"
    first, second, third = (part.encode("gb18030") for part in parts)
    return first, second, third


def main() -> dict[str, object]:
    """How many times the peer's time landing takes, by the median pair, and the most memory of all its processes."""
    mib, seed, pairs = (int(os.environ.get(name, usual)) for name, usual in (("MIB", 1024), ("SEED", 1), ("PAIRS", 3)))
    ours: list[dict[str, float]] = []
    peers: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="brain-bench-") as name:
        folder = Path(name)
        extract = folder / "extract.csv"
        rows, wrong = write_extract(extract, mib << 20, seed)
        for number in range(pairs):
            home = folder / f"home{number}"
            ours.append(_watched(lambda home=home: _land_apart(home, extract)))
            assert (ours[-1]["rows"], ours[-1]["rejected"]) == (rows, wrong), ours[-1]
            shutil.rmtree(home)
            peers.append(_watched(lambda: _peer(extract, folder, rows - wrong)))
    times = statistics.median(our["seconds"] / peer["seconds"] for our, peer in zip(ours, peers, strict=True))
    peak = max(our["peak_mib"] for our in ours)
    return {
        "name": "land",
        "figure": round(times, 2),
        "unit": "times iconv and DuckDB",
        "goal": GOAL_TIMES,
        "holds": times <= GOAL_TIMES and peak <= GOAL_MIB,
        "mib": mib,
        "rows": rows,
        "columns": len(COLUMNS),
        "seconds": [our["seconds"] for our in ours],
        "cpu_seconds": [our["cpu"] for our in ours],
        "peer_seconds": [peer["seconds"] for peer in peers],
        "peer_cpu_seconds": [peer["cpu"] for peer in peers],
        "peak_mib": peak,
        "goal_mib": GOAL_MIB,
        "idle_mib": ours[0]["idle_mib"],
    }


def _watched(work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What ``work`` says, and the processor time of what it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return said | {"cpu": round(cpu, 2)}


def _land_apart(home: Path, extract: Path) -> dict[str, float]:
    """Land the file in a new process and watch the memory that it and what it starts hold together."""
    make_home(home, _FORMAT, COLUMNS)
    blob = home / "data" / "lake" / "1_extracted" / "dep.sys" / "blob"
    blob.parent.mkdir(parents=True)
    os.link(extract, blob)
    peak = 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.land", "ours", str(home)], stdout=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            peak = max(peak, _held(process.pid))
            time.sleep(_POLL_SECONDS)
        assert process.stdout is not None
        said: dict[str, float] = json.loads(process.stdout.read().splitlines()[-1])
    return said | {"peak_mib": peak >> 20}


def _held(pid: int) -> int:
    """Bytes of memory of a process and all that it started, what they share counted once."""
    total = 0
    try:
        own = psutil.Process(pid)
        for process in (own, *own.children(recursive=True)):
            total += process.memory_full_info().pss
    except psutil.Error:  # one ended meanwhile
        return 0
    return total


def _peer(extract: Path, folder: Path, rows: int) -> dict[str, float]:
    """Seconds of ``iconv`` and of one DuckDB pass to Parquet on two threads: no numbers, no hashes, no rejects."""
    utf8, target = folder / "utf8.csv", folder / "peer.parquet"
    began = time.perf_counter()
    with utf8.open("wb") as out:
        subprocess.run(["iconv", "-f", "GB18030", "-t", "UTF-8", str(extract)], stdout=out, check=True)
    decoded = time.perf_counter() - began
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.land", "peer", str(utf8), str(target)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    copied: dict[str, float] = json.loads(said.stdout)
    assert copied["rows"] == rows, copied
    utf8.unlink()
    target.unlink()
    return {"seconds": round(decoded + copied["seconds"], 2)}


def _copy(utf8: str, target: str) -> None:
    """The peer's second half; prints the rows that it wrote and the seconds, without those of starting Python."""
    import duckdb

    began = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        read = f"read_csv('{utf8}', all_varchar=true, header=true, delim=',', quote='\"', ignore_errors=true)"
        rows = connection.execute(f"COPY (FROM {read}) TO '{target}'").fetchall()[0][0]
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began}))


def _start_reader(home: Path) -> None:
    """Have the reading process up by a file of one record."""
    small = home / "small.csv"
    small.write_text("a\n1\n")
    assert sum(chunk.rows for chunk in read_isolated(small, Format(kind="csv", encoding="utf-8"), ["a"])) == 1


def _land(home: Path) -> None:
    """Land the blob of a prepared home in this process; the last line of stdout says what it took."""
    ctx = make_home(home, _FORMAT, COLUMNS)
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    _start_reader(home)  # as the peer's seconds leave out the start of its Python
    manifest = {"sums": dict.fromkeys(SUMS, "0")}
    delivery = Delivery(RESOURCE, "2026-03-02", 1, "blob", "", "extract.csv", "2026-03-02T12:00:00", manifest)
    began = time.perf_counter()
    landing = job.run(ctx, delivery)
    seconds = round(time.perf_counter() - began, 2)
    said = {"rows": landing.received, "rejected": landing.rejected, "seconds": seconds, "idle_mib": idle}
    print(json.dumps(said | {name: str(total) for name, total in landing.sums.items()}, ensure_ascii=False))


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        _land(Path(sys.argv[2]))
    else:
        _copy(*sys.argv[2:])
