"""Who wins a cell and what is a conflict, as the engine finds it and as the rule reads: seeded claims of every kind."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from jobs.fuse.plan import conflicts_sql, placed_sql, winners_sql
from jobs.fuse.policy import FALLBACK, SCHEMA, SUSPECT, UNOFFICIAL, Say
from jobs.lake.memory import collected

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.engine

_DAYS = ("2026-01-09", "2026-01-10", "2025-12-31 08:00:00", None)
_MENTION = ("resource", "role", "record_key")
Record = dict[str, Any]


def _record(dice: random.Random, number: int) -> Record:
    """Values: 1 decides a group, 3 is a day, 4 a class; the second doubt is that of 1, the third that of 2."""
    values = [dice.choice(["甲", "乙", None]), dice.choice(["=x", "", "𠀀", None]), dice.choice(_DAYS)]
    return {
        "resource": dice.choice(["a.b.c", "d.e.f", "g.h.i"]),
        "role": dice.choice(["holder", "agent"]),
        "record_key": f"k{number}",
        "load_id": f"l{number % 7}",
        "row_no": dice.choice([2, 10, 9_000_000_000]),
        "from_seq": dice.choice([9, 10, 202_603_020_001]),
        "vals": [*values, dice.choice(["12A", "31B", None])],
        "doubts": [None, dice.choice([1, None, None]), dice.choice([1, None, None])],
    }


def _says() -> list[Say]:
    """Equals by the latest day, a group with a fallback, a case, and values that only conflict."""
    says = []
    for role in ("holder", "agent"):
        for rank, resource in enumerate(("a.b.c", "d.e.f")):
            says += [
                Say(resource, role, "name", 1, 1, 2, 2, rank, True, FALLBACK * rank),
                Say(resource, role, "note", 2, 1, 3, 2, rank, False, FALLBACK * rank),
                Say(resource, role, "note", 2, 2, 3, 3, None, True, 0),
                Say(resource, role, "kind", 4, 4, 1, 1, 10 - rank, False, 0, case=4, pattern="12%"),
                Say(resource, role, "kind", 4, 4, 1, 1, 11, True, UNOFFICIAL, latest=3),
            ]
        says.append(Say("g.h.i", role, "name", 1, 1, 2, 2, None, True, 0))
        says += [Say(r, role, "day", 3, 3, 1, 1, 0, True, UNOFFICIAL, latest=3) for r in ("a.b.c", "d.e.f", "g.h.i")]
    return says


def _claims(records: list[Record]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Every standing claim of a cell, as ``Say`` tells it."""
    found = defaultdict(list)
    for record in records:
        for say in _says():
            mine = (say.resource, say.role) == (record["resource"], record["role"])
            vals, doubts = [None, *record["vals"]], [None, *record["doubts"]]
            stands = vals[say.lead] is not None and (not say.case or str(vals[say.case] or "").startswith("12"))
            if mine and stands:
                bits = say.bits + (doubts[say.doubt] or 0) * SUSPECT
                claim = {"say": say, "value": vals[say.position], "place": record["place"], "bits": bits}
                newest = (vals[say.latest] or "" if say.latest else "", record["from_seq"], record["row_no"])
                order = (-(doubts[say.lead_doubt] or 0), -(say.rank or 0), *newest, -record["place"])
                found[record["canonical_id"], say.element].append(claim | {"order": order, "record": record})
    return found


def _asked(session: SparkSession, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = collected(session.sql(sql)).to_pylist()
    return rows


def _offer(session: SparkSession, dice: random.Random) -> None:
    """The views ``placed``, ``authority`` and ``winners`` of four hundred records that speak of sixty entities."""
    records = [_record(dice, number) for number in range(400)]
    lists = {"vals": pa.list_(pa.string()), "doubts": pa.list_(pa.int32())}
    kinds = {"row_no": pa.int64(), "from_seq": pa.int64()} | lists
    tables = {
        "records": pa.Table.from_pylist(records, pa.schema([(n, kinds.get(n, pa.string())) for n in records[0]])),
        "registry": pa.Table.from_pylist(
            [
                {"canonical_id": f"e{dice.randrange(60)}"} | {name: record[name] for name in _MENTION}
                for record in records
            ]
        ),
        "authority": pa.Table.from_pylist([vars(say) for say in _says()], SCHEMA),
    }
    for name, table in tables.items():
        session.createDataFrame(table).createOrReplaceTempView(name)
    session.sql(placed_sql("records", "registry")).createOrReplaceTempView("placed")
    session.sql(winners_sql("placed", "authority")).createOrReplaceTempView("winners")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_winner_of_a_cell_and_its_conflicts_are_those_of_the_rule(session: SparkSession, seed: int) -> None:
    _offer(session, random.Random(seed))  # noqa: S311
    claims = _claims(_asked(session, "SELECT * FROM placed"))
    best = {
        key: max((c for c in of if c["say"].rank is not None), key=lambda c: c["order"], default=None)
        for key, of in claims.items()
    }
    won = {key: claim for key, claim in best.items() if claim and claim["value"] is not None}
    assert len(won) > 150
    assert any(len({c["value"] for c in of}) > 2 for of in claims.values())
    assert {
        (w["canonical_id"], w["element"], w["value"], w["place"], w["cell"])
        for w in _asked(session, "SELECT * FROM winners")
    } == {(*key, claim["value"], claim["place"], claim["place"] * 8 + claim["bits"]) for key, claim in won.items()}

    lost = sorted(
        (*key, won[key]["value"], won[key]["record"]["resource"], c["value"], c["record"]["record_key"])
        for key, of in claims.items()
        if key in won
        for c in of
        if c["say"].heard and c["value"] not in (None, won[key]["value"])
    )
    columns = ("canonical_id", "element", "chosen", "chosen_resource", "value", "record_key")
    found = _asked(session, conflicts_sql("placed", "authority", "winners"))
    assert sorted(tuple(row[c] for c in columns) for row in found) == lost
