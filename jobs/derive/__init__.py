"""Thematic libraries by declared SQL over base and standardised tables.

Reads: ``base.<entity>``, ``std.<department>__<system>__<thing>``, earlier theme tables, all at their passed version.
Writes: ``6_derived/<theme>__<table>``.
Promise: dependencies are what the SQL names; only allow-listed tables and functions; recomputable from a release.
Fails with: CatalogError for SQL that is not one SELECT or reads anything undeclared.
"""
