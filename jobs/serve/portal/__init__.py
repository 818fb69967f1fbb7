"""The officers' report: a static Chinese portal that opens from ``file://`` with no network and no server.

Reads: one served engineer database (docs/tables.md), nothing else.
Writes: ``index.html``, ``catalog.html``, ``release.html``, one page a department, resource and base library, the
style sheet, the script and the search index.
Promise: every figure comes from the database; the same release gives the same bytes; no recoverable personal value;
whatever the data says is shown as text.
Fails with: UsageError for a database without a release.
"""

from jobs.serve.portal.render import render_portal

__all__ = ["render_portal"]
