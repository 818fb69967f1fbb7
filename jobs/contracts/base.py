"""The words that all declarations share: identifiers, texts, closed lists, and the frozen base model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

IN_WORDS: dict[str, str] = {}
"""What a text of each pattern looks like."""


def shaped(pattern: str, words: str, **more: Any) -> StringConstraints:
    """The constraint of ``pattern``, which a complaint says in ``words``, with an example."""
    IN_WORDS[pattern] = words
    return StringConstraints(pattern=pattern, **more)


Identifier = Annotated[
    str, shaped(r"^[a-z][a-z0-9_]{0,62}$", "up to 63 lower-case letters, digits and _, a letter first: household_no")
]
SystemId = Annotated[str, shaped(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", "department.system: gaj.household")]
ResourceId = Annotated[
    str,
    shaped(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", "department.system.thing: gaj.household.person"),
]
ColumnName = Annotated[
    str,
    shaped(
        r"^[^\x00-\x1f`\"';\\]+$",
        "up to 120 characters without quotes, semicolons, backslashes and line breaks",
        min_length=1,
        max_length=120,
    ),
]
Text = Annotated[str, StringConstraints(max_length=2000)]
Day = Annotated[str, shaped(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", "yyyy-MM-dd: '2026-03-01'")]

Cycle = Literal["realtime", "daily", "weekly", "monthly", "quarterly", "yearly"]
Level = Literal["G1", "G2", "G3", "G4"]
Severity = Literal["critical", "warning", "info"]


class Declared(BaseModel):
    """Base of all models: frozen, closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
