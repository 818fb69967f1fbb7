"""Turn received bytes into rows of text, nothing more.

Reads: ``1_extracted/<system>/<sha256>``, deliveries in the journal.
Writes: ``2_landed/<resource>`` and ``…__rejects`` (Delta, all strings, appended per delivery).
Promise: strict decoding; received = landed + rejected; each row has ``_load_id _row_no _row_hash`` (keyed);
constant memory; no JVM.
Fails with: SourceError when a file must be refused whole: a byte does not decode, a declared column is missing or
given twice, an archive or workbook is damaged or far larger than it seems.
"""
