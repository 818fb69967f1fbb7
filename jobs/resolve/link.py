"""Deterministic linking: valid strong keys, unless the names contradict.

A weaker key (a register's own number) leads to the stronger one through any mention that has both. Within one key the
mention of the best source is the anchor; a mention whose name agrees with none of the anchor's names is set apart
and reported, because one code on two firms is an error of a code, not one firm.
"""

from __future__ import annotations

from jobs.rules.texts import names_agree


def linked_sql(mentions: str, n_keys: int) -> str:
    """``mention_id, cluster, rule`` and the mention's own columns, from a view of mentions."""
    bridges, joins, best = [], [], "key_1"
    for weaker in range(2, n_keys + 1):
        bridges.append(
            f"bridge_{weaker} AS (SELECT key_{weaker} AS k, min(key_1) AS strong FROM {mentions} "
            f"WHERE key_{weaker} IS NOT NULL AND key_1 IS NOT NULL GROUP BY key_{weaker})"
        )
        joins.append(f"LEFT JOIN bridge_{weaker} b{weaker} ON m.key_{weaker} = b{weaker}.k")
    if n_keys > 1:
        through = ", ".join(f"b{n}.strong" for n in range(2, n_keys + 1))
        own = ", ".join(f"m.key_{n}" for n in range(2, n_keys + 1))
        best = f"coalesce(m.key_1, {through}, {own})"
    else:
        best = "m.key_1"
    with_bridges = ", ".join([*bridges, ""]) if bridges else ""
    return f"""
    WITH {with_bridges} keyed AS (
      SELECT m.*, {best} AS strong FROM {mentions} m {" ".join(joins)}
    ), anchored AS (
      SELECT *, first_value(record_key) OVER (PARTITION BY strong ORDER BY CASE WHEN name IS NULL THEN 1 ELSE 0 END,
        rank, from_seq, record_key, role) AS anchor_key
      FROM keyed
    ), named AS (
      SELECT *, max(CASE WHEN record_key = anchor_key THEN name END) OVER (PARTITION BY strong) AS anchor_name,
        max(CASE WHEN record_key = anchor_key THEN former END) OVER (PARTITION BY strong) AS anchor_former
      FROM anchored
    ), judged AS (
      SELECT *, coalesce({names_agree("name", "anchor_name")}, TRUE)
        OR coalesce({names_agree("name", "anchor_former")}, FALSE)
        OR coalesce({names_agree("former", "anchor_name")}, FALSE) AS agrees
      FROM named
    )
    SELECT mention_id, resource, role, record_key, from_seq,
      CASE WHEN strong IS NULL THEN mention_id WHEN agrees THEN strong ELSE concat(strong, '#', name) END AS cluster,
      CASE WHEN strong IS NULL THEN 'alone' WHEN agrees THEN concat('key:', split(strong, '=')[0])
           ELSE 'name_contradicts' END AS rule
    FROM judged
    """


def registry_sql(linked: str, previous: str, as_of: str) -> str:
    """The new registry: a cluster keeps the oldest id among its mentions', a new cluster gets one of its own.

    An id claimed by two clusters stays with the one that holds the mention it was made from, else its oldest: a mention
    that moves (a firm's new head) must not take the id of those it leaves, who would then make the same id again.
    """
    return f"""
    WITH joined AS (
      SELECT l.*, p.canonical_id AS old_id, p.since AS old_since
      FROM {linked} l LEFT JOIN {previous} p ON l.mention_id = p.mention_id
    ), claims AS (
      SELECT cluster, old_id,
        min(concat(CASE WHEN fresh_id = old_id THEN '0' ELSE '1' END, old_since, mention_id)) AS oldest
      FROM joined
      WHERE old_id IS NOT NULL GROUP BY cluster, old_id
    ), owners AS (
      SELECT old_id, min_by(cluster, oldest) AS cluster, min(oldest) AS oldest FROM claims GROUP BY old_id
    ), kept AS (
      SELECT cluster, min_by(old_id, oldest) AS canonical_id FROM owners GROUP BY cluster
    ), firsts AS (
      SELECT cluster,
        min_by(fresh_id, concat(lpad(CAST(from_seq AS STRING), 20, '0'), resource, mention_id)) AS fresh_id
      FROM joined GROUP BY cluster
    )
    SELECT j.mention_id, coalesce(k.canonical_id, f.fresh_id) AS canonical_id, j.resource, j.role, j.record_key, j.rule,
      coalesce(j.old_since, '{as_of}') AS since, j.old_id AS _old_id
    FROM joined j LEFT JOIN kept k ON j.cluster = k.cluster JOIN firsts f ON j.cluster = f.cluster
    """


def events_sql(registry: str, earlier: str | None, as_of: str) -> str:
    """What happened to ids and what could not be linked, in this run and in all ``earlier`` ones."""
    columns = "as_of, kind, mention_id, resource, from_id, to_id"
    return f"""
    SELECT '{as_of}' AS as_of, 'moved' AS kind, mention_id, resource, _old_id AS from_id, canonical_id AS to_id
    FROM {registry} WHERE _old_id IS NOT NULL AND _old_id <> canonical_id
    UNION SELECT '{as_of}', 'name_contradicts', mention_id, resource, CAST(NULL AS STRING), canonical_id
    FROM {registry} WHERE rule = 'name_contradicts' AND _old_id IS NULL
    {f"UNION SELECT {columns} FROM {earlier}" if earlier else ""}
    """
