"""The single source of the order of stages: verb, layer number and layer name.

A verb is a stage; its past participle is the layer it leaves behind. Folder names under ``data/lake``
and ``expectations`` are made here and nowhere else.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One verb of the pipeline and the layer it writes."""

    number: int
    verb: str
    layer: str

    @property
    def folder(self) -> str:
        """Folder name of the layer, such as ``3_standardised``."""
        return f"{self.number}_{self.layer}"


STAGES: tuple[Stage, ...] = (
    Stage(1, "extract", "extracted"),
    Stage(2, "land", "landed"),
    Stage(3, "standardise", "standardised"),
    Stage(4, "resolve", "resolved"),
    Stage(5, "fuse", "fused"),
    Stage(6, "derive", "derived"),
    Stage(7, "audit", "audited"),
    Stage(8, "publish", "published"),
    Stage(9, "serve", "served"),
)

VERBS: tuple[str, ...] = tuple(stage.verb for stage in STAGES)
LAYERS: tuple[str, ...] = tuple(stage.layer for stage in STAGES)
JOURNAL_FOLDER = "0_journal"

_BY_NAME = {name: stage for stage in STAGES for name in (stage.verb, stage.layer, stage.folder)}


def stage_of(name: str) -> Stage:
    """Look a stage up by verb, layer or folder name; raises KeyError with the known names."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"unknown stage {name!r}; expected one of {', '.join(VERBS)}") from None
