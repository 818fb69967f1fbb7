"""Reading one YAML file that may be hostile, and finding the line of a key in it.

Size and alias counts are capped before anything is built; only plain data can be constructed. Line numbers
cost a second parse, so they are looked up only for files that turn out to be wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 4_000_000
MAX_ALIASES = 100

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - libyaml is in every wheel we pin
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class YamlFault(Exception):
    """The file cannot be read as YAML; carries the line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class _StrictLoader(_Loader):
    """Safe loader that refuses a key given twice and counts aliases."""

    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise YamlFault(1, f"more than {MAX_ALIASES} aliases")
        return super().compose_node(parent, index)  # type: ignore[misc]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen: set[Any] = set()
            for key_node, _ in node.value:
                if key_node.value in seen:
                    raise YamlFault(key_node.start_mark.line + 1, f"key {key_node.value!r} is given twice")
                seen.add(key_node.value)
        return mapping


def read_yaml(path: Path) -> Any:
    """Parse ``path``; raises :class:`YamlFault` with line and problem."""
    if path.stat().st_size > MAX_BYTES:
        raise YamlFault(1, f"larger than {MAX_BYTES} bytes")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise YamlFault(1, f"not UTF-8 at byte {error.start}") from None
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFault(line, str(error.problem)) from None
    except yaml.YAMLError as error:
        raise YamlFault(1, str(error)) from None


def line_of(path: Path, location: tuple[str | int, ...]) -> int:
    """1-based line of the key or item at ``location``; of its nearest existing ancestor if it is absent."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    line = 1
    for step in location:
        if node is None:
            break
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if str(step) not in pairs:
                continue
            key_node, node = pairs[str(step)]
            line = key_node.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line
