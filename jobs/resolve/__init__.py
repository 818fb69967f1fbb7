"""Decide which records speak of one real-world entity. Mentions, not records, are resolved.

Reads: standardised resources that mention the entity, the registry of the last run.
Writes: ``4_resolved/<entity>__registry`` (mention → canonical id, with the rule that linked it), ``…__events``
(merges, splits, contradictions) and ``…__pairs`` (mentions of one record: spouses, a firm and its representative).
Promise: exactly one canonical id a mention; ids are stable over reruns; a valid strong key links unless the names
contradict; nothing is linked on a name alone; ids carry nothing.
Fails with: CatalogError when an entity has no mention.
"""
