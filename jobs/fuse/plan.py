"""One plan per entity: claims of all sources in one narrow frame, a row a claim, and the first of each element wins.

A record carries its elements by position; a join with the authority table turns it into claims (canonical id,
element, value). However many elements and sources there are, the plan stays small: one join and one aggregate instead
of one an element.

A claim's ``standing`` is a text that sorts as claims are ranked, and ends with the claim: the highest of a cell is its
winner, in half the time that a window takes to sort them all.
"""

from __future__ import annotations

from jobs.contracts import Entity
from jobs.fuse.policy import SUSPECT, doubted_of, elements_of
from jobs.rules.mentions import MentionSource, suspect_sql, value_sql
from jobs.rules.sql import in_list, literal, name

_DIGITS = 19
"""Of a BIGINT."""

_LATEST = 26
"""Characters by which the latest value is known: those of a timestamp."""

_MOST_RANKS, _MOST_CELLS = 9_999, 9_999_999_999
"""What is subtracted from these has as many digits as they have, and sorts the other way round."""

_SOURCE = ("place", "resource", "role", "record_key", "load_id", "row_no", "from_seq")


def records_select(entity: Entity, source: MentionSource, view: str, types: dict[str, str]) -> str:
    """Current records of one source: ``vals`` holds its elements by position, values as text; ``doubts`` has 1 where
    one that may be suspect is, else null."""
    values = [_text(source, element, types.get(element)) for element in elements_of(entity, source)]
    doubted = [suspect_sql(source, element) for element in doubted_of(entity, source)]
    doubts = [f"CASE WHEN {suspect} THEN 1 END" for suspect in ("FALSE", *doubted)]
    where = ["_fate = 'current' AND NOT _is_deleted"]
    where += [in_list(name(column), found) for column, found in sorted(source.mention.where.items())]
    return (
        f"SELECT {literal(source.id)} AS resource, {literal(source.role)} AS role, _key AS record_key, "
        f"_load_id AS load_id, _row_no AS row_no, _from_seq AS from_seq, array({', '.join(values)}) AS vals, "
        f"array({', '.join(doubts)}) AS doubts FROM {view} WHERE {' AND '.join(where)}"
    )


def _text(source: MentionSource, element: str, kind: str | None) -> str:
    if element not in source.elements:
        return "CAST(NULL AS STRING)"
    value = value_sql(source, element)
    typed = f"CAST({value} AS {kind})" if kind and kind != "string" else value
    return f"CAST({typed} AS STRING)"


def placed_sql(records: str, registry: str) -> str:
    """``records``, a table or a query in brackets, with the entity they speak of and their ``place`` in it."""
    return f"""
    SELECT r.canonical_id,
      row_number() OVER (PARTITION BY r.canonical_id ORDER BY s.resource, s.role, s.record_key) - 1 AS place, s.*,
      concat(lpad(CAST(from_seq AS STRING), {_DIGITS}, '0'), lpad(CAST(row_no AS STRING), {_DIGITS}, '0')) AS recency
    FROM {records} s JOIN {registry} r
    ON s.record_key = r.record_key AND s.resource = r.resource AND s.role = r.role
    """


def winners_sql(placed: str, authority: str) -> str:
    """The claim that counts, per entity and element: sound before doubtful, then by authority, then the latest. It
    stands where its deciding element has a value and its case holds."""
    latest = "CASE WHEN a.latest > 0 THEN coalesce(element_at(vals, greatest(a.latest, 1)), '') ELSE '' END"
    bits = f"a.bits + coalesce(element_at(doubts, a.doubt), 0) * {SUSPECT}"
    said = (
        f"CAST({_MOST_CELLS} - (place * 8 + {bits}) AS STRING), coalesce(concat('=', element_at(vals, a.position)), '')"
    )
    standing = f"""concat(CASE WHEN element_at(doubts, a.lead_doubt) = 1 THEN '0' ELSE '1' END,
        CAST({_MOST_RANKS} - a.rank AS STRING), rpad({latest}, {_LATEST}, ' '), recency, {said})"""
    claims = f"""
      SELECT canonical_id, a.element, {standing} AS standing FROM {placed} p JOIN {authority} a
      ON p.resource = a.resource AND p.role = a.role
      WHERE a.rank IS NOT NULL AND element_at(vals, a.lead) IS NOT NULL
        AND (a.`case` = 0 OR element_at(vals, greatest(a.`case`, 1)) LIKE a.pattern)"""
    at_cell = 1 + len(str(_MOST_RANKS)) + _LATEST + 2 * _DIGITS + 1
    at_value = at_cell + len(str(_MOST_CELLS))
    digits = f"CAST(substring(best, {at_cell}, {at_value - at_cell}) AS BIGINT)"
    return f"""
    SELECT canonical_id, element, value, CAST(cell AS INT) AS cell, CAST(floor(cell / 8) AS INT) AS place
    FROM (
      SELECT canonical_id, element, substring(best, {at_value + 1}) AS value, {_MOST_CELLS} - {digits} AS cell
      FROM (SELECT canonical_id, element, max(standing) AS best FROM ({claims}) GROUP BY canonical_id, element)
      WHERE substring(best, {at_value}, 1) = '=')
    """


