"""Standardise: what is read together in memory is what the engine would have made of each table alone."""
