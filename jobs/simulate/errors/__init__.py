"""Kinds of planted errors: of cells by what the cell holds, of codes by their table, of whole rows."""

from jobs.simulate.errors.dates import DATES, DISPUTES
from jobs.simulate.errors.identifiers import IDENTIFIERS
from jobs.simulate.errors.kind import KEEP, NONE, STANDS, STRANGER, SUSPECT, Kind, is_number_18
from jobs.simulate.errors.names import NAMES
from jobs.simulate.errors.numbers import NUMBERS
from jobs.simulate.errors.texts import TEXTS

KINDS = (*IDENTIFIERS, *NAMES, *DATES, *NUMBERS, *TEXTS, *DISPUTES)
CODE_KINDS = ("code_name", "code_spelling", "code_unseen")
"""Written from the code table: its name for the code, a spelling known from deliveries, a code that it lacks."""
ROW_KINDS = ("row_shifted", "row_broken", "row_garbled", "row_key_missing", "row_repeated", "row_corrected")
"""A field too many; a line that is no object; text decoded wrongly before it was sent; no key; the same row twice in a
file; a row and its correction in one file."""
STRANGER_KIND = "id_of_another"
"""A valid number, but somebody else's."""

__all__ = [
    "CODE_KINDS",
    "KEEP",
    "KINDS",
    "NONE",
    "ROW_KINDS",
    "STANDS",
    "STRANGER",
    "STRANGER_KIND",
    "SUSPECT",
    "Kind",
    "is_number_18",
]
