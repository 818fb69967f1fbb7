"""What kind of file this is and what part of it holds the table: a format to propose, with the rows to prove it on."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.errors import SourceError, UsageError
from jobs.land.found import what_is
from jobs.profile.encoding import HEAD, propose_encoding, text_of
from jobs.profile.header import IsWord
from jobs.profile.objects import propose_objects
from jobs.profile.proposal import Proposal
from jobs.profile.tabular import propose_database, propose_delimited, propose_workbook

MAX_UNPACKED = 1 << 30
_SQLITE = b"SQLite format 3\x00"


@contextmanager
def opened(path: Path, part: str, is_word: IsWord) -> Iterator[tuple[Path, Proposal]]:
    """The file that holds the table (a member of an archive is unpacked while it is looked at) and its proposal."""
    if not zipfile.is_zipfile(path) or _is_workbook(path):
        yield path, propose(path, part, is_word)
        return
    member, remark = _member(path, part)
    with tempfile.NamedTemporaryFile(prefix="brain-profile-", suffix=Path(member.filename).suffix) as target:
        with zipfile.ZipFile(path, metadata_encoding="gb18030") as archive, archive.open(member) as source:
            shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        found = propose(Path(target.name), "", is_word)
        pattern = f"*{Path(member.filename).suffix}" if not remark else member.filename
        format_ = found.format.model_copy(update={"member": pattern})
        yield path, Proposal(format_, found.names, found.labels, (*found.remarks, *remark))


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(name.startswith("xl/") or name == "content.xml" for name in archive.namelist())


def _member(path: Path, part: str) -> tuple[zipfile.ZipInfo, tuple[str, ...]]:
    """The named member, else the largest, with a remark where there are others."""
    with zipfile.ZipFile(path, metadata_encoding="gb18030") as archive:
        members = [info for info in archive.infolist() if not info.is_dir() and part in ("", info.filename)]
    if not members:
        raise UsageError(f"the archive has no member {part or 'at all'}", remedy="Name one of its files with --part")
    largest = max(members, key=lambda info: info.file_size)
    if largest.file_size > MAX_UNPACKED:
        raise SourceError("the archive's file is larger than 1 GB", remedy="Unpack it and profile the plain file")
    others = len(members) - 1 if not part else 0
    remark = f"the largest of {others + 1} files of the archive; --part names another"
    return largest, (remark,) if others or part else ()


def propose(path: Path, part: str, is_word: IsWord) -> Proposal:
    """A proposal for a file that is no archive; SourceError where nothing is found to read."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip():
        raise SourceError("the file is empty", remedy="Ask for the delivery again")
    if head.startswith(_SQLITE):
        return propose_database(path, part)
    found = what_is(head)
    is_old = found is not None and found.declare == "kind: xls"
    if is_old or zipfile.is_zipfile(path):
        return propose_workbook(path, part, is_word, "xls" if is_old else "xlsx")
    encoding = propose_encoding(head)
    lines = text_of(path, encoding)
    if lines.lstrip()[:1] in ("{", "["):
        return propose_objects(path, encoding, lines)
    return propose_delimited(path, encoding, lines, is_word)
