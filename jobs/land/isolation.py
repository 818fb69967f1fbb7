"""Reading a delivery in a process of its own: what it does there harms one file, never the run."""

from __future__ import annotations

import atexit
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

import jobs
from jobs.contracts import Format, Limits
from jobs.errors import BrainError, EnvironmentFault, SourceError
from jobs.land.chunk import Chunk, Reject
from jobs.land.columns import Came, Columns
from jobs.land.header import HeaderDiffers, HeaderFault
from jobs.land.limits import refusal
from jobs.land.reader import read_records
from jobs.land.worker import ABOUT, LENGTH, answer_schema

_BUFFER = 1 << 20
"""Bytes of an answer that lie ready, as far as the system allows."""
_AHEAD = 2
"""Files asked for before the first of them is taken."""
_QUIET = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""One thread, and memory that the kernel can count and that is not given back after every block."""


@dataclass(frozen=True)
class _Reading:
    """A file that the process was asked for, and where it says what it reads."""

    wanted: dict[str, Any]
    source: socket.socket
    scratch: tempfile.TemporaryDirectory[str]


def _request(
    blob: Path, fmt: Format, declared: Sequence[str], lengths: Mapping[str, int], limits: Limits
) -> dict[str, Any]:
    return {
        "blob": str(blob),
        "format": fmt.model_dump(mode="json"),
        "declared": list(declared),
        "aliases": declared.aliases if isinstance(declared, Columns) else {},
        "optional": sorted(declared.optional) if isinstance(declared, Columns) else [],
        "lengths": dict(lengths),
        "limits": limits.model_dump(),
    }


class Worker:
    """The reading process of this one; it ends when the socket to it closes, however that comes."""

    def __init__(self) -> None:
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._ahead: deque[_Reading] = deque()
        self._control, other = socket.socketpair()
        paths = [str(Path(jobs.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jobs.land.worker", str(other.fileno())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=os.environ | _QUIET | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONSAFEPATH": "1"},
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process and wait for it."""
        while self._ahead:
            reading = self._ahead.popleft()
            reading.source.close()  # whose reader ends when nobody reads what it says
            reading.scratch.cleanup()
        self._control.close()
        self._process.wait()

    def abandon(self) -> None:
        """Let go of the process, which is another's."""
        self._control.close()

    def expect(
        self, blob: Path, fmt: Format, declared: Sequence[str], lengths: Mapping[str, int], limits: Limits
    ) -> None:
        """Let the process read a file that will be asked for soon, as far as a buffer holds what it says of it."""
        wanted = _request(blob, fmt, declared, lengths, limits)
        with self._asking:
            if len(self._ahead) < _AHEAD and all(reading.wanted != wanted for reading in self._ahead):
                self._ahead.append(self._begin(wanted))

    def read(
        self, blob: Path, fmt: Format, declared: Sequence[str], lengths: Mapping[str, int], limits: Limits
    ) -> Iterator[Chunk]:
        """Chunks of a file; raises SourceError if it is refused, also for what it does to its reader."""
        with self._lock:
            reading = self._reading(_request(blob, fmt, declared, lengths, limits))
            with reading.scratch:
                child, last, status = self._number(), dict[str, Any](), 0
                try:
                    with _Answer(reading.source) as stream:
                        for chunk, about in _chunks(stream, answer_schema(len(declared))):
                            last = about
                            if chunk is not None:
                                yield chunk
                except BaseException:
                    self._end(child)
                    raise
                finally:
                    status = self._number()
        _require_end(last, status, limits)

    def _end(self, child: int) -> None:
        """End a reader that is still at work; it may be long gone, and its number another process's."""
        with suppress(OSError):
            parent = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
            if parent == self._process.pid:
                os.kill(child, signal.SIGKILL)

    def _reading(self, wanted: dict[str, Any]) -> _Reading:
        """The file as it is being read ahead, else from now on; what was to come before it is given up."""
        with self._asking:
            while self._ahead:
                reading = self._ahead.popleft()
                if reading.wanted == wanted:
                    return reading
                reading.source.close()  # its reader ends when nobody reads what it says
                with reading.scratch:
                    self._number()
                    self._number()
            return self._begin(wanted)

    def _begin(self, wanted: dict[str, Any]) -> _Reading:
        scratch = tempfile.TemporaryDirectory(prefix="brain-land-", suffix=f".{os.getpid()}")
        try:
            return _Reading(wanted, self._ask(json.dumps(wanted | {"scratch": scratch.name}).encode()), scratch)
        except BaseException:
            scratch.cleanup()
            raise

    def _ask(self, request: bytes) -> socket.socket:
        """Send a request; where its answer comes from."""
        source, sink = socket.socketpair()
        with sink:
            sink.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            try:
                socket.send_fds(self._control, [LENGTH.pack(len(request))], [sink.fileno()])
                self._control.sendall(request)
            except OSError:
                source.close()
                raise EnvironmentFault("the reading process is gone", remedy="Run again") from None
        return source

    def _number(self) -> int:
        """First the child that reads, then how it ended: its exit code, or minus the signal that ended it."""
        answer = self._control.recv(LENGTH.size, socket.MSG_WAITALL)
        if len(answer) < LENGTH.size:
            raise EnvironmentFault("the reading process was ended from outside", remedy="Run again")
        code: int = LENGTH.unpack(answer)[0]
        return code - (1 << 32) if code >> 31 else code


