"""What one file may cost before it is refused: the kernel holds a reading process to it."""

from __future__ import annotations

import resource
import signal
from dataclasses import dataclass

from jobs.errors import SourceError


@dataclass(frozen=True)
class Limits:
    """Bounds of the process that reads one file."""

    memory_mb: int = 2048
    """Data that the process may hold, without the code that it shares."""
    cpu_seconds: int = 900
    """Processor time; 1 GiB of delimited text takes about 30 seconds."""
    seconds: int = 4 * 3600
    """By the clock, also while the lake is slow to take what was read."""
    file_gb: int = 64
    """Largest file that it may write while it unpacks."""
    open_files: int = 64

    def impose(self) -> None:
        """Bind this process and what it starts; there is no way back."""
        data = self.memory_mb << 20
        _lower(resource.RLIMIT_DATA, data, data)
        _lower(resource.RLIMIT_CPU, self.cpu_seconds, self.cpu_seconds + 5)
        _lower(resource.RLIMIT_FSIZE, self.file_gb << 30, self.file_gb << 30)
        _lower(resource.RLIMIT_NOFILE, self.open_files, self.open_files)
        _lower(resource.RLIMIT_CORE, 0, 0)
        for name in (signal.SIGXCPU, signal.SIGALRM, signal.SIGPIPE):
            signal.signal(name, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def refusal(self, status: int) -> SourceError:
        """What to say of a file whose reading ended with an exit code, or minus a signal's number."""
        ask = "Ask for the file in parts, or as delimited text"
        if -status == signal.SIGXCPU:
            return SourceError(f"reading the file takes more than {self.cpu_seconds} s of processor time", remedy=ask)
        if -status == signal.SIGALRM:
            return SourceError(f"reading the file takes more than {self.seconds} s", remedy=ask)
        if -status == signal.SIGABRT:
            return SourceError(f"the file makes its reader give up, as at more than {self.memory_mb} MB", remedy=ask)
        name = signal.Signals(-status).name if status < 0 else f"exit code {status}"
        return SourceError(f"the file makes its reader fail ({name})", remedy="Ask for it in another format")

    def too_large(self) -> SourceError:
        """What to say of a file that does not fit into the memory of its reader."""
        return SourceError(
            f"reading the file takes more than {self.memory_mb} MB", remedy="Ask for the file in parts, or as CSV"
        )


def _lower(which: int, soft: int, hard: int) -> None:
    """Set a limit, never above the one that already binds."""
    _, bound = resource.getrlimit(which)
    if bound != resource.RLIM_INFINITY:
        soft, hard = min(soft, bound), min(hard, bound)
    resource.setrlimit(which, (soft, hard))
