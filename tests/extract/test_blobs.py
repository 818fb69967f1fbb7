"""Blobs: named by their content, kept once, visible only when whole."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.extract.blobs import hash_file, keep_blob, partial_file, sweep_partials


def test_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    source = tmp_path / ("长" * 80 + ".csv")
    source.write_bytes(b"a,b\n1,2\n" * 100_000)
    folder = tmp_path / "1_extracted" / "dep.sys"
    name = keep_blob(source, folder)
    assert name == hash_file(source) == hashlib.sha256(source.read_bytes()).hexdigest()
    inode = (folder / name).stat().st_ino
    assert keep_blob(source, folder) == name
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).stat().st_ino == inode, "a blob that is there is not rewritten"


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        keep_blob(tmp_path, tmp_path / "blobs")
    assert list((tmp_path / "blobs").iterdir()) == []


_KEEP = """
import sys
from pathlib import Path
from jobs.extract.blobs import keep_blob
keep_blob(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_killed_copy_is_never_visible_and_swept_by_the_next_run(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe", tmp_path / "blobs"
    os.mkfifo(pipe)
    process = subprocess.Popen([sys.executable, "-c", _KEEP, str(pipe), str(folder)])
    with pipe.open("wb", buffering=0) as writer:
        writer.write(b"half of a delivery")
        until = time.monotonic() + 10
        while not (folder.exists() and any(folder.iterdir())) and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    (left,) = folder.iterdir()
    assert left.name.startswith(".partial-")
    mine = partial_file(folder)
    sweep_partials(folder)
    assert list(folder.iterdir()) == [mine], "what this process is writing stays"
