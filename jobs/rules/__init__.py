"""Pure domain rules: what a cell of a kind means, as SQL text that both engines read.

A rule never sees data. Given the name of a text column it returns expressions in three steps, so that nothing is
written twice in a plan: *text* (the delivered text, tidied), *parsed* (the value, or null), and *flag* (what a reader
must know). Building expressions as text costs one call an expression instead of one a node.
"""

from jobs.rules.book import RULES, rule_for
from jobs.rules.rule import FLAGS, SUSPECT, Policy, Rule

__all__ = ["FLAGS", "RULES", "SUSPECT", "Policy", "Rule", "rule_for"]
