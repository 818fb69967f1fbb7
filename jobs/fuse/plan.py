"""One plan per entity: claims of all sources in one frame, the winner of every element by its order."""

from __future__ import annotations

from jobs.contracts import Entity
from jobs.fuse.policy import SUSPECT, group_of, order_of
from jobs.rules.mentions import MentionSource, suspect_sql, value_sql
from jobs.rules.sql import literal, name

_DESC = "translate({text}, '0123456789', '9876543210')"


def claims_select(entity: Entity, source: MentionSource, view: str, registry: str, types: dict[str, str], as_of: str) -> str:
    """All claims of one source: ``canonical_id``, where they stand, and per element value, order and bits."""
    inner = [f"CAST({value_sql(source, e)} AS {t}) AS {name(e)}" if e in source.elements else f"CAST(NULL AS {t}) AS {name(e)}" for e, t in types.items()]
    doubts = [f"{suspect_sql(source, e)} AS {name(e + '__doubt')}" for e in types if e in source.elements]
    extra = sorted({o.latest for e in types if (o := order_of(entity, e, source, as_of)) and o.latest} - set(types))
    inner += [f"{value_sql(source, e) if e in source.elements else 'CAST(NULL AS TIMESTAMP)'} AS {name(e)}" for e in extra]
    case = sorted({claim.when.split(" ")[0] for chain in entity.authority.values() if isinstance(chain, tuple) for claim in chain if claim.when} - set(types))
    if case:
        raise ValueError(f"authority of {entity.entity} decides by {case}, which has no authority itself")
    columns = [f"{name(e)}" for e in types]
    orders = []
    for element in types:
        order, bits = _order(entity, element, source, as_of)
        orders += [f"{order} AS {name(element + '__order')}", f"{bits} AS {name(element + '__bits')}"]
    return (
        f"SELECT canonical_id, resource, role, record_key, load_id, row_no, from_seq, {', '.join(columns + orders)} FROM ("
        f"SELECT r.canonical_id, r.resource, r.role, r.record_key, s._load_id AS load_id, s._row_no AS row_no, "
        f"s._from_seq AS from_seq, {', '.join(inner + doubts)} FROM {view} s JOIN {registry} r ON r.record_key = s._key "
        f"AND r.resource = {literal(source.id)} AND r.role = {literal(source.role)} "
        f"WHERE s._fate = 'current' AND NOT s._is_deleted)"
    )


def _order(entity: Entity, element: str, source: MentionSource, as_of: str) -> tuple[str, str]:
    """Sort text of a claim (null if there is none to make) and its flag bits."""
    group = group_of(entity, element)
    lead = group.elements[0] if group else element
    rule = order_of(entity, element, source, as_of)
    if rule is None or lead not in source.elements or element not in source.elements and group is None:
        return "CAST(NULL AS STRING)", "0"
    doubt = f"CASE WHEN {name(lead + '__doubt')} THEN '1' ELSE '0' END"
    latest = "''"
    if rule.latest:
        written = f"coalesce(date_format({name(rule.latest)}, 'yyyyMMddHHmmss'), '00000000000000')"
        latest = _DESC.format(text=written)
    sequence = _DESC.format(text="lpad(CAST(from_seq AS STRING), 14, '0')")
    row = _DESC.format(text="lpad(CAST(row_no AS STRING), 12, '0')")
    text = f"concat({doubt}, {rule.rank}, {latest}, {sequence}, {row}, record_key)"
    bits = f"coalesce({rule.bits}, 0)"
    if element in source.elements:
        bits += f" + CASE WHEN {name(element + '__doubt')} THEN {SUSPECT} ELSE 0 END"
    return f"CASE WHEN {name(lead)} IS NOT NULL THEN {text} END", bits


def fused_sql(claims: str, types: dict[str, str]) -> str:
    """One row per canonical id: values, ``_sources`` (mentions in order) and ``_cells`` (source × 8 + bits)."""
    winners = ", ".join(
        f"min_by(named_struct('v', {name(e)}, 'c', CAST(place * 8 + {name(e + '__bits')} AS INT)), {name(e + '__order')}) AS {name(e)}"
        for e in types
    )
    values = ", ".join(f"{name(e)}.v AS {name(e)}" for e in types)
    cells = ", ".join(f"'{e}', CASE WHEN {name(e)}.v IS NOT NULL THEN {name(e)}.c END" for e in types)
    return f"""
    WITH placed AS (
      SELECT *, row_number() OVER (PARTITION BY canonical_id ORDER BY resource, role, record_key) - 1 AS place FROM {claims}
    ), won AS (
      SELECT canonical_id, {winners},
        array_sort(collect_list(named_struct('place', place, 'resource', resource, 'role', role, 'record_key', record_key,
          'load_id', load_id, 'row_no', row_no, 'from_seq', from_seq))) AS _sources
      FROM placed GROUP BY canonical_id
    )
    SELECT canonical_id, {values}, _sources, named_struct({cells}) AS _cells FROM won
    """


def conflicts_sql(claims: str, fused: str, entity: Entity, sources: list[MentionSource], types: dict[str, str]) -> str:
    """Losing values that differ from the chosen one."""
    shared = [e for e in types if sum(e in source.elements for source in sources) > 1]
    if not shared:
        return ""
    items = ", ".join(
        f"named_struct('element', '{e}', 'chosen', CAST(f.{name(e)} AS STRING), 'value', CAST(c.{name(e)} AS STRING), "
        f"'place', CAST(floor(f._cells.{name(e)} / 8) AS INT))"
        for e in shared
    )
    return f"""
    SELECT canonical_id, item.element AS element, item.chosen AS chosen, element_at(_sources, item.place + 1).resource AS
      chosen_resource, item.value AS value, resource, role, record_key, load_id AS _load_id, row_no AS _row_no
    FROM (SELECT c.canonical_id, f._sources, c.resource, c.role, c.record_key, c.load_id, c.row_no,
            explode(filter(array({items}), i -> i.value IS NOT NULL AND i.chosen IS NOT NULL AND i.value <> i.chosen)) AS item
          FROM {claims} c JOIN {fused} f ON c.canonical_id = f.canonical_id)
    """
