"""The order of verbs and gates over batches of tables: what is stale, what may be released. One place, called by the
command line and by the DAGs.
"""

from jobs.pipeline.run import Approval, Outcome, run_pipeline
from jobs.pipeline.steps import Step

__all__ = ["Approval", "Outcome", "Step", "run_pipeline"]
