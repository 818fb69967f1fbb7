"""The process that reads what departments sent: it forks for every file, under limits, and answers in Arrow.

``python -m jobs.land.worker FD`` is started once a batch by ``jobs.land.isolation``, before or after any engine: it is
a process of its own with the parsers loaded and no threads, so that forking it is safe and takes milliseconds.
A request is a length, JSON, and the descriptor to write to; the answer to it on the socket is how the child ended.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from jobs.contracts import Format, Limits
from jobs.errors import BrainError, EnvironmentFault
from jobs.land.chunk import Chunk
from jobs.land.columns import Columns
from jobs.land.header import HeaderDiffers, HeaderFault
from jobs.land.limits import impose, too_large
from jobs.land.reader import preload, read_records
from jobs.loading import without

LENGTH = struct.Struct("!I")
ROW_NO, ABOUT = "_row_no", b"about"
_SELDOM = 100_000
"""Objects after which a reader looks for cycles: it ends with its file, and has few that hold others."""


def answer_schema(width: int) -> pa.Schema:
    """Schema of the answer to a request for ``width`` columns."""
    return pa.schema([*((f"c{n}", pa.string()) for n in range(width)), (ROW_NO, pa.int64())])


def serve(control: socket.socket) -> None:
    """Answer requests until the other side closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    without("pandas")  # pyarrow asks for it at its first array, and it would be a quarter of every fork
    preload()
    gc.collect()
    gc.freeze()
    while True:
        head, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, 1)
        if len(head) < LENGTH.size or not descriptors:
            return
        request = json.loads(_exactly(control, LENGTH.unpack(head)[0]))
        child = os.fork()
        if child == 0:
            control.close()
            _answer(request, descriptors[0])
        os.close(descriptors[0])
        control.sendall(LENGTH.pack(child))
        control.sendall(LENGTH.pack(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFFFF_FFFF))


def _exactly(control: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        piece = control.recv(size - len(parts))
        if not piece:
            raise EOFError
        parts += piece
    return parts


def _answer(request: dict[str, Any], descriptor: int) -> NoReturn:
    """Read one file and write its chunks; the process ends here."""
    code = 1
    gc.set_threshold(_SELDOM)
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a parser that panics prints what it read
        limits = Limits(**request["limits"])
        impose(limits)
        tempfile.tempdir = request["scratch"]
        schema = answer_schema(len(request["declared"]))
        with os.fdopen(descriptor, "wb") as out, pa.ipc.new_stream(out, schema) as writer:
            last = _write_chunks(request, limits, writer, schema)
            writer.write_batch(_empty(schema), custom_metadata={ABOUT: json.dumps(last)})
        code = 0
    finally:
        os._exit(code)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([pa.array([], field.type) for field in schema], schema=schema)


def _write_chunks(request: dict[str, Any], limits: Limits, writer: Any, schema: pa.Schema) -> dict[str, object]:
    """Write all chunks; what to say at the end: ``end``, or the refusal."""
    try:
        fmt = Format.model_validate(request["format"])
        columns = Columns(request["declared"], request["aliases"], request["optional"])
        for chunk in read_records(Path(request["blob"]), fmt, columns, request["lengths"]):
            _write(chunk, writer, schema)
    except BrainError as error:
        return _refused(error)
    except (MemoryError, pa.ArrowMemoryError):
        return _refused(too_large(limits))
    except Exception as error:  # noqa: BLE001 - a foreign parser may raise anything at a hostile file
        return {"failed": type(error).__name__}
    return {"end": True}


def _refused(error: BrainError) -> dict[str, object]:
    kinds = {EnvironmentFault: "environment", HeaderFault: "header"}
    kind = next((word for class_, word in kinds.items() if isinstance(error, class_)), "source")
    said: dict[str, object] = {"problem": error.problem, "remedy": error.remedy, "where": error.where}
    if isinstance(error, HeaderDiffers):
        said |= {"missing": error.missing, "extra": error.extra}
    return {"refused": kind, **said}


def _write(chunk: Chunk, writer: Any, schema: pa.Schema) -> None:
    about: dict[str, object] = {"rejects": [(r.row_no, r.reason, r.text) for r in chunk.rejects], "notes": chunk.notes}
    if chunk.came:
        about["came"] = asdict(chunk.came)
    table = pa.Table.from_arrays([*chunk.columns, chunk.row_nos], schema=schema)
    batches = table.combine_chunks().to_batches() or [_empty(schema)]
    for batch in batches[:-1]:
        writer.write_batch(batch)
    writer.write_batch(batches[-1], custom_metadata={ABOUT: json.dumps(about)})


if __name__ == "__main__":
    with suppress(ConnectionError, EOFError):  # the other side is gone, and with it who would want an answer
        serve(socket.socket(fileno=int(sys.argv[1])))