class _Answer(io.RawIOBase):
    """What a reader says, taken from the system in pieces as large as they are asked for: between small ones, a thread
    that computes would have the interpreter for a turn each time."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """``size`` bytes, fewer only where the answer ends."""
        assert size >= 0
        taken = self._source.recv(size, socket.MSG_WAITALL)
        while 0 < len(taken) < size and (more := self._source.recv(size - len(taken), socket.MSG_WAITALL)):
            taken += more
        return taken

    def close(self) -> None:
        self._source.close()
        super().close()


def _chunks(stream: _Answer, schema: pa.Schema) -> Iterator[tuple[Chunk | None, dict[str, Any]]]:
    """Chunks and, with the last batch, what was said at the end; stops where the answer breaks off."""
    try:
        reader = pa.ipc.open_stream(stream)
        if reader.schema != schema:
            return
        while True:
            batch, metadata = reader.read_next_batch_with_custom_metadata()
            about = json.loads(metadata[ABOUT]) if metadata else {}
            if "end" in about or "refused" in about or "failed" in about:
                yield None, about
                while stream.read(_BUFFER):
                    pass  # to its end: to close it before would end the child that still writes the last bytes
                return
            rejects = [Reject(*reject) for reject in about.get("rejects", ())]
            came = Came.of(about["came"]) if "came" in about else None
            yield Chunk(batch.columns[:-1], batch.columns[-1], rejects, about.get("notes", {}), came), {}
    except (StopIteration, pa.ArrowInvalid, OSError):
        return


def _require_end(last: dict[str, Any], status: int, limits: Limits) -> None:
    """Nothing if the file was read to its end; else the error that says why not."""
    if "end" in last and status == 0:
        return
    if "refused" in last:
        if "missing" in last:
            differs = {"missing": last["missing"], "extra": last["extra"]}
            raise HeaderDiffers(last["problem"], remedy=last["remedy"], **differs, **last["where"])
        kinds: dict[str, type[BrainError]] = {"environment": EnvironmentFault, "header": HeaderFault}
        raise kinds.get(last["refused"], SourceError)(last["problem"], remedy=last["remedy"], **last["where"])
    if -status in (signal.SIGKILL, signal.SIGTERM):
        raise EnvironmentFault("the reading process was ended from outside", remedy="Run again")
    if "failed" in last:
        problem = f"the file makes its reader fail ({last['failed']})"
        raise SourceError(problem, remedy="Ask for the file again, or in another format")
    raise refusal(limits, status)


_workers: list[Worker] = []
_starting = threading.Lock()


def prepare() -> Worker:
    """The reading process, started if there is none: it is ready half a second later."""
    with _starting:
        while _workers and not _workers[0].is_alive:
            _workers.pop(0).close()
        if not _workers:
            _workers.append(Worker())
            atexit.register(_workers[0].close)
        return _workers[0]


def _forget() -> None:
    """A fork of this process starts a reading process of its own."""
    while _workers:
        _workers.pop().abandon()


os.register_at_fork(after_in_child=_forget)


def read_isolated(
    blob: Path,
    fmt: Format,
    declared: Sequence[str],
    lengths: Mapping[str, int] | None = None,
    limits: Limits | None = None,
) -> Generator[Chunk]:
    """Chunks of a delivery's records, read in another process; what our own SQL extract wrote is read in this one."""
    if fmt.kind == "sql":
        yield from read_records(blob, fmt, declared if isinstance(declared, Columns) else list(declared))
        return
    yield from prepare().read(blob, fmt, declared, lengths or {}, limits or fmt.limits)


def expect_isolated(blob: Path, fmt: Format, declared: Sequence[str], lengths: Mapping[str, int] | None = None) -> None:
    """Say which delivery is read soon, as it will be asked for: it is read while the one before it is written."""
    if fmt.kind != "sql":
        prepare().expect(blob, fmt, declared, lengths or {}, fmt.limits)
