"""A synthetic city with known truth: a world, what departments deliver of it, and what they get wrong.

Writes ``<out>/inbox`` (what a pipeline may read) and ``<out>/truth`` (what it must never read). It imports only
:mod:`jobs.contracts`: never the code it is to judge. Same seed, same bytes.
"""

from jobs.simulate.city import simulate

__all__ = ["simulate"]
