"""Every error a user can meet: what went wrong, where, and what to do next.

An error carries structured ``where`` arguments and a ``remedy``; it never carries a personal value.
``transient`` errors are worth a scheduler's retry, the others are not.
"""

import traceback
from typing import ClassVar


class BrainError(Exception):
    """Root of all errors raised on purpose."""

    exit_code: ClassVar[int] = 1
    transient: ClassVar[bool] = False

    def __init__(self, problem: str, *, remedy: str = "", **where: object) -> None:
        self.problem = problem
        self.remedy = remedy
        self.where = {key: str(value) for key, value in where.items() if value is not None}
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        place = ", ".join(f"{key} {value}" for key, value in self.where.items())
        parts = [self.problem if not place else f"{self.problem} ({place})"]
        if self.remedy:
            parts.append(self.remedy)
        return ". ".join(part.rstrip(".") for part in parts)

    def to_json(self) -> dict[str, object]:
        """The same facts for machines."""
        return {
            "error": type(self).__name__,
            "problem": self.problem,
            "where": self.where,
            "remedy": self.remedy,
            "transient": self.transient,
        }


class UsageError(BrainError):
    """The command was asked for something that does not exist."""

    exit_code = 2


class CatalogError(BrainError):
    """The catalog or the expectations say something that cannot be meant."""

    exit_code = 2


class SourceError(BrainError):
    """A delivery cannot be taken: unreadable, incomplete, or not what was declared."""

    exit_code = 5


class SourceUnavailable(SourceError):
    """A source did not answer; trying again later may help."""

    transient = True


class RowError(BrainError):
    """A row cannot be taken; it goes to the rejects with this reason."""


class GateFailed(BrainError):
    """A critical expectation does not hold, or a gate could not be judged at all."""

    exit_code = 3


class RunConflict(BrainError):
    """Another run holds the table or has gone ahead of this one."""

    transient = True


class PolicyDenied(BrainError):
    """The policy does not allow this."""


class EnvironmentFault(BrainError):
    """Java, jars, disk or a system package is missing."""

    exit_code = 4


def whereabouts(error: BaseException) -> str:
    """Where an error was raised and of what kind it is, without its text, which may hold values."""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
