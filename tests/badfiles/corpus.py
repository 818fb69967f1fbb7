"""All recipes, in the order of their modules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

from tests.badfiles import delimited, deliveries, encodings, meaning, oldbooks, sheets, spectrum, structured, workbooks
from tests.badfiles.recipe import Recipe

MODULES = (encodings, delimited, spectrum, meaning, structured, workbooks, sheets, oldbooks, deliveries)


@lru_cache
def corpus() -> tuple[Recipe, ...]:
    """Every recipe; ids are unique."""
    return tuple(made())


def made() -> Iterator[Recipe]:
    """Every recipe, made anew."""
    for module in MODULES:
        yield from module.recipes()


def sample(share: float, seed: int = 7) -> Iterator[Recipe]:
    """A seeded part of every family, at least two of each."""
    chance = random.Random(seed)
    families: dict[str, list[Recipe]] = {}
    for recipe in corpus():
        families.setdefault(recipe.family, []).append(recipe)
    for recipes in families.values():
        yield from chance.sample(recipes, min(len(recipes), max(2, round(share * len(recipes)))))
