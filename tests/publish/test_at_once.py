"""The files of two roles are built at once: what both ask of the lake must not get mixed up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from jobs.context import Context
from jobs.publish import job as publish
from jobs.serve import job as serve

TURNS = 60


def test_facts_of_a_release_are_the_same_from_any_thread(ctx: Context) -> None:
    manifest, _ = publish.run(ctx, publish.begin(ctx))
    expected = serve._release_tables(ctx, manifest)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: serve._release_tables(ctx, manifest), range(TURNS)))
    assert all(tables == expected for tables in found)
