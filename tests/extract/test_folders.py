"""Files in the inbox: whose they are, when they speak of, and what a manifest may say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.contracts import Access
from jobs.errors import SourceError
from jobs.extract.files import Files, compile_pattern, require_plain
from jobs.extract.folders import Folder
from jobs.extract.manifest import parse_manifest
from jobs.extract.source import Offer

ACCESS = Access(kind="files", path="dep/sys", pattern="hj_{period}_{sequence}.csv")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox" / "dep" / "sys").mkdir(parents=True)
    return tmp_path / "inbox"


def _put(inbox: Path, name: str, manifest: object = None) -> Path:
    path = inbox / "dep" / "sys" / name
    path.write_bytes(b"a\n1\n")
    if manifest is not None:
        text = manifest if isinstance(manifest, str) else json.dumps(manifest)
        path.with_name(f"{name}.manifest.json").write_text(text, encoding="utf-8")
    return path


def _found(inbox: Path, access: Access = ACCESS) -> list[Offer]:
    """What is offered; the first error is raised."""
    shelf = Folder(inbox, access.path or "")
    offers = []
    for found in Files("dep.sys.thing", access, "", shelf, lambda _file, _stamp: False).offers():
        if isinstance(found, SourceError):
            raise found
        offers.append(found)
    return offers


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("hj_{period}_{sequence}.csv", "hj_20260301_1.csv", True),
        ("hj_{period}_{sequence}.csv", "hj_20260301_1.csv.manifest.json", False),
        ("hj_{period}_{sequence}.csv", "hj_2026031_1.csv", False),
        ("hj_{period}_{sequence}.csv", "xhj_20260301_1.csv", False),
        ("hj_{period}.csv", "hj_20260301xcsv", False),
        ("*.csv", "任意.csv", True),
        ("a+(b)*.[x]", "a+(b)c.[x]", True),
    ],
)
def test_a_pattern_means_what_it_says(pattern: str, name: str, matches: bool) -> None:
    assert bool(compile_pattern(pattern).fullmatch(name)) is matches


@pytest.mark.parametrize("pattern", ["{day}.csv", "{period}_{period}.csv", "{.csv}", "{}"])
def test_a_pattern_that_cannot_be_read_is_an_error(pattern: str) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        compile_pattern(pattern)


def test_period_and_sequence_come_from_the_name_unless_the_manifest_says_so(inbox: Path) -> None:
    _put(inbox, "hj_20260301_2.csv")
    _put(inbox, "hj_20260302_1.csv", {"period": "2026-02-28", "sequence": 7, "received_at": "2026-03-03T08:00:00"})
    _put(inbox, "other.csv")
    plain, told = _found(inbox)
    assert (plain.period, plain.sequence, plain.received_at) == ("2026-03-01", 2, "2026-03-01T23:59:59")
    assert (told.period, told.sequence, told.received_at) == ("2026-02-28", 7, "2026-03-03T08:00:00")


@pytest.mark.parametrize("name", ["hj_20261301_1.csv", "hj_20260230_1.csv", "hj_20260301_0.csv"])
def test_a_name_that_is_no_day_or_no_place_is_an_error(inbox: Path, name: str) -> None:
    _put(inbox, name)
    with pytest.raises(SourceError, match="period|sequence"):
        _found(inbox)


def test_what_only_stands_in_the_place_of_a_file_is_named_and_not_followed(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "hj_20260301_9.csv"
    secret.write_text("secret")
    folder = inbox / "dep" / "sys"
    (folder / "hj_20260301_1.csv").symlink_to(secret)
    os.mkfifo(folder / "hj_20260301_2.csv")
    (folder / "hj_20260301_3.csv").mkdir()
    _put(inbox, "hj_20260301_4.csv")
    (folder / "hj_20260301_4.csv.manifest.json").symlink_to(secret)
    _put(inbox, "hj_20260301_5.csv")
    (folder / "hj_20260301_6.csv").symlink_to(folder / "hj_20260301_5.csv")
    (folder / "hj_20260301_7.csv").symlink_to(folder / "hj_20260301_7.csv")
    (folder / "another.txt").symlink_to(secret)
    found = list(
        Files("dep.sys.thing", ACCESS, "", Folder(inbox, ACCESS.path or ""), lambda _file, _stamp: False).offers()
    )
    assert [offer.sequence for offer in found if isinstance(offer, Offer)] == [5]
    told = {str(error.where["file"]): error.problem for error in found if isinstance(error, SourceError)}
    assert {name: problem.split(" is ")[0] for name, problem in told.items()} == {
        "hj_20260301_1.csv": "the delivery",
        "hj_20260301_2.csv": "the delivery",
        "hj_20260301_4.csv": "the manifest",
        "hj_20260301_6.csv": "the delivery",
        "hj_20260301_7.csv": "the delivery",
    }
    assert all("not followed" in problem for problem in told.values())


def test_a_name_that_no_shelf_should_hold_is_refused() -> None:
    require_plain("长" * 255)
    with pytest.raises(SourceError, match="too long"):
        require_plain("x" * 256)


@pytest.mark.parametrize("path", ["..", "../other", "dep/../../other", "/etc", "dep/sys/link"])
def test_a_path_cannot_leave_the_inbox(inbox: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "other").mkdir()
    (inbox / "dep" / "sys" / "link").symlink_to(tmp_path / "other")
    with pytest.raises(SourceError, match="leaves the inbox"):
        _found(inbox, ACCESS.model_copy(update={"path": path}))


def test_an_inbox_behind_a_link_is_an_inbox(inbox: Path, tmp_path: Path) -> None:
    _put(inbox, "hj_20260301_1.csv")
    (tmp_path / "linked").symlink_to(inbox)
    assert len(_found(tmp_path / "linked")) == 1
    assert _found(inbox, ACCESS.model_copy(update={"path": "not/yet"})) == []


WRONG = {
    "not JSON": "not JSON",
    '{"period": ': "not JSON",
    "[1]": "not a JSON object",
    '{"resource": "dep.sys.other"}': "another resource",
    '{"period": "20260301"}': "'period' cannot be meant",
    '{"period": "../../etc"}': "'period' cannot be meant",
    '{"sequence": "x"}': "'sequence' cannot be meant",
    '{"sequence": true}': "'sequence' cannot be meant",
    '{"rows": -1}': "'rows' cannot be meant",
    '{"rows": 1.5}': "'rows' cannot be meant",
    '{"received_at": "yesterday"}': "'received_at' cannot be meant",
    '{"sums": [1]}': "'sums' cannot be meant",
    '{"sums": {"a": "1e999"}}': "'sums' cannot be meant",
    '{"sums": {"a": NaN}}': "'sums' cannot be meant",
    '{"sha256": "abc"}': "'sha256' cannot be meant",
    '{"member": 7}': "'member' cannot be meant",
    r'{"member": "a\u202eb"}': "'member' cannot be meant",
    '{"received_at": "２０２６-03-01"}': "'received_at' cannot be meant",
    '{"row": 3}': "'row' is no entry that is read.*'rows'",
    '{"Withdraw": true}': "'Withdraw' is no entry that is read.*'withdrawn'",
    r'{"note": "\ud800"}': "not JSON",
    '{"rows": ' + "9" * 5000 + "}": "not JSON",
    "[" * 100_000: "not JSON",
    '{"note": "' + "x" * 1_000_001 + '"}': "larger than 1 MB",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_manifest_that_cannot_be_meant_is_an_error(inbox: Path, text: str) -> None:
    _put(inbox, "hj_20260301_1.csv", text)
    with pytest.raises(SourceError, match=WRONG[text]) as error:
        _found(inbox)
    assert error.value.where["file"] == "hj_20260301_1.csv.manifest.json"


def test_a_sound_manifest_keeps_numbers_exactly(inbox: Path) -> None:
    _put(inbox, "hj_20260301_1.csv", '\ufeff{"rows": 3, "sums": {"a": 0.10, "b": "2"}, "note": null, "more": [1.50]}')
    (found,) = _found(inbox)
    assert found.manifest == {"rows": 3, "sums": {"a": "0.10", "b": "2"}, "more": ["1.50"]}


@pytest.mark.parametrize("key", ["period", "corrects", "received_at", "sha256", "member", "rows", "withdrawn", "sums"])
def test_an_entry_that_cannot_be_meant_is_shown_as_it_must_be(inbox: Path, key: str) -> None:
    _put(inbox, "hj_20260301_1.csv", json.dumps({key: ["?"]}))
    with pytest.raises(SourceError, match="Correct and send it again: (a|true|the|64) "):
        _found(inbox)


@rules(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=40).map(lambda text: json.dumps({"period": text}).encode())))
def test_any_bytes_are_a_manifest_or_a_typed_error(data: bytes) -> None:
    try:
        parse_manifest(lambda limit: data[:limit], "dep.sys.thing")
    except SourceError as error:
        assert error.remedy
