"""Collecting what the files say and everything that is wrong with them, each fault with its file and line."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from jobs.contracts.shape import explain
from jobs.contracts.yamlfile import YamlFault, compose, line_of, read_text, read_yaml
from jobs.errors import CatalogError

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the catalog: where it stands and what to do about it."""

    file: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}"


class CatalogFaults(CatalogError):
    """All faults of the catalog, in file order."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__(
            f"the catalog has {len(self.faults)} fault(s):\n" + "\n".join(f"  {fault}" for fault in self.faults),
            remedy="Correct the lines named above and run `brain check` again: what refers to them is read then",
        )


@dataclass
class Reader:
    """Reads files below ``home``, collecting faults and what each file is known by."""

    home: Path
    faults: list[Fault] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every file that was read, by its name; empty of one that is unreadable."""
    where: dict[tuple[str, str], tuple[Path, Place]] = field(default_factory=dict)
    broken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Ids per kind that are declared but wrong in themselves: naming them is no second fault."""
    unreadable: set[Path] = field(default_factory=set)
    trees: dict[Path, yaml.Node | None] = field(default_factory=dict)

    def yaml(self, path: Path) -> Any:
        """Parsed YAML; None with a fault if the file is missing, unreadable or empty."""
        return self._read(path, read_yaml, "not readable as YAML: ")

    def text(self, path: Path) -> str:
        """The file's text; empty with a fault if it is unreadable."""
        return self._read(path, read_text, "") or ""

    def _read(self, path: Path, read: Any, prefix: str) -> Any:
        if not path.is_file():
            self.unreadable.add(path)
            self.faults.append(Fault(self.name(path), 1, "file is missing; `brain check` needs it"))
            return None
        self.digests[self.name(path)] = ""
        try:
            content = read(path)
        except YamlFault as fault:
            self.unreadable.add(path)
            self.faults.append(Fault(self.name(path), fault.line, f"{prefix}{fault.problem}"))
            return None
        self.digests[self.name(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
        return content

    def name(self, path: Path) -> str:
        """Path as a fault shows it."""
        return path.relative_to(self.home).as_posix()

    def fault(self, path: Path, at: Place, problem: str) -> None:
        """Note a fault at a key or item of a YAML file."""
        if path not in self.trees:
            self.trees[path] = None if path in self.unreadable else compose(path)
        self.faults.append(Fault(self.name(path), line_of(self.trees[path], at), problem))

    def build(
        self, kind: type[Model], data: Any, path: Path, at: Place = (), elsewhere: Mapping[str, Place] | None = None
    ) -> Model | None:
        """``data`` as a ``kind``; None with faults if it is not one (without, if its file could not be read).

        ``elsewhere`` says of keys that do not stand at ``at`` under which place they do.
        """
        if path in self.unreadable:
            return None
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                location = tuple(detail["loc"])
                top = (elsewhere or {}).get(str(location[0]), at) if location else at
                self.fault(path, top + location, explain(detail, kind))
            return None

    def many(self, kind: type[Model], path: Path, key: str) -> dict[str, Model]:
        """A list of ``kind`` in a file, by the attribute ``key``; doubles are faults."""
        data = self.yaml(path)
        if not isinstance(data, list):
            if path not in self.unreadable:
                self.fault(path, (), f"expected a list `- {key}: …`")
            return {}
        found: dict[str, Model] = {}
        for index, item in enumerate(data):
            self.keep(found, kind, item, path, (index,), key)
        return dict(sorted(found.items()))

    def keep(
        self, found: dict[str, Model], kind: type[Model], item: Any, path: Path, at: Place, key: str
    ) -> Model | None:
        """Build one item and file it under its id; a broken one is remembered by the id that it names."""
        name = kind.__name__
        built = self.build(kind, item, path, at)
        identity = str(item.get(key)) if isinstance(item, dict) else ""
        if built is None:
            self.broken[name].add(identity)
            return None
        if identity in found:
            first, _ = self.where[(name, identity)]
            problem = f"{name.lower()} {identity!r} is declared twice, first in {self.name(first)}; keep one"
            self.fault(path, (*at, key), problem)
            return None
        found[identity] = built
        self.where[(name, identity)] = (path, at)
        return built
