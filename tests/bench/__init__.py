"""Measurements: each module makes its own data, runs beside its peers, and holds its figure against a goal."""
