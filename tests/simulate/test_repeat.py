"""Same seed, same bytes; another seed, another city."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jobs.contracts import Catalog
from jobs.simulate import simulate


def _hashes(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_same_seed_writes_the_same_bytes(catalog: Catalog, tmp_path: Path) -> None:
    """Every file: text, workbooks, databases, archives, manifests and the truth."""
    for name in ("one", "two"):
        simulate(catalog, 300, 2, 11, tmp_path / name)
    one, two = _hashes(tmp_path / "one"), _hashes(tmp_path / "two")
    assert one == two
    assert {Path(name).suffix for name in one} >= {
        ".csv",
        ".txt",
        ".tsv",
        ".xlsx",
        ".json",
        ".jsonl",
        ".sqlite",
        ".zip",
    }


def test_another_seed_is_another_city(catalog: Catalog, tmp_path: Path) -> None:
    """No extract about people, firms or places stays as it was."""
    for seed in (11, 12):
        simulate(catalog, 120, 1, seed, tmp_path / str(seed))
    one, two = _hashes(tmp_path / "11" / "inbox"), _hashes(tmp_path / "12" / "inbox")
    same = {name for name in one.keys() & two.keys() if one[name] == two[name]}
    assert not [name for name in same if name.startswith(("gaj", "rsj", "scjgj", "zfw")) and "manifest" not in name]
