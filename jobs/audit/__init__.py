"""Measure the lake as it stands; change nothing.

Reads: the journal (deliveries, verdicts, steps), standardised, resolved and fused tables at their passed version.
Writes: ``7_audited/{findings,scorecard,ledger,disputes,lineage}`` as docs/tables.md describes them.
Promise: each finding names table, element, count and who is responsible; no personal value leaves the tables; the
same lake gives the same tables.
Fails with: nothing of its own.
"""
