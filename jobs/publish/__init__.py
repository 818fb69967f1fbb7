"""Make one release of many tables: all of it becomes readable at once, or none.

Reads: the passed versions of layers 3, 5, 6 and 7, the last release.
Writes: ``8_published/releases/<n>.json`` (temp → fsync → link).
Promise: readers see the old release or the new one, never a mixture; nothing new is released when nothing changed;
rollback is a further release that names older versions; an overtaken attempt cannot publish; what was approved is
what is released, however much has passed since.
Fails with: RunConflict (a newer attempt has begun), GateFailed (a ledger does not balance), PolicyDenied (what was
shown for approval was held against another release than readers see).
"""
