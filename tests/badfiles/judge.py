"""The verdict on a file, from what landed beside what its cells were before the damage."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.contracts import Access, Format
from jobs.errors import SourceError
from jobs.extract.files import MANIFEST_SUFFIX, Files
from jobs.extract.folders import Folder
from jobs.land.isolation import read_isolated
from jobs.land.rows import column_sum
from jobs.standardise.policy import GARBLED
from tests.badfiles.recipe import Recipe, Row, Verdict


@dataclass
class Came:
    """What a reader made of a file."""

    rows: list[Row] = field(default_factory=list)
    rejects: list[tuple[int, str]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    refusal: str = ""
    failure: str = ""

    @property
    def words(self) -> str:
        """Everything that was said about the file."""
        said = [self.refusal, *(reason for _, reason in self.rejects), *(f"note {note}" for note in self.notes)]
        return "; ".join(dict.fromkeys(filter(None, said)))


@dataclass(frozen=True)
class Outcome:
    """A verdict, what was said, and whether it is what the recipe expects."""

    recipe: Recipe
    verdict: Verdict
    words: str

    @property
    def as_expected(self) -> bool:
        return self.verdict is self.recipe.expect and re.search(self.recipe.says, self.words) is not None


def judge(recipe: Recipe) -> Outcome:
    """Land the recipe's file and judge it."""
    came = land(recipe)
    return Outcome(recipe, verdict_on(came, recipe.clean), came.words or came.failure)


def land(recipe: Recipe) -> Came:
    """What the land stage makes of the file; a manifest is asked as extract and the landing gate ask it."""
    came, data = Came(), recipe.make()
    try:
        manifest = _found_manifest(recipe, data) if recipe.file else recipe.manifest
    except SourceError as error:
        return Came(refusal=str(error), failure="" if error.remedy else "a refusal without a remedy")
    if manifest.get("sha256", _hash(data)) != _hash(data):
        came.refusal = "the file differs from the SHA-256 in its manifest"
        return came
    with tempfile.NamedTemporaryFile(prefix="brain-badfile-") as blob:
        blob.write(data)
        blob.flush()
        try:
            fmt = Format.model_validate(recipe.fmt)
            for chunk in read_isolated(Path(blob.name), fmt, recipe.names, recipe.lengths):
                came.rows += zip(*[column.to_pylist() for column in chunk.columns], strict=True)
                came.rejects += [(reject.row_no, reject.reason) for reject in chunk.rejects]
                for note, times in chunk.notes.items():
                    came.notes[note] = came.notes.get(note, 0) + times
        except SourceError as error:
            return Came(refusal=str(error), failure="" if error.remedy else "a refusal without a remedy")
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return Came(failure=f"{type(error).__name__}: {error}")
    received = len(came.rows) + len(came.rejects)
    if manifest.get("rows", received) != received:
        return Came(refusal=f"the manifest counts another number of rows than {received}")
    for name, total in manifest.get("sums", {}).items():
        column = pa.array([row[list(recipe.names).index(name)] for row in came.rows], pa.string())
        if column_sum(column) != Decimal(total):
            return Came(refusal=f"the manifest says another sum of {name}")
    return came


def _found_manifest(recipe: Recipe, data: bytes) -> Mapping[str, Any]:
    """The manifest as the extract stage reads it of a file in the inbox; SourceError if the name or it is not sound."""
    access = Access(kind="files", path="dep/sys", pattern="thing_{period}_{sequence}*")
    prefix = "brain-badfile-"
    with tempfile.TemporaryDirectory(prefix=prefix) as inbox, tempfile.TemporaryDirectory(prefix=prefix) as outer:
        folder = Path(inbox) / "dep" / "sys"
        outside = Path(outer)
        folder.mkdir(parents=True)
        for what, name, content in (
            ("file", recipe.file, data),
            ("manifest", f"{recipe.file}{MANIFEST_SUFFIX}", recipe.beside),
        ):
            if content is not None and recipe.link == what:
                (outside / what).write_bytes(content)
                (folder / name).symlink_to(outside / what)
            elif content is not None:
                (folder / name).write_bytes(content)
        shelf = Folder(Path(inbox), access.path or "")
        [offer] = Files("dep.sys.thing", access, "", shelf, lambda _file, _stamp: False).offers()
        if isinstance(offer, SourceError):
            raise offer
        return offer.manifest


def verdict_on(came: Came, clean: Sequence[Row]) -> Verdict:
    """Landed records must be clean ones in their order; each that is missing must be among the rejects."""
    if came.failure:
        return Verdict.BROKEN
    if came.refusal:
        return Verdict.REFUSED
    rows = came.rows[:-1] if "open_end" in came.notes else came.rows
    sound = [row for row in rows if not _is_garbled(row)]
    aside = len(came.rejects) + len(rows) - len(sound)
    if not _is_part(sound, clean) or len(clean) - len(sound) - (len(came.rows) - len(rows)) > aside:
        return Verdict.WRONG
    if aside:
        return Verdict.SET_ASIDE
    return Verdict.DECLARED if came.notes else Verdict.EXACT


def _is_garbled(row: Row) -> bool:
    """Whether standardise quarantines the row for its text: landing takes it as it was delivered."""
    return any(re.search("|".join(GARBLED), cell or "") for cell in row)


def _is_part(rows: Iterable[Row], clean: Iterable[Row]) -> bool:
    """Whether ``rows`` is ``clean`` with some left out."""
    rest = iter(clean)
    return all(any(row == other for other in rest) for row in rows)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
