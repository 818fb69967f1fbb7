"""Turning a model's complaint into a sentence that shows the expected shape."""

from __future__ import annotations

import typing
from difflib import get_close_matches

from pydantic import BaseModel, Tag
from pydantic_core import ErrorDetails

from jobs.contracts.base import IN_WORDS

_TAGS = ("choice", "claims", "one", "several", "column", "mapping")
"""Names of the branches of a union: steps of a location that stand in no file."""
_UNSHOWN = {"password", "private_key", "ca", "user", "url", "headers", "params"}
"""Keys under which somebody may have written a secret: what was found there is not repeated."""


def expected_shape(model: type[BaseModel], location: tuple[str | int, ...]) -> str:
    """The keys that may stand at ``location`` inside ``model``, required ones first."""
    current, annotation = model, None
    for step in location[:-1]:
        if isinstance(step, str) and step in _TAGS:
            annotation = _branch(annotation, step)
        elif isinstance(step, str):
            field = next((f for n, f in current.model_fields.items() if step in (n, f.alias)), None)
            annotation = field.annotation if field else annotation
        current = _model_in(annotation) or current
    names = sorted(current.model_fields.items(), key=lambda item: not item[1].is_required())
    return ", ".join((f.alias or n) + ("" if f.is_required() else "?") for n, f in names)


def _branch(annotation: object, tag: str) -> object:
    """The branch of a union that carries ``tag``."""
    for argument in typing.get_args(annotation):
        if any(isinstance(part, Tag) and part.tag == tag for part in typing.get_args(argument)):
            return argument
        found = _branch(argument, tag)
        if found is not argument:
            return found
    return annotation


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in typing.get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


def explain(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One sentence for one validation error; it may show the value: catalog text, never personal, and no secret."""
    location = ".".join(str(part) for part in error["loc"] if part not in _TAGS and part != "[key]")
    if error["type"] == "extra_forbidden":
        expected = expected_shape(model, error["loc"])
        near = get_close_matches(str(error["loc"][-1]), expected.replace("?", "").split(", "), n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        return f"unknown key {location!r}; {meant}expected keys: {expected}"
    if error["type"] == "missing":
        return f"key {location!r} is missing; expected keys: {expected_shape(model, error['loc'])}"
    message = error["msg"].replace("a valid tuple", "a list").replace("a valid dictionary", "a mapping")
    if error["type"] == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        message = f"expected {IN_WORDS.get(pattern, pattern)}"
    hint = " in quotes" if error["type"] == "string_type" and isinstance(error["input"], int | float | bool) else ""
    if _UNSHOWN.intersection(error["loc"]):
        return f"{location}: {message[0].lower()}{message[1:]}{hint}"
    found = str(error["input"])[:80]
    return f"{location or 'file'}: {message[0].lower()}{message[1:]}{hint} (found {found!r})"
