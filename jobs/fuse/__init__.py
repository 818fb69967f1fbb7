"""One row per entity, every cell from its one authoritative source (一数一源).

Reads: standardised resources, ``4_resolved/<entity>__registry``, ``catalog/entities/<entity>.yml``.
Writes: ``5_fused/<entity>``, ``…__conflicts`` (losing values, only where they differ), ``…__history`` (changes of the
winning records over all versions).
Promise: each cell is a claim of the source the catalog names for it, or a flagged fallback; groups come whole from
one record; ``_sources`` and ``_cells`` lead from every cell to delivery, file and row.
Fails with: CatalogError when an element's sources cannot be ordered.
"""
