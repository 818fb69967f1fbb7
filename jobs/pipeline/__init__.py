"""The order of verbs and gates over batches of tables: what is stale, what may be released. One place, called by the
command line and by the DAGs.
"""

from jobs.pipeline.base import build_base
from jobs.pipeline.ingest import ingest
from jobs.pipeline.themes import build_themes

__all__ = ["build_base", "build_themes", "ingest", "make_release"]
