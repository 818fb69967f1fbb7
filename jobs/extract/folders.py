"""A folder of the inbox as a shelf."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jobs.errors import SourceError
from jobs.extract.blobs import Sink
from jobs.extract.files import Entry, changed_while_read, require_length
from jobs.extract.source import Fetched

_CHUNK = 1 << 20
_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class Folder:
    """Files of ``path`` below ``inbox``; SourceError if that lies, or leads by a link, outside the inbox."""

    def __init__(self, inbox: Path, path: str) -> None:
        self._folder = inside(inbox, path)

    def entries(self) -> Iterator[Entry]:
        """All but folders; a folder that is not there yet holds none."""
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            found = path.lstat()
            if not stat.S_ISDIR(found.st_mode):
                yield Entry(path.name, found.st_size, _stamp(found), stat.S_ISREG(found.st_mode))

    def small(self, entry: Entry, limit: int) -> bytes:
        """The first ``limit`` bytes."""
        with self._open(entry) as file:
            return file.read(limit)

    def copy(self, entry: Entry, sink: Sink) -> Fetched:
        """The whole file, if it is the listed one and stays so."""
        sink.require_room(entry.size)
        with self._open(entry) as file:
            while chunk := file.read(_CHUNK):
                sink.write(chunk)
                require_length(sink, entry)
            after = os.fstat(file.fileno())
        if _stamp(after) != entry.stamp or sink.size != entry.size:
            raise changed_while_read()
        return Fetched(settled=sink.modified_ns > after.st_ctime_ns)

    def _open(self, entry: Entry) -> IO[bytes]:
        try:
            return os.fdopen(os.open(self._folder / entry.name, _NO_LINK), "rb")
        except FileNotFoundError:
            raise changed_while_read() from None
        except OSError as error:
            problem = f"the file cannot be opened ({errno.errorcode.get(error.errno or 0, 'unknown')})"
            raise SourceError(problem, remedy="Check its owner and rights") from None


def inside(inbox: Path, path: str) -> Path:
    """``inbox / path``; SourceError if that lies, or leads by a link, outside the inbox."""
    folder = inbox / path
    if ".." in Path(path).parts or not folder.resolve().is_relative_to(inbox.resolve()):
        raise SourceError("the path of a delivery leaves the inbox", remedy="Correct catalog/connections.yml")
    return folder


def _stamp(found: os.stat_result) -> str:
    """Whatever is written into a file or put in its place moves its inode or its ctime, which nobody can set."""
    return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"
