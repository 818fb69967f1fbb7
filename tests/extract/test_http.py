"""What an API may ask for and how it may page: patience, dates, double readings, and pages that are none."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.contracts import Paging
from jobs.errors import SourceError
from jobs.extract import http
from jobs.extract.pages import Page, Reading, read_page
from tests.extract.certificates import Authority
from tests.extract.city import City, blob_of, deliveries, run
from tests.extract.rigs.apis import SIZE, Api, CursorApi, PagedApi
from tests.land.home import RESOURCE


@pytest.fixture
def api(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.01)
    with PagedApi(tmp_path, authority) as made:
        made.put()
        yield made  # type: ignore[misc]


@pytest.fixture
def city(api: Api, monkeypatch: pytest.MonkeyPatch) -> City:
    return City(api, monkeypatch)


def test_records_are_kept_as_they_were_written(city: City, api: Api) -> None:
    ctx = city.connect()
    run(ctx)
    first = blob_of(ctx).read_text(encoding="utf-8").splitlines()[0]
    assert first == api.lines()[0], "no float, no other layout"
    manifest = json.loads(deliveries(ctx)[0]["manifest"])
    assert (manifest["rows"], manifest["pages"]) == (2300, 5)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(city: City, api: Api, status: int) -> None:
    api.status = [(status, {}), (status, {"Retry-After": "soon"}), (status, {"Retry-After": "0"})]
    assert run(city.connect())[RESOURCE].rows == 1
    assert len(api.asked) == 5 + 3


FINAL = {404: "answered 404", 302: "another address", 403: "credentials", 204: "answered 204"}


@pytest.mark.parametrize("status", FINAL)
def test_what_will_not_pass_is_asked_once(city: City, api: Api, status: int) -> None:
    api.status = [(status, {"Location": "https://127.0.0.1:1/"})]
    assert FINAL[status] in run(city.connect())[RESOURCE].note
    assert len(api.asked) == 1


def test_the_server_is_left_alone_as_long_as_it_asks(city: City, api: Api) -> None:
    api.status = [(429, {"Retry-After": "1"})]
    began = time.monotonic()
    assert run(city.connect())[RESOURCE].rows == 1
    assert time.monotonic() - began >= 1
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    api.status = [(503, {"Retry-After": email.utils.format_datetime(soon, usegmt=True)})]
    assert run(replace(city.connect(), as_of="2026-03-03"))[RESOURCE].rows == 1
    assert datetime.now(UTC) >= soon.replace(microsecond=0)


def test_a_day_is_asked_for_once_and_told_of_the_day_before(city: City, api: Api) -> None:
    wanted = {"day": "{date}", "after": "{since}", "appKey": "{secret:dep_app}"}
    ctx = city.connect(params=wanted)
    run(ctx)
    assert {(q["day"], q.get("after", "")) for q in api.asked} == {("2026-03-02", "")}
    api.asked.clear()
    run(ctx)
    assert api.asked == []
    run(replace(ctx, as_of="2026-03-04"))
    assert {(q["day"], q["after"]) for q in api.asked} == {("2026-03-04", "2026-03-02")}
    assert [row["period"] for row in deliveries(ctx)] == ["2026-03-02", "2026-03-04"]


def test_without_a_total_two_readings_must_agree(city: City, api: Api) -> None:
    api.with_total = False
    assert run(city.connect())[RESOURCE].rows == 1
    assert len(api.asked) == 2 * 6, "until a page is empty, twice"
    ctx = replace(city.connect(), as_of="2026-03-03")
    pages, api.lines = api.lines, lambda: pages()[len(api.asked) // 18 :]  # type: ignore[method-assign]
    note = run(ctx)[RESOURCE].note
    assert "two readings differ" in note
    assert len(deliveries(ctx)) == 1


def test_rows_that_move_between_pages_are_found_though_the_total_stays(city: City, api: Api) -> None:
    """One row more at the top and one less at the end, after the second page: its last row comes again."""
    lines, moved = api.lines(), ['{"编号": -1}', *api.lines()[:-1]]
    api.lines = lambda: lines if len(api.asked) <= 2 else moved  # type: ignore[method-assign]
    ctx = city.connect()
    assert "two readings differ" in run(ctx)[RESOURCE].note
    assert deliveries(ctx) == []
    assert run(ctx)[RESOURCE].note == "", "it has come to rest"
    assert blob_of(ctx).read_text(encoding="utf-8").splitlines() == moved


def test_rows_that_a_source_holds_twice_are_taken(city: City, api: Api) -> None:
    lines = api.lines()
    lines[SIZE] = lines[SIZE - 1]
    api.lines = lambda: lines  # type: ignore[method-assign]
    ctx = city.connect()
    assert run(ctx)[RESOURCE].note == ""
    assert len(api.asked) == 2 * 5, "read twice, and twice the same"
    assert blob_of(ctx).read_text(encoding="utf-8").splitlines() == lines


def test_silence_is_not_an_empty_resource(city: City, api: Api) -> None:
    api.lines = list  # type: ignore[method-assign,assignment]
    api.with_total = False
    assert "the answer holds no record" in run(city.connect())[RESOURCE].note


def test_over_http_only_if_that_is_declared(city: City, api: Api) -> None:
    from jobs.contracts import CatalogFaults

    url = f"http://127.0.0.1:{api.port}/v1/things"
    with pytest.raises(CatalogFaults, match="or `unencrypted: true`"):
        run(city.connect(url=url))
    assert "did not answer" in run(city.connect(url=url, unencrypted=True))[RESOURCE].note, "it speaks TLS only"


def test_a_cursor_that_leads_back_is_found(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CursorApi(tmp_path, authority) as api:
        api.put()
        assert isinstance(api, CursorApi)
        page = api._page
        monkeypatch.setattr(api, "_page", lambda n: page(n).replace(b'"c1500"', b'"c500"'))
        assert "leads back to a page that was read before" in run(City(api, monkeypatch).connect())[RESOURCE].note


def test_a_total_that_is_none_is_an_error() -> None:
    paging = Paging(by="page", param="p", size=SIZE, total="total")
    for told in (None, "many", -1, 1.5, [3], True):
        with pytest.raises(SourceError, match="tells no number of records"):
            Reading(paging).add(Page(["{}"], {"total": told}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), lambda inner: st.lists(inner)
)


@rules(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=5),
    st.dictionaries(st.text(), VALUES, max_size=3),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_records_are_found_in_any_document(
    records: list[dict[str, object]], beside: dict[str, object], indent: int | None, is_ascii: bool
) -> None:
    document = {**beside, "data": {**beside, "list": records, "total": len(records)}}
    text = json.dumps(document, indent=indent, ensure_ascii=is_ascii)
    page = read_page(text, "data.list")
    assert [json.loads(record) for record in page.records] == records
    assert not any("\n" in record or "\r" in record for record in page.records)
    assert page.value("data.total") == len(records)
    assert read_page(json.dumps(records, indent=indent), "").said == records


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"data": [1', '{"data": {"list": {}}}', '{"data": {"list": null}}', "[" * 100_000, "1"]
)
def test_what_is_no_list_of_records_is_an_error(text: str) -> None:
    with pytest.raises(SourceError, match="not JSON with a list at 'data.list'"):
        read_page(text, "data.list")
