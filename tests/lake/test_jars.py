"""The jars are resolved once, whoever asks at the same moment."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.settings import PROJECT

_JAR = b"a jar"
_ASK = """
import contextlib, os, sys, time
from pathlib import Path
from jobs.lake import jars

cache, kind = Path(sys.argv[1]), sys.argv[2]
jars.JARS = {"a.jar": sys.argv[3]}
if kind == "unlocked":
    jars.file_lock = lambda *_: contextlib.nullcontext()

def resolve(cache, folder):
    (cache / f"resolved.{os.getpid()}").touch()
    until = time.monotonic() + (20 if kind == "unlocked" else 0.5)
    while len(list(cache.glob("resolved.*"))) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.jar").write_bytes(b"a jar")

jars._resolve = resolve
print("ready", flush=True)
sys.stdin.readline()
print(*jars.delta_jars(cache))
"""


@pytest.mark.parametrize(("kind", "resolved"), [("locked", 1), ("unlocked", 2)])
def test_two_processes_that_ask_at_once_resolve_once(tmp_path: Path, kind: str, resolved: int) -> None:
    """The resolver clears its folder first, so two of them would take each other's files away; unlocked they meet."""
    digest = hashlib.sha256(_JAR).hexdigest()
    command = [sys.executable, "-c", _ASK, str(tmp_path), kind, digest]
    both = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in both]
    assert answers == [f"{tmp_path / 'jars' / 'a.jar'}\n"] * 2
    assert len(list(tmp_path.glob("resolved.*"))) == resolved
