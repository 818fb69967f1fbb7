"""The words that all declarations share: identifiers, texts, closed lists, and the frozen base model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
SystemId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
ResourceId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f`\"';\\]+$")]
Text = Annotated[str, StringConstraints(max_length=2000)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]

Cycle = Literal["realtime", "daily", "weekly", "monthly", "quarterly", "yearly"]
Level = Literal["G1", "G2", "G3", "G4"]
Severity = Literal["critical", "warning", "info"]


class Declared(BaseModel):
    """Base of all models: frozen, closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
