"""What departments say of things: a resource's columns, each as a function from a thing to canonical text.

Canonical: days ``yyyy-MM-dd``, times ``yyyy-MM-dd HH:mm:ss``, codes of the element's table, numbers in the
element's unit. Where sources truly differ (an old address, a former name, a stale marital status) the difference
depends on the resource and the thing, so it stays.
"""

from jobs.simulate.speech.columns import makers_of
from jobs.simulate.speech.voice import Maker, Voice

__all__ = ["Maker", "Voice", "makers_of"]
