"""How long ``brain check`` reads a city's whole inventory: 4,384 resources, made by repeating the real source files."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from pathlib import Path

from jobs.contracts import load_catalog
from jobs.contracts.load import forget
from jobs.settings import PROJECT

RESOURCES = 4_384
GOAL_SECONDS = 10.0


def make_catalog(home: Path, resources: int) -> int:
    """The real catalog, its source files repeated under new system ids until ``resources`` are declared."""
    shutil.copytree(PROJECT / "catalog", home / "catalog")
    files = sorted((home / "catalog" / "sources").glob("*/*.yml"))
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    count = sum(len(re.findall(r"(?m)^- id: ", text)) for text in texts.values())
    serial, copy = 0, 0
    while count < resources:
        copy += 1
        for path, text in texts.items():
            missing = resources - count
            blocks = re.split(r"(?m)^(?=- id: )", text)
            head, taken = blocks[0], blocks[1 : missing + 1]
            if not taken:
                continue
            target = path.with_name(f"{path.stem}_{copy}.yml")
            target.write_text(_renamed(head + "".join(taken), f"{path.parent.name}.{path.stem}", copy, serial))
            serial += len(taken)
            count += len(taken)
    return count


def _renamed(text: str, system: str, copy: int, serial: int) -> str:
    """Ids of another system, and resource codes that nobody else has."""
    numbers = iter(range(serial, serial + 1_000))
    text = re.sub(rf"\b{re.escape(system)}(?=[.,\s}}])", f"{system}_{copy}", text)
    return re.sub(r'(?m)^  code: "(\d+)/\d+"', lambda m: f'  code: "{m[1]}/9{copy:03d}{next(numbers):06d}"', text)


def main() -> dict[str, object]:
    """Seconds to read and check the repeated catalog; the median of three."""
    with tempfile.TemporaryDirectory() as folder:
        count = make_catalog(Path(folder), RESOURCES)
        seconds = []
        for _ in range(3):
            forget()
            started = time.perf_counter()
            catalog = load_catalog(Path(folder))
            seconds.append(time.perf_counter() - started)
        assert len(catalog.resources) == count == RESOURCES
    figure = round(sorted(seconds)[1], 2)
    return {
        "name": "catalog",
        "figure": figure,
        "unit": "s",
        "goal": GOAL_SECONDS,
        "holds": figure <= GOAL_SECONDS,
        "resources": count,
        "fields": sum(len(resource.fields) for resource in catalog.resources.values()),
    }
