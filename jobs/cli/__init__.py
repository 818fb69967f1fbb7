"""The command ``brain``: data on stdout, progress on stderr, ``--json`` on everything that prints facts."""

from jobs.cli.app import invoke, main

__all__ = ["invoke", "main"]
