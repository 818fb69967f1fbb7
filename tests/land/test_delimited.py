"""Delimited files as departments send them: encodings, headers, footers, ends."""

from __future__ import annotations

import csv
import io

import pytest

from jobs.errors import SourceError
from tests.land.reading import read_csv

NAMES = ["编号", "姓名", "地址"]
ROWS = [("1", "张乗亿", "东莞市|莞城"), ("2", "俓億\\", "㐀䶮𬭬"), ("3", "", "換行\n號")]
"""Characters whose GB18030 bytes end in 0x5C and 0x7C, four-byte ones, and what a delimiter could split."""


def _text(delimiter: str, rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([NAMES, *rows])
    return out.getvalue()


@pytest.mark.parametrize("step", [0, 1, 3])
@pytest.mark.parametrize("delimiter", [",", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_is_read_exactly(encoding: str, delimiter: str, step: int) -> None:
    data = _text(delimiter, ROWS).encode(encoding)
    came = read_csv(data, NAMES, step, encoding=encoding, delimiter=delimiter)
    assert came.cells == ROWS
    assert came.rejects == []


def test_narrower_encodings_are_read_exactly() -> None:
    for encoding, text in {"gbk": "编号|姓名\n1|張亿乗\n", "big5": "編號|姓名\n1|許功蓋億\n"}.items():
        names, row = (tuple(line.split("|")) for line in text.splitlines())
        assert read_csv(text.encode(encoding), list(names), encoding=encoding, delimiter="|").cells == [row]


@pytest.mark.parametrize(
    ("encoding", "wrong"),
    [
        ("utf-8", b"\xc0\xaf"),
        ("utf-8", b"\xed\xa0\x80"),
        ("gb18030", b"\xff"),
        ("gb18030", b"\x80"),
        ("gb18030", b"\x84\x31\xff\x30"),
        ("gbk", b"\x81\x30\x81\x30"),
        ("big5", b"\xfe\xfe"),
    ],
)
@pytest.mark.parametrize("step", [0, 1])
def test_a_byte_that_does_not_decode_refuses_the_file_and_says_where(encoding: str, wrong: bytes, step: int) -> None:
    text = "a,姓名\r\n1,甲,".encode(encoding)
    with pytest.raises(SourceError, match=rf"byte {len(text) + 1} is not {encoding}"):
        read_csv(text + wrong + b"\r\n2,b,c\r\n", ["a"], step, encoding=encoding)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_file_cut_inside_a_character_is_refused(cut: int) -> None:
    with pytest.raises(SourceError, match="is not gb18030"):
        read_csv("编号,姓名,地址\n1,甲,".encode("gb18030") + "㐀".encode("gb18030")[:cut], NAMES, encoding="gb18030")


def test_utf_16_without_its_mark_is_refused() -> None:
    with pytest.raises(SourceError, match="byte order mark"):
        read_csv(_text(",", ROWS).encode("utf-16-le"), NAMES, encoding="utf-16")


def test_a_file_cut_inside_a_record_ends_in_a_reject_with_the_last_number() -> None:
    for end in ("2,b", '2,"b', '2,b,"c\n'):
        came = read_csv(f"编号,姓名,地址\n1,a,b\n{end}".encode(), NAMES)
        assert came.cells == [("1", "a", "b")]
        assert came.numbers[-1] == came.rejects[-1].row_no == len(came.numbers)


@pytest.mark.parametrize("data", [b"", b"\n\r\n", "\ufeff".encode(), b"\x1a"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="empty"):
        read_csv(data, NAMES)


def test_a_header_alone_is_no_record() -> None:
    assert read_csv("编号,姓名,地址".encode(), NAMES).numbers == []


def test_columns_go_by_name_not_by_position() -> None:
    came = read_csv("地址,新增, 编 号 ,姓名\nc,x,1,b\n".encode(), NAMES)
    assert came.cells == [("1", "b", "c")]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("编号,姓名", "lacks 地址"),
        ("编号,姓名,住址", "lacks 地址 .*not declared: 住址"),
        ("编号,姓名,现地址", "perhaps '现地址'"),
        ("编号,姓名,地址,姓名", "'姓名' stands twice"),
    ],
)
def test_another_header_is_refused_by_name(header: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_csv(f"{header}\n1,a,b\n".encode(), NAMES)


def test_a_file_without_header_is_refused_without_showing_its_first_person() -> None:
    with pytest.raises(SourceError, match="lacks 3 of 3 columns") as refusal:
        read_csv("1,张三,莞城\n2,李四,东城\n".encode(), NAMES)
    assert "张三" not in str(refusal.value)


def test_two_header_rows_take_the_lowest_name_of_each_column() -> None:
    text = '"登记表\n（样表）",,\n编号,姓名,\n,,地址\n1,a,b\n'
    assert read_csv(text.encode(), NAMES, header_rows=3).cells == [("1", "a", "b")]
    title = "登记表,,\n编号,姓名,地址\n1,a,b\n"
    assert read_csv(title.encode(), NAMES, header_rows=2).cells == [("1", "a", "b")]


FOOTERS = ("合计", "制表人")


@pytest.mark.parametrize("step", [0, 5])
@pytest.mark.parametrize("end", ["合计,2,\n制表人：某某", "合计\n\n制表人某某,,\n", "\n\n,合计,9\n", ""])
def test_footers_at_the_end_are_no_records(end: str, step: int) -> None:
    came = read_csv(f"编号,姓名,地址\n1,a,b\n2,c,d\n{end}".encode(), NAMES, step, footer=FOOTERS)
    assert came.rows == {1: ("1", "a", "b"), 2: ("2", "c", "d")}
    assert came.rejects == []


@pytest.mark.parametrize("step", [0, 5])
def test_a_record_that_only_begins_like_a_footer_is_kept(step: int) -> None:
    came = read_csv("编号,姓名,地址\n合计,a,b\n2,c,d\n合计算力,e,f\n合计 3,g,h\n".encode(), NAMES, step, footer=FOOTERS)
    assert came.rows == {1: ("合计", "a", "b"), 2: ("2", "c", "d"), 3: ("合计算力", "e", "f")}


def test_without_a_quote_every_quote_is_text() -> None:
    assert read_csv(b'x,y\n"a,b"\n', ["x", "y"], quote="").cells == [('"a', 'b"')]
    assert read_csv(b"x,y\n'a,b',c\"\n", ["x", "y"], quote="'").cells == [("a,b", 'c"')]


def test_a_delimiter_that_takes_more_than_a_byte_is_refused() -> None:
    with pytest.raises(SourceError, match="not one ASCII character"):
        read_csv("x，y\n1，2\n".encode(), ["x", "y"], delimiter="，")


def test_a_record_longer_than_eight_megabytes_refuses_the_file() -> None:
    with pytest.raises(SourceError, match="longer than 8192 kB"):
        read_csv(b"x,y\n" + b"a" * (20 << 20), ["x", "y"])


AWKWARD = {
    "comma in quotes": 'a,b\n1,"x, y"\n',
    "empty": 'a,b,c\n1,"",""\n2,3,4\n',
    "crlf": "a,b,c\r\n1,2,3\r\n",
    "doubled quotes": 'a,b\n1,"ha ""ha"" ha"\n3,4\n',
    "json": 'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
    "coordinates": "a,b\n1,36°37'37.8\"N 121°2'17.9\"W\n",
    "line ends": 'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
    "line ends crlf": 'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n',
    "quotes and line ends": 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n',
    "beyond ascii": "a,b,c\n4,5,ʤ\n",
    "old line ends": "a,b\r1,2\r3,4\r",
    "no end": "a,b\n1,2\n3,4",
    "blanks": "a,b\n 1 , 2\t\n\u00a0,\u3000\n",
    "nul": "a,b\n1\0,2\n",
    "other line ends": "a,b\n1\u2028,2\x85\n",
    "wide": "a,b\n" + "x" * 140_000 + ",2\n",
}


@pytest.mark.parametrize("step", [0, 1000])
@pytest.mark.parametrize("case", AWKWARD)
def test_awkward_files_read_as_python_reads_them(case: str, step: int) -> None:
    csv.field_size_limit(1 << 20)
    expected = list(csv.DictReader(io.StringIO(AWKWARD[case], newline="")))
    names = list(expected[0])
    came = read_csv(AWKWARD[case].encode(), names, step)
    assert [dict(zip(names, row, strict=True)) for row in came.cells] == expected
    assert came.rejects == []
