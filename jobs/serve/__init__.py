"""Serve one release: a self-contained DuckDB file per role, the officers' portal, the departments' workbooks.

Reads: one release manifest and the files it names, the journal, the catalog.
Writes: ``9_served/<release>/{engineer,analyst}.duckdb``, ``portal/``, ``workbooks/``; the pointer ``9_served/current``.
Promise: read-only, policy applied, made whole before it can be seen; no access to the lake is needed to read it.
Fails with: UsageError for a release that does not exist.
"""
