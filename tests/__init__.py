"""Tests mirror ``jobs/``; lanes are the markers of pyproject.toml."""
