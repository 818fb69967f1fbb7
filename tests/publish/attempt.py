"""``python -m tests.publish.attempt HOME [STAGE]``: publish and serve; at the first word of STAGE wait to be told."""

from __future__ import annotations

import sys
from pathlib import Path

from jobs.context import Context
from jobs.errors import BrainError
from jobs.pipeline import run_pipeline
from jobs.settings import Settings
from tests.publish.numbered import AS_OF


def main(home: Path, stage: str) -> int:
    """0 done · 1 refused, with the error on standard error."""

    def progress(now: str, _what: str) -> None:
        if now == stage:
            print("waiting", flush=True)
            sys.stdin.readline()

    ctx = Context(Settings(home=home, engine="sail"), AS_OF, progress)
    ctx.lake.all_passed()  # as a run of all stages knows it since it began
    try:
        run_pipeline(ctx, "publish", "serve")
    except BrainError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *(sys.argv[2:] or [""])))
