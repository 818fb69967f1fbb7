"""GB 18030: what its codes stand for now, and the C library's converter beside Python's decoder."""

from __future__ import annotations

import io
import platform
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from jobs.errors import SourceError
from jobs.land import gb18030, textstream
from jobs.land.libc import Convert, iconv

MARKS = ("锟斤拷", "\ufffd")
TEXT = st.text(alphabet="a,\n东乗億龴𠂇𠮷㐀ḿ\ue000\ufffd", max_size=30).map(lambda text: text.encode("gb18030"))
USUAL = "东莞市的文字读作其字".encode("gb18030")
BYTES = st.lists(st.one_of(TEXT, st.binary(max_size=3)), max_size=4).map(b"".join)


@pytest.mark.parametrize(
    ("code", "character"),
    [("a8bc", "ḿ"), ("fe51", "𠂇"), ("fe59", "龴"), ("a6d9", "︐"), ("82359037", "龴"), ("95329031", "𠂇")],
)
def test_codes_that_were_private_once_are_characters(code: str, character: str) -> None:
    usual = "东莞市的文字"
    assert _read(bytes.fromhex(code) + usual.encode("gb18030")) == ((character + usual).encode(), False)


def test_glibc_reads_as_python_does() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library")
    assert gb18030.by_iconv() is not None


@pytest.mark.parametrize("code", ["a1a1", "b0a1", "fe51", "8139ef30", "90308130"])
def test_a_converter_that_reads_one_code_otherwise_is_not_used(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    true, wrong = iconv("GB18030"), bytes.fromhex(code)
    assert true is not None

    def strange(raw: bytes) -> tuple[bytes, int]:
        text, used = true(raw)
        return text.replace(wrong.decode("gb18030").encode(), b"?").replace(true(wrong)[0], b"?"), used

    monkeypatch.setattr(gb18030, "iconv", lambda _encoding: strange)
    assert gb18030.by_iconv.__wrapped__() is None
    monkeypatch.setattr(gb18030, "iconv", lambda _encoding: None)
    assert gb18030.by_iconv.__wrapped__() is None


@rules(max_examples=600, deadline=None)
@given(BYTES, st.integers(1, 20))
def test_both_ways_read_the_same_text_or_name_the_same_byte(data: bytes, step: int) -> None:
    """Python reads the first block, whose characters tell the encoding: the other way begins further behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textstream, "BLOCK", 1)
        patch.setattr(textstream, "_WORTH", 1)
        used: list[bytes] = []
        patch.setattr(textstream, "by_iconv", lambda: _noting(gb18030.by_iconv(), used))
        quick = _outcome(lambda: _read(USUAL + data, step))
        patch.setattr(textstream, "by_iconv", lambda: None)
        assert quick == _outcome(lambda: _read(USUAL + data, step))
    assert used or not data


def _noting(convert: Convert | None, used: list[bytes]) -> Convert | None:
    if convert is None:
        return None

    def noted(raw: bytes) -> tuple[bytes, int]:
        used.append(raw)
        return convert(raw)

    return noted


def _outcome(read: Callable[[], tuple[bytes, bool]]) -> object:
    """What was read, or where and why not; what it may be instead is guessed from what a block holds behind that."""
    try:
        return read()
    except SourceError as error:
        return str(error).partition(")")[0]


def _read(data: bytes, step: int = 1 << 20) -> tuple[bytes, bool]:
    """The text, and whether a mark is in it as one block says."""
    blocks = list(textstream.searched_blocks(io.BytesIO(data), "gb18030", MARKS, step))
    text = b"".join(block for block, _ in blocks)
    held = any(mark.encode() in block for block, _ in blocks for mark in MARKS)
    assert all(found for block, found in blocks if any(mark.encode() in block for mark in MARKS))
    return text, held
