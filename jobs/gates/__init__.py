"""Gates stand between stages: a verdict over one table version before anyone builds on it.

The only importer of Great Expectations, and the only caller of :meth:`jobs.lake.store.Lake.mark_passed`.
"""

from jobs.gates.gate import Arrival, Verdict, judge_landings, judge_table, note_reading
from jobs.gates.judge import start as call_judge
from jobs.gates.suite import Rule, landing_suite, standardised_suite, suite_hash, table_suite

__all__ = [
    "Arrival",
    "Rule",
    "Verdict",
    "call_judge",
    "judge_landings",
    "judge_table",
    "landing_suite",
    "note_reading",
    "standardised_suite",
    "suite_hash",
    "table_suite",
]
