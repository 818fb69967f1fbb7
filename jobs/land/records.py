"""Where the records of delimited text begin and end, and which of them are sound.

A field is quoted from its first character to a quote before the next delimiter, or not quoted at all; quotes inside
an unquoted field are text, as in ``36°37'37.8"N``. A record is unsound when text follows a closing quote, when a
quote closes what none opened, or when a quote is never closed: taking it for text could shift what follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from jobs.errors import SourceError

MAX_RECORD = 1 << 20
"""Bytes after which an open quote counts as never closed."""
UNSOUND = -1
BLANK = 0

_LF, _CR, _DIGITS = 0x0A, 0x0D, 0x30
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Dialect:
    """Delimiter and quote, one ASCII character each; no quote means that quotes are text."""

    delimiter: bytes
    quote: bytes

    @classmethod
    def of(cls, delimiter: str, quote: str) -> Dialect:
        """From declared characters; SourceError where one takes more than a byte."""
        for character in (delimiter, quote):
            if len(character.encode()) > 1:
                raise SourceError(f"{character!r} is not one ASCII character", remedy="Correct the declared format")
        return cls(delimiter.encode(), quote.encode())


@dataclass(frozen=True)
class Records:
    """Half-open byte ranges of whole records with their line ends, the number of fields of each (``UNSOUND``,
    ``BLANK``), and where the first incomplete record begins."""

    starts: Numbers
    ends: Numbers
    fields: Numbers
    consumed: int


def split_records(data: bytes, dialect: Dialect, final: bool) -> Records:
    """Records of ``data``, which begins at a record; the last one may lack its line end only if ``final``."""
    if final and data and data[-1] not in (_LF, _CR):
        data += b"\n"
    records = _regular(data, dialect, final)
    if records and (not dialect.quote or len(data) - records.consumed <= (0 if final else MAX_RECORD)):
        return records
    return _irregular(data, dialect, final)


def _regular(data: bytes, dialect: Dialect, final: bool) -> Records | None:
    """All at once, as long as every quote opens, closes or doubles where a writer would put it; else None.

    A CR that ends the data may be half a line end: it ends a record only if ``final``.
    """
    codes = np.frombuffer(data, np.uint8)
    places = _places(codes, dialect)
    found = codes[places]
    ends, cuts = places[found == _LF], places[found == dialect.delimiter[0]]
    if len(alone := _lone_returns(codes, places[found == _CR], final)):
        ends = np.sort(np.concatenate((ends, alone)))
    if dialect.quote and len(quotes := places[found == dialect.quote[0]]):
        if not _well_placed(codes, quotes, dialect.delimiter[0]):
            return None
        ends, cuts = _outside(ends, quotes), _outside(cuts, quotes)
    stops = ends + 1
    starts = np.concatenate(([0], stops[:-1])) if len(stops) else stops
    fields = np.diff(np.searchsorted(cuts, stops), prepend=0) + 1
    empty = (stops - starts == 1) | ((stops - starts == 2) & (codes[starts] == _CR))
    return Records(starts, stops, np.where(empty, BLANK, fields), int(stops[-1]) if len(stops) else 0)


def _places(codes: npt.NDArray[np.uint8], dialect: Dialect) -> Numbers:
    """Where a line end, a delimiter or a quote may be: all that is below the largest of them in one pass, but with a
    delimiter beyond the digits that would be most of a text."""
    delimiter, others = dialect.delimiter[0], max(_LF, _CR, *dialect.quote)
    if delimiter < _DIGITS:
        return np.flatnonzero(codes <= max(delimiter, others))
    return np.flatnonzero((codes <= others) | (codes == delimiter))


def _lone_returns(codes: npt.NDArray[np.uint8], returns: Numbers, final: bool) -> Numbers:
    """Those of the CRs that end a record by themselves."""
    if not len(returns):
        return returns
    last = len(codes) - 1
    alone: Numbers = returns[codes[np.minimum(returns + 1, last)] != _LF]
    return alone[:-1] if len(alone) and alone[-1] == last and not final else alone


def line_ends(data: bytes, ends: Numbers) -> Numbers:
    """How records of ``data`` end, those that do: 0 by LF, 1 by CR, 2 by both."""
    whole = ends[ends <= len(data)]
    codes = np.frombuffer(data, np.uint8)
    last, before = codes[whole - 1], codes[np.maximum(whole - 2, 0)]
    kinds = np.where(last == _CR, 1, np.where((before == _CR) & (whole > 1), 2, 0))
    ended: Numbers = kinds[(last == _LF) | (last == _CR)]
    return ended


def _outside(places: Numbers, quotes: Numbers) -> Numbers:
    """The places that are not between an opening quote and its closing one."""
    opened, closed = np.searchsorted(places, quotes[0::2]), np.searchsorted(places, quotes[1::2])
    if len(opened) == len(closed) and np.array_equal(opened, closed):
        return places
    inside = np.maximum(closed - opened[: len(closed)], 0)
    held = np.ones(len(places), np.bool_)
    before = np.cumsum(inside) - inside
    held[np.arange(int(inside.sum())) + np.repeat(opened[: len(closed)] - before, inside)] = False
    if len(opened) > len(closed):
        held[opened[-1] :] = False
    outside: Numbers = places[held]
    return outside


def _well_placed(codes: npt.NDArray[np.uint8], quotes: Numbers, delimiter: int) -> bool:
    """Whether opening quotes follow an edge or a closing quote they double, and closing quotes precede the same."""
    edge = np.zeros(256, np.bool_)
    edge[[_LF, _CR, delimiter]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    doubled = np.zeros(len(opening), np.bool_)
    doubled[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    at_edge = (opening == 0) | edge[codes[opening - 1]]
    if not bool(np.all(at_edge | doubled)):
        return False
    last = closing + 1 == len(codes)
    followed = np.append(doubled[1:], False)[: len(closing)]
    return bool(np.all(last | edge[codes[np.minimum(closing + 1, len(codes) - 1)]] | followed))


@dataclass(frozen=True)
class _Patterns:
    record: re.Pattern[bytes]
    cut_short: re.Pattern[bytes]
    quoted: re.Pattern[bytes]
    dangling: re.Pattern[bytes]


@lru_cache
def _patterns(dialect: Dialect) -> _Patterns:
    cut = re.escape(dialect.delimiter)
    quote = re.escape(dialect.quote)
    inside = quote + b"[^" + quote + b"]*+(?:" + quote + quote + b"[^" + quote + b"]*+)*+"
    quoted = inside + quote
    plain = b"(?!" + quote + b")[^" + cut + b"\r\n]*+"
    field = b"(?:" + quoted + b"|" + plain + b")"
    return _Patterns(
        _record(field, cut),
        re.compile(b"(?:" + field + cut + b")*+(?:" + inside + quote + b"?|" + plain + b")\\Z"),
        re.compile(quoted),
        re.compile(b"[^" + cut + b"\r\n]" + quote + b"(?=[" + cut + b"\r\n])"),
    )


def _record(field: bytes, cut: bytes) -> re.Pattern[bytes]:
    return re.compile(field + b"(?:" + cut + field + b")*+(?:\r\n|\n|\r)")


def _irregular(data: bytes, dialect: Dialect, final: bool) -> Records:
    """Record by record; an unsound one ends with its line, so that it takes no other with it."""
    patterns = _patterns(dialect)
    ends, fields, at = [], [], 0
    while at < len(data):
        match = patterns.record.match(data, at)
        if match and not final and match.end() == len(data) and data[-1] == _CR:
            break
        if match:
            stop, count = match.end(), _fields(data[at : match.end()], dialect, patterns)
        elif not final and len(data) - at <= MAX_RECORD and patterns.cut_short.match(data, at):
            break
        else:
            line = re.compile(b"[\r\n]").search(data, at)
            if line is None or (not final and line.end() == len(data) and data[-1] == _CR):
                break
            stop, count = line.end() + (data[line.start() : line.end() + 1] == b"\r\n"), UNSOUND
        ends.append(stop)
        fields.append(count)
        at = stop
    stops = np.array(ends, np.int64)
    return Records(np.concatenate(([0], stops[:-1])) if ends else stops, stops, np.array(fields, np.int64), at)


def _fields(record: bytes, dialect: Dialect, patterns: _Patterns) -> int:
    if not record.strip(b"\r\n"):
        return BLANK
    if dialect.quote not in record:
        return record.count(dialect.delimiter) + 1
    bare = _without_quoted(record, dialect, patterns)
    return UNSOUND if patterns.dangling.search(bare) else bare.count(dialect.delimiter) + 1


def _without_quoted(record: bytes, dialect: Dialect, patterns: _Patterns) -> bytes:
    """The record with every quoted field emptied; quotes inside unquoted fields stay."""
    parts, at = [], 0
    while True:
        quoted = patterns.quoted.match(record, at)
        start = quoted.end() if quoted else at
        cut = record.find(dialect.delimiter, start)
        parts.append(record[start : cut + 1] if cut >= 0 else record[start:])
        if cut < 0:
            return b"".join(parts)
        at = cut + 1
