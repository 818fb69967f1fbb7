"""Deliveries inside ZIP archives: one member, by its name, while its real size is measured."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.contracts import Format
from jobs.errors import SourceError
from jobs.land.reader import read_records
from tests.land.reading import Came, gather

FORMAT = Format(kind="csv", member="*.csv")
CONTENT = b"a,b\n" + b"1,2\n" * 500


def _zip(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def _read(folder: Path, data: bytes, fmt: Format = FORMAT) -> Came:
    (folder / "blob").write_bytes(data)
    return gather(read_records(folder / "blob", fmt, ["a", "b"]))


@pytest.mark.parametrize("name", ["x.csv", "../../x.csv", "/etc/x.csv", "子/数据.csv"])
def test_the_one_member_is_read_and_its_name_is_no_path(tmp_path: Path, name: str) -> None:
    came = _read(tmp_path, _zip((name, CONTENT), ("readme.txt", b"")))
    assert len(came.rows) == 500
    assert {path.name for path in tmp_path.iterdir()} == {"blob"}


def test_a_name_written_by_chinese_windows_is_found(tmp_path: Path) -> None:
    name = "数据.csv".encode("gb18030")
    data = _zip(("x" * len(name), CONTENT)).replace(b"x" * len(name), name)
    assert len(_read(tmp_path, data, Format(kind="csv", member="数据.csv")).rows) == 500


@pytest.mark.parametrize("members", [("x.csv", "y.csv"), ("x.txt",), ("x.CSV",), ("dir.csv/",)])
def test_another_number_of_members_is_refused(tmp_path: Path, members: tuple[str, ...]) -> None:
    with pytest.raises(SourceError, match="members like"):
        _read(tmp_path, _zip(*[(name, b"" if name.endswith("/") else CONTENT) for name in members]))


def test_a_bomb_is_refused_by_what_it_really_unpacks_to(tmp_path: Path) -> None:
    data = bytearray(_zip(("x.csv", b"a,b\n" + b"1,2\n" * (16 << 20))))
    assert len(data) < 300_000
    with pytest.raises(SourceError, match="200 times"):
        _read(tmp_path, bytes(data))


@pytest.mark.parametrize("data", [b"", b"PK", CONTENT])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match="not a ZIP"):
        _read(tmp_path, data)


_GOOD = _zip(("x.csv", b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(300))))


@rules(max_examples=150, deadline=None)
@given(at=st.integers(0, len(_GOOD) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_one_damaged_byte_is_a_refusal_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int, cut: bool
) -> None:
    data = _GOOD[:at] if cut else _GOOD[:at] + bytes([byte]) + _GOOD[at + 1 :]
    try:
        came = _read(tmp_path_factory.mktemp("zip"), data)
    except SourceError:
        return
    assert came.cells == [(str(n), str(n * n)) for n in range(300)]
