"""``python -m tests.bench`` lists the measurements; ``python -m tests.bench NAME`` runs one.

A measurement is a module here whose ``main()`` returns ``{"name", "figure", "unit", "goal", "holds", …}``; it is
printed as one line of JSON, the last one, and the exit code is 1 where the goal is missed.
"""

from __future__ import annotations

import ast
import importlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent


def measurements() -> dict[str, str]:
    """Name → first line of what it says of itself, without importing any."""
    paths = sorted(path for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    documents = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    return {
        name: (ast.get_docstring(tree) or "").partition("\n")[0]
        for name, tree in documents.items()
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)
    }


def main(arguments: list[str]) -> int:
    """0 the goal holds, or the list was printed · 1 it is missed · 2 there is no such measurement."""
    known = measurements()
    if not arguments:
        width = max(map(len, known), default=0)
        for name, about in known.items():
            print(f"{name:<{width}}  {about}")
        return 0
    name, *more = arguments
    if name not in known or more:
        print(f"no measurement {' '.join(arguments)!r}; there are: {', '.join(known) or 'none yet'}", file=sys.stderr)
        return 2
    result = importlib.import_module(f"tests.bench.{name}").main()
    print(json.dumps(result, ensure_ascii=False, default=str), flush=True)
    return 0 if result["holds"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