def fused_sql(placed: str, winners: str, types: dict[str, str], aggregates: bool) -> str:
    """One row per canonical id: values, ``_sources`` (records in order of place), ``_cells`` (place × 8 + bits).

    ``aggregates`` says how winners become columns, with the same result: one aggregate an element is what Sail does
    in a third of the time, because it copies a map at every look-up; without compiled code Spark is quicker by a map.
    """
    known = _by_aggregates(winners, types) if aggregates else _by_map(winners, types)
    source = ", ".join(f"'{field}', {field}" for field in _SOURCE)
    return f"""
    WITH known AS ({known}), entities AS (
      SELECT canonical_id, array_sort(collect_list(named_struct({source}))) AS _sources
      FROM {placed} GROUP BY canonical_id
    )
    SELECT e.canonical_id, {", ".join(f"CAST(k.{name(e)} AS {t}) AS {name(e)}" for e, t in types.items())},
      e._sources, named_struct({", ".join(f"{literal(e)}, k.{name(e + '__cell')}" for e in types)}) AS _cells
    FROM entities e LEFT JOIN known k ON e.canonical_id = k.canonical_id
    """


def _by_aggregates(winners: str, types: dict[str, str]) -> str:
    picked = [
        f"max(CASE WHEN element = {literal(element)} THEN {column} END) AS {name(element + suffix)}"
        for element in types
        for column, suffix in (("value", ""), ("cell", "__cell"))
    ]
    return f"SELECT canonical_id, {', '.join(picked)} FROM {winners} GROUP BY canonical_id"


def _by_map(winners: str, types: dict[str, str]) -> str:
    picked = [
        f"element_at(won, {literal(element)}).{column} AS {name(element + suffix)}"
        for element in types
        for column, suffix in (("value", ""), ("cell", "__cell"))
    ]
    return f"""SELECT canonical_id, {", ".join(picked)} FROM (
      SELECT canonical_id, map_from_entries(collect_list(named_struct('key', element, 'value',
        named_struct('value', value, 'cell', cell)))) AS won
      FROM {winners} GROUP BY canonical_id)"""


def conflicts_sql(placed: str, authority: str, winners: str) -> str:
    """Losing values that differ from the chosen one, and whose they are. A claim that is heard stands by its own value,
    so records are spread into values before they meet the authority: a join copies every array it passes on."""
    values = f"SELECT canonical_id, place, resource, role, posexplode(vals) AS (nth, value) FROM {placed}"
    heard = f"""
      SELECT v.canonical_id, v.place, a.element, v.value FROM ({values}) v JOIN {authority} a
      ON v.resource = a.resource AND v.role = a.role AND v.nth + 1 = a.position
      WHERE a.heard AND v.value IS NOT NULL"""
    return f"""
    WITH lost AS (
      SELECT c.canonical_id, c.element, w.value AS chosen, w.place AS chosen_place, c.value, c.place
      FROM ({heard}) c JOIN {winners} w ON c.canonical_id = w.canonical_id AND c.element = w.element
      WHERE c.value <> w.value)
    SELECT l.canonical_id, l.element, l.chosen, w.resource AS chosen_resource, l.value, p.resource, p.role,
      p.record_key, p.load_id AS _load_id, p.row_no AS _row_no
    FROM lost l JOIN {placed} p ON l.canonical_id = p.canonical_id AND l.place = p.place
    JOIN {placed} w ON l.canonical_id = w.canonical_id AND l.chosen_place = w.place
    """
