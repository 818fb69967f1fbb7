"""Limits of a resource's files: declared in its format, named with value and key where a file does not keep them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.isolation import read_isolated
from tests.land.home import make_home
from tests.land.reading import gather


def _book() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        for n in range(40_000):
            page.write_string(n, 0, "a" if not n else f"{n:040d}")
    return buffer.getvalue()


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", content)
    return buffer.getvalue()


def _deep(depth: int) -> bytes:
    return b"<r>" + b"<a>" * depth + b"1" + b"</a>" * depth + b"</r>"


LINES = b"a\n" + b"x" * 3_000 + b"\n"
MANY = b"a\n" + b"1\n" * 1_000_000
OBJECT = b'{"a": "' + b"x" * 3_000 + b'"}\n'
CASES: list[tuple[str, Callable[[], bytes], dict[str, object], dict[str, int], str]] = [
    ("csv", lambda: MANY, {}, {"size_mb": 1}, "larger than 1 MB"),
    ("csv", lambda: LINES, {}, {"record_kb": 2}, "longer than 2 kB"),
    ("csv", lambda: gzip.compress(MANY), {"archive": "gz"}, {"ratio": 2}, "2 times its size"),
    ("csv", lambda: _zip(MANY), {"member": "*.csv"}, {"unpacked_mb": 1}, "more than 1 MB"),
    ("csv", lambda: _zip(MANY), {"member": "*.csv"}, {"size_mb": 1}, "more than 1 MB"),
    ("fixed", lambda: LINES, {"widths": {"a": 3_000}, "header_rows": 0}, {"record_kb": 2}, "longer than 2 kB"),
    ("jsonl", lambda: OBJECT, {}, {"record_kb": 2}, "longer than 2 kB"),
    ("json", lambda: b"[" + OBJECT * 400 + b"]", {}, {"size_mb": 1}, "larger than 1 MB"),
    ("xml", lambda: _deep(4), {"records": "r.a"}, {"depth": 3}, "more than 3 deep"),
    ("xml", lambda: b"<r><a>" + b"x" * 9_000 + b"</a></r>", {"records": "r.a"}, {"record_kb": 2}, "longer than 2 kB"),
    ("xlsx", _book, {}, {"unpacked_mb": 1}, "more than 1 MB"),
    ("xlsx", _book, {}, {"ratio": 2}, "2 times its size"),
    ("xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2 << 20), {}, {"size_mb": 1}, "larger than 1 MB"),
]


@pytest.mark.parametrize(
    ("kind", "make", "fmt", "limits", "says"), CASES, ids=[f"{case[0]} {case[2:4]}" for case in CASES]
)
def test_a_refusal_names_the_limit_its_value_and_the_key(
    tmp_path: Path, kind: str, make: Callable[[], bytes], fmt: dict[str, object], limits: dict[str, int], says: str
) -> None:
    (tmp_path / "blob").write_bytes(make())
    [name] = limits
    with pytest.raises(SourceError) as refusal:
        gather(read_isolated(tmp_path / "blob", Format.model_validate({"kind": kind, "limits": limits, **fmt}), ["a"]))
    assert says in refusal.value.problem
    assert f"(limits.{name})" in refusal.value.problem
    assert f"raise `limits.{name}`" in refusal.value.remedy


def test_objects_that_are_too_deep_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b'{"a": 1}\n{"a": 1, "b": {"c": {"d": 1}}}\n')
    came = gather(
        read_isolated(tmp_path / "blob", Format.model_validate({"kind": "jsonl", "limits": {"depth": 2}}), ["a"])
    )
    assert [reject.reason for reject in came.rejects] == [
        "not_flat: objects stand more than 2 deep in each other (limits.depth)"
    ]


def test_limits_are_declared_with_the_format_of_a_resource(tmp_path: Path) -> None:
    ctx = make_home(tmp_path, fmt={"kind": "csv", "limits": {"memory_mb": 4096, "record_kb": 64}})
    limits = ctx.catalog.format_of("dep.sys.thing").limits
    assert (limits.memory_mb, limits.record_kb, limits.ratio) == (4096, 64, 200)
