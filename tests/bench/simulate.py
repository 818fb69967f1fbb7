"""How long and how large a simulated city of 100,000 persons is: three days with all extracts and the truth.

Runs in a process of its own, whose peak memory is that of the simulator alone. ``PEOPLE`` of the environment changes
the size (a million persons: about 10 GiB).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jobs.settings import PROJECT

GOAL_SECONDS, GOAL_MIB = 90.0, 2048
DAYS, SEED = 3, 7
_CHILD = """
import json, resource, sys
from pathlib import Path
from jobs.contracts import load_catalog
from jobs.simulate import simulate
people, days, seed = map(int, sys.argv[1:4])
home, out = map(Path, sys.argv[4:6])
counts = simulate(load_catalog(home), people, days, seed, out)
usage = resource.getrusage(resource.RUSAGE_SELF)
counts["peak_mib"], counts["cpu_s"] = usage.ru_maxrss // 1024, round(usage.ru_utime + usage.ru_stime, 1)
print(json.dumps(counts))
"""


def main() -> dict[str, object]:
    """Wall seconds, with CPU seconds and peak memory beside them."""
    people = int(os.environ.get("PEOPLE", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "city"
        arguments = [str(people), str(DAYS), str(SEED), str(PROJECT), str(out)]
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, *arguments], check=True, capture_output=True, text=True, cwd=PROJECT
        )
        seconds = round(time.perf_counter() - began, 1)
        counts = json.loads(done.stdout.splitlines()[-1])
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return {
        "name": "simulate",
        "figure": seconds,
        "unit": "s",
        "goal": f"<= {GOAL_SECONDS:.0f} s and <= {GOAL_MIB // 1024} GiB at 100,000 persons",
        "holds": people != 100_000 or (seconds <= GOAL_SECONDS and counts["peak_mib"] <= GOAL_MIB),
        "people": people,
        "cpu_s": counts["cpu_s"],
        "peak_mib": counts["peak_mib"],
        "written_mib": size >> 20,
        "records": counts["records"],
        "golden_cells": counts["golden_cells"],
        "machine": f"{os.cpu_count()} cores",
    }


if __name__ == "__main__":
    print(json.dumps(main(), ensure_ascii=False))
