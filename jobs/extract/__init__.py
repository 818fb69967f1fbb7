"""Fetch department extracts and keep them as received.

Reads: the inbox and source databases named in ``catalog/connections.yml``.
Writes: ``1_extracted/<system>/<sha256>`` (bytes once) and a delivery in the journal.
Promise: content-addressed, written temp → fsync → link; the same delivery twice is one delivery; nothing that was
received after the cut-off is taken; nothing outside the inbox is read; a bad delivery does not hold up the others.
Fails with: nothing; what is wrong with a source or a file stands in its report, without passwords or values.
"""
