"""Give landed text its meaning: registered elements with type, code table and flags, one row per (key, version).

Reads: ``2_landed/<resource>`` (passed), the orders of its deliveries.
Writes: ``3_standardised/<resource>`` and ``…__rejects`` (quarantined rows with the rules they break).
Promise: landed = current + quarantined + duplicate + superseded + withdrawn; the delivered text is kept where a
value was changed; a code that is not in its table is a finding, never a guess; row rules are applied in the same pass.
Fails with: CatalogError when a rule names a column that the resource does not have.
"""
