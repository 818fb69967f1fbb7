"""Fetch department extracts and keep them as received.

Reads: the sources that ``catalog/connections.yml`` names: folders, SFTP, HTTP, object storage, databases.
Writes: ``1_extracted/<system>/<sha256>`` (bytes once) and a delivery in the journal, with the names of files in
the inbox that are no resource's.
Promise: content-addressed, written temp → fsync → link; the same delivery twice is one delivery; nothing that was
received after the cut-off is taken; nothing outside the declared place is opened; a bad delivery holds up no other.
Fails with: nothing; what is wrong with a source or a file stands in its report, without passwords or values.
"""
