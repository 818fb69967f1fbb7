"""Mentions of an entity: one SELECT a (resource, role), all with the same columns."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.contracts import Catalog, Choice, Entity, Mention, MentionField, Resource, carried
from jobs.rules.book import rule_for
from jobs.rules.rule import SUSPECT, may_suspect
from jobs.rules.sql import cases, in_list, literal, looked_up, matches, name
from jobs.rules.texts import folded_name


@dataclass(frozen=True)
class MentionSource:
    """A live resource that mentions the entity in a role, and the elements it carries."""

    resource: Resource
    mention: Mention
    elements: dict[str, str]
    doubted: frozenset[str]
    """Columns whose rule may find a value suspect; a plan that asks the others as well takes half as long again."""

    @property
    def id(self) -> str:
        return self.resource.id

    @property
    def role(self) -> str:
        return self.mention.role


def mention_sources(catalog: Catalog, entity: Entity) -> list[MentionSource]:
    """Live resources that mention the entity, by id and role."""
    return [
        MentionSource(resource, mention, carried(entity, resource, mention), _doubted(catalog, resource))
        for resource in catalog.live.values()
        for mention in resource.mentions
        if mention.entity == entity.entity
    ]


def _doubted(catalog: Catalog, resource: Resource) -> frozenset[str]:
    columns = set()
    for field in resource.fields:
        element = catalog.element_of(field)
        rule = rule_for(element, catalog.code_table_of(field) is not None, field.rule)
        if may_suspect(rule, element.id):
            columns.add(field.column)
    return frozenset(columns)


def value_sql(source: MentionSource, element: str) -> str:
    """Value of an element in a mention, through its codes if it has any.

    A resident id from a column for any document counts only where it is one; its check character was tested when
    the column was standardised.
    """
    column = name(source.elements[element])
    field = source.mention.fields.get(element)
    if isinstance(field, MentionField) and field.codes:
        return looked_up(column, field.codes)
    if element == "resident_id" and element != source.elements[element]:
        sound = matches(column, "^[0-9]{17}[0-9X]$") + sound_sql(source, element)
        return cases([(sound, column)], "CAST(NULL AS STRING)")
    return column


def suspect_sql(source: MentionSource, element: str) -> str:
    """Whether the cell is suspect; null, or nothing to ask, where it is not."""
    column = source.elements.get(element)
    return in_list(f"_flag.{name(column)}", SUSPECT) if column in source.doubted else ""


def sound_sql(source: MentionSource, element: str) -> str:
    """`` AND`` the cell is above suspicion; nothing where it always is."""
    suspect = suspect_sql(source, element)
    return f" AND NOT coalesce({suspect}, FALSE)" if suspect else ""


def key_parts(entity: Entity) -> list[tuple[str, ...]]:
    """Strong keys, the strongest first."""
    return [(key,) if isinstance(key, str) else key for key in entity.keys]


def key_sql(source: MentionSource, key: tuple[str, ...]) -> str:
    """Text of a strong key in a mention; null unless every part is there and above suspicion."""
    if not set(key) <= set(source.elements):
        return "CAST(NULL AS STRING)"
    sound = " AND ".join(f"{value_sql(source, part)} IS NOT NULL{sound_sql(source, part)}" for part in key)
    texts = ", '|', ".join(f"CAST({value_sql(source, part)} AS STRING)" for part in key)
    return f"CASE WHEN {sound} THEN concat({literal('+'.join(key) + '=')}, {texts}) END"


def mention_select(entity: Entity, source: MentionSource, view: str, rank: int) -> str:
    """``resource, role, record_key, from_seq, rank, key_1 …, name, former`` of the current rows of a resource."""
    keys = [f"{key_sql(source, key)} AS key_{n}" for n, key in enumerate(key_parts(entity), 1)]
    former = {"person": "former_name", "organisation": "org_former_name"}.get(entity.entity, "")
    names = [_name(source, entity.name_element, "name"), _name(source, former, "former")]
    where = ["_fate = 'current' AND NOT _is_deleted"]
    where += [in_list(name(column), values) for column, values in sorted(source.mention.where.items())]
    return (
        f"SELECT {literal(source.id)} AS resource, {literal(source.role)} AS role, _key AS record_key, "
        f"_from_seq AS from_seq, {rank} AS rank, {', '.join(keys + names)} FROM {view} WHERE {' AND '.join(where)}"
    )


def _name(source: MentionSource, element: str | None, alias: str) -> str:
    if not element or element not in source.elements:
        return f"CAST(NULL AS STRING) AS {alias}"
    return f"{folded_name(value_sql(source, element))} AS {alias}"


def source_rank(entity: Entity, source: MentionSource) -> int:
    """Place of a source in the authority of the entity's name (else of its first key); last if it has none."""
    element = entity.name_element or key_parts(entity)[0][0]
    chain = entity.authority.get(element, ())
    ids = list(chain.among) if isinstance(chain, Choice) else [claim.source for claim in chain]
    return ids.index(source.id) if source.id in ids else len(ids)
