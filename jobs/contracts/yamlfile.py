"""Reading one YAML file that may be hostile, and finding the line of a key in it.

Size and alias counts are capped before anything is built; only plain data can be constructed, by the core schema of
YAML 1.2: ``true`` and ``false`` are the only booleans, ``0201`` and ``2020-01-01`` are texts. Line numbers cost a
second parse, so they are looked up only for files that turn out to be wrong.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 4_000_000
MAX_ALIASES = 20
"""Twenty aliases can expand to some thousand nodes, a hundred to more than memory holds."""
_MAYBE_ALIAS = re.compile(r"(?:^|[\s\[{,:-])\*[^\s,\]}]", re.MULTILINE)

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - libyaml is in every wheel we pin
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_SCALARS = (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", "[-+]?(0|[1-9][0-9]{0,17})", "-+0123456789"),
    ("float", "[-+]?(0|[1-9][0-9]{0,17})[.][0-9]{1,17}", "-+0123456789"),
)
_MERGE = "<<"
_CORE = "tag:yaml.org,2002:"
_TAGS = {None, *(f"{_CORE}{kind}" for kind in ("map", "seq", "str", "bool", "null", "int", "float"))}


class YamlFault(Exception):
    """The file cannot be read as YAML; carries the line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class _StrictLoader(_Loader):
    """Safe loader of the core schema that refuses a key given twice, and the merge keys that the schema left out."""

    yaml_implicit_resolvers: dict[Any, Any] = {}
    yaml_constructors = {tag: build for tag, build in _Loader.yaml_constructors.items() if tag in _TAGS}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        for key_node, _ in node.value:
            if key_node.value == _MERGE:
                line = key_node.start_mark.line + 1
                raise YamlFault(line, f"key {_MERGE!r} takes over keys that nobody sees here; write them out")
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen: set[Any] = set()
            for key_node, _ in node.value:
                if key_node.value in seen:
                    raise YamlFault(key_node.start_mark.line + 1, f"key {key_node.value!r} is given twice; keep one")
                seen.add(key_node.value)
        return mapping


for _kind, _shape, _first in _SCALARS:
    _StrictLoader.add_implicit_resolver(f"{_CORE}{_kind}", re.compile(f"^(?:{_shape})$"), list(_first))


def read_text(path: Path) -> str:
    """The file's text; raises :class:`YamlFault` if it is too large or not UTF-8."""
    if path.stat().st_size > MAX_BYTES:
        raise YamlFault(1, f"larger than {MAX_BYTES:,} bytes; split it")
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise YamlFault(line, f"not UTF-8 at byte {error.start}; save the file as UTF-8") from None


def read_yaml(path: Path) -> Any:
    """Parse ``path``; raises :class:`YamlFault` with line and problem."""
    text = read_text(path)
    try:
        _refuse_many_aliases(text)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        if "duplicate anchor" in (error.context or "") and error.context_mark:
            first = error.context_mark.line + 1
            raise YamlFault(line, f"the anchor of line {first} is given anew; give each its own name") from None
        raise YamlFault(line, f"{error.problem}; check brackets, quotes and indentation (blanks, no tabs)") from None
    except (yaml.YAMLError, ValueError, KeyError, RecursionError) as error:
        raise YamlFault(
            1, f"{type(error).__name__}: not plain YAML; use texts, numbers, true, false, lists and mappings only"
        ) from None


def _refuse_many_aliases(text: str) -> None:
    """Count aliases before they are followed; the count costs a parse, so only texts that may hold one pay it."""
    if not _MAYBE_ALIAS.search(text):
        return
    aliases = [event for event in yaml.parse(text, Loader=_Loader) if isinstance(event, yaml.AliasEvent)]
    if len(aliases) > MAX_ALIASES:
        mark = aliases[MAX_ALIASES].start_mark
        line = mark.line + 1 if mark else 1
        raise YamlFault(line, f"more than {MAX_ALIASES} aliases; write the values out")


def compose(path: Path) -> yaml.Node | None:
    """The tree of a file that :func:`read_yaml` has read, with the place of every node."""
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)


def line_of(tree: yaml.Node | None, location: tuple[str | int, ...]) -> int:
    """1-based line of the key or item at ``location``; of its nearest existing ancestor if it is absent."""
    node, line = tree, 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if str(step) in pairs:
                key_node, node = pairs[str(step)]
                line = key_node.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line
