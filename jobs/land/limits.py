"""What one file may cost before it is refused: the kernel holds a reading process to it, readers to the rest."""

from __future__ import annotations

import resource
import signal

from jobs.contracts import Format, Limits
from jobs.errors import SourceError

_LARGEST_FILE = 64 << 30
"""That a reading process may write while it unpacks."""
_OPEN_FILES = 64
_WHOLE, _BOOK = 256, 2048
_BY_KIND: dict[str, dict[str, int]] = {
    "size_mb": dict.fromkeys(("xlsx", "xls", "json", "geojson"), _WHOLE),
    "unpacked_mb": {"xlsx": _BOOK},
    "depth": {"xml": 64},
    "record_kb": {"csv": 8 << 10, "xml": 16 << 10},
}
_OTHERWISE = {"size_mb": 1_000_000, "unpacked_mb": _LARGEST_FILE >> 20, "depth": 32, "record_kb": 1 << 10}


def bound(fmt: Format, name: str) -> int:
    """A limit of the format: the declared one, else that of its kind of file."""
    declared: int | None = getattr(fmt.limits, name)
    return declared if declared is not None else _BY_KIND[name].get(fmt.kind, _OTHERWISE[name])


def beyond(problem: str, name: str, ask: str) -> SourceError:
    """A limit that a file does not keep: ``problem`` names its value, the error the key that changes it."""
    return SourceError(
        f"{problem} (limits.{name})", remedy=f"{ask}, or raise `limits.{name}` in the resource's `format`"
    )


def impose(limits: Limits) -> None:
    """Bind this process and what it starts; there is no way back."""
    data = limits.memory_mb << 20
    _lower(resource.RLIMIT_DATA, data, data)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 5)
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE, _LARGEST_FILE)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0, 0)
    for name in (signal.SIGXCPU, signal.SIGALRM, signal.SIGPIPE):
        signal.signal(name, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)


def refusal(limits: Limits, status: int) -> SourceError:
    """What to say of a file whose reading ended with an exit code, or minus a signal's number."""
    ask = "Ask for the file in parts, or as delimited text"
    if -status == signal.SIGXCPU:
        problem = f"reading the file takes more than {limits.cpu_seconds} s of processor time"
        return beyond(problem, "cpu_seconds", ask)
    if -status == signal.SIGALRM:
        return beyond(f"reading the file takes more than {limits.seconds} s", "seconds", ask)
    if -status == signal.SIGABRT:
        problem = f"the file makes its reader give up, as at more than {limits.memory_mb} MB"
        return beyond(problem, "memory_mb", ask)
    name = signal.Signals(-status).name if status < 0 else f"exit code {status}"
    return SourceError(f"the file makes its reader fail ({name})", remedy="Ask for it in another format")


def too_large(limits: Limits) -> SourceError:
    """What to say of a file that does not fit into the memory of its reader."""
    problem = f"reading the file takes more than {limits.memory_mb} MB of memory"
    return beyond(problem, "memory_mb", "Ask for the file in parts, or as CSV")


def _lower(which: int, soft: int, hard: int) -> None:
    """Set a limit, never above the one that already binds."""
    _, bound_ = resource.getrlimit(which)
    if bound_ != resource.RLIM_INFINITY:
        soft, hard = min(soft, bound_), min(hard, bound_)
    resource.setrlimit(which, (soft, hard))
