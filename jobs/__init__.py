"""The data brain's one importable package: nine verbs, and the nouns that serve them.

``brain`` (= ``python -m jobs``) is its command. Verbs, in their order, are listed in :mod:`jobs.stages`.
"""

__version__ = "0.1.0"
