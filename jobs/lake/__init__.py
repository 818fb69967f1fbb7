"""The only importer of ``delta`` and ``deltalake``: versions, locks, the engine session, and the journal beside them.

Reads / writes: any table of any layer, by name.
Promise: a reader gets the version that its gate last let through; a writer starts from it, under the table's lock.
Fails with: RunConflict (another run holds the table), EnvironmentFault (Java, jars).
"""
