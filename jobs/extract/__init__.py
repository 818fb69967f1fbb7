"""Fetch department extracts and keep them as received.

Reads: the inbox and source databases named in ``catalog/connections.yml``.
Writes: ``1_extracted/<system>/<sha256>`` (bytes once) and a delivery in the journal.
Promise: content-addressed, written temp → fsync → link; the same delivery twice is one delivery; nothing that was
received after the cut-off is taken.
Fails with: SourceError (a manifest that cannot be read, two deliveries for one place in the order).
"""
