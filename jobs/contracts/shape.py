"""Turning a model's complaint into a sentence that shows the expected shape."""

from __future__ import annotations

import typing

from pydantic import BaseModel
from pydantic_core import ErrorDetails


def expected_shape(model: type[BaseModel], location: tuple[str | int, ...]) -> str:
    """The keys that may stand at ``location`` inside ``model``, required ones first."""
    current: type[BaseModel] | None = model
    for step in location[:-1]:
        if current is None or isinstance(step, int):
            continue
        field = next((f for n, f in current.model_fields.items() if step in (n, f.alias)), None)
        nested = _model_in(field.annotation) if field else None
        current = nested or current
    if current is None:
        return ""
    names = sorted(current.model_fields.items(), key=lambda item: not item[1].is_required())
    return ", ".join((f.alias or n) + ("" if f.is_required() else "?") for n, f in names)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in typing.get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


def explain(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One sentence for one validation error; shows the value only where it cannot be personal (it is catalog text)."""
    location = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key {location!r}; expected keys: {expected_shape(model, error['loc'])}"
    if error["type"] == "missing":
        return f"key {location!r} is missing; expected keys: {expected_shape(model, error['loc'])}"
    return f"{location}: {error['msg']} (found {str(error['input'])[:80]!r})"
