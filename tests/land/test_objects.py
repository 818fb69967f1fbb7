"""JSON deliveries: lines, documents, and what makes an object unusable."""

from __future__ import annotations

import io
import json

import pytest

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.objects import read_document, read_lines
from tests.land.reading import Came, Dribble, gather

NAMES = ["id", "人.姓名", "tags", "n"]


def _lines(data: bytes, names: list[str] | None = None, step: int = 0, **fmt: object) -> Came:
    stream = Dribble(data, step) if step else io.BytesIO(data)
    return gather(read_lines(stream, Format.model_validate({"kind": "jsonl", **fmt}), names or NAMES))


def _document(data: bytes, names: list[str], **fmt: object) -> Came:
    return gather(read_document(io.BytesIO(data), Format.model_validate({"kind": "json", **fmt}), names))


@pytest.mark.parametrize("step", [0, 1, 7])
def test_lines_keep_what_was_written(step: int) -> None:
    data = (
        '\ufeff{"id": "1", "人": {"姓名": "甲"}, "tags": [1.50, "a", {"b": null}], "n": 12345678901234567890.10}\n'
        '\r\n{"n": true, "id": 7e0, "tags": null, "人": {"姓名": ""}}'
    )
    assert _lines(data.encode(), step=step).rows == {
        1: ("1", "甲", '[1.50, "a", {"b": null}]', "12345678901234567890.10"),
        2: ("7e0", "", None, "true"),
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1, 2]", "not_an_object"),
        ("7", "not_an_object"),
        ('{"id": 1', "not_json"),
        ('{"id": NaN}', "not_json"),
        ('{"id": 1, "id": 2}', "duplicate_key"),
        ('{"id": 1, "ｉｄ": 2}', "duplicate_key"),
        ('{"人": {"姓名": 1}, "人.姓名": 2}', "duplicate_key"),
        (r'{"id": "\ud800"}', "not_text"),
        ('{"id": ' + "[" * 100_000 + "}", "not_json"),
        ('{"a": ' * 40 + "1" + "}" * 40, "not_flat"),
    ],
)
def test_an_unusable_line_is_set_aside_with_its_number(line: str, reason: str) -> None:
    good = '{"id": "x", "人": {"姓名": "y"}, "tags": "", "n": 1}'
    came = _lines(f"{good}\n{line}\n{good}\n".encode())
    assert list(came.rows) == [1, 3]
    assert came.reasons == {2: reason}


def test_keys_are_matched_as_names_are() -> None:
    assert _lines('{" Ｘ M ": "a", "other": 1}\n'.encode(), ["XM"]).cells == [("a",)]


def test_a_key_that_no_object_has_refuses_the_file() -> None:
    with pytest.raises(SourceError, match="lacks n"):
        _lines('{"id": 1, "tags": 2, "人": {"姓名": 3}}\n{"id": 2}\n'.encode())


def test_a_key_that_some_objects_lack_is_null_there() -> None:
    came = _lines(b'{"a": 1, "b": 2}\n{"a": 3}\n', ["a", "b"])
    assert came.cells == [("1", "2"), ("3", None)]


def test_lines_have_a_limit_and_an_encoding() -> None:
    with pytest.raises(SourceError, match="longer than 1024 kB"):
        _lines(b'{"a": "' + b"x" * (2 << 20) + b'"}\n', ["a"])
    with pytest.raises(SourceError, match="byte 8 is not utf-8"):
        _lines(b'{"a": "\xff"}\n', ["a"])
    assert _lines('{"a": "乗"}'.encode("gb18030"), ["a"], encoding="gb18030").cells == [("乗",)]


def test_too_many_different_keys_refuse_the_file() -> None:
    with pytest.raises(SourceError, match="different keys"):
        _lines("\n".join(f'{{"a": 1, "k{n}": 1}}' for n in range(11_000)).encode(), ["a"])


def test_a_document_is_read_at_its_path_and_keeps_order_and_numbers() -> None:
    items = [{"a": n, "b": {"c": str(n)}} for n in range(50_000)]
    data = json.dumps({"data": {"list": [*items[:2], "odd", *items[2:]]}}).encode()
    came = _document(data, ["a", "b.c"], records="data.list")
    assert came.reasons == {3: "not_an_object"}
    assert came.rows[4] == ("2", "2")
    assert came.numbers == list(range(1, 50_002))


def test_features_of_a_geojson() -> None:
    data = (
        b'{"features": [{"properties": {"name": "x"}, "geometry": {"type": "Point", "coordinates": [113.70, 23.0]}}]}'
    )
    came = _document(data, ["properties.name", "geometry.coordinates"], kind="geojson")
    assert came.cells == [("x", "[113.70, 23.0]")]


@pytest.mark.parametrize("data", [b"", b"{", b'{"list": 1}', b'{"other": []}', b"\xff", b"[[]]"])
def test_a_document_without_the_array_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        _document(data, ["a"], records="list")
