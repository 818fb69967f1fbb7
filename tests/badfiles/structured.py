"""JSON, XML, DBF, Parquet and fixed-width files: damaged, hostile, and contradicting their declaration."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from tests.badfiles.clean import ASCII, PLAIN, ROWS
from tests.badfiles.recipe import Recipe, Row, Verdict, sound

EXACT, DECLARED, SET_ASIDE, REFUSED = Verdict.EXACT, Verdict.DECLARED, Verdict.SET_ASIDE, Verdict.REFUSED


def recipes() -> Iterator[Recipe]:
    for make in (_json, _xml, _dbf, _parquet, _fixed):
        yield from make()


def _recipe(
    kind: str, name: str, data: bytes, expect: Verdict, says: str = "", clean: Sequence[Row] = PLAIN, **more: object
) -> Recipe:
    names = more.pop("names", ASCII)
    return Recipe(kind, name, lambda: data, {"kind": kind, **more}, names, clean, expect, says)  # type: ignore[arg-type]


def _objects(rows: Sequence[Row] = PLAIN, names: Sequence[str] = ASCII) -> list[str]:
    return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows]


def _json() -> Iterator[Recipe]:
    good = _objects()
    whole = ("[" + ",\n".join(good) + "]").encode()
    lines = ("\n".join(good) + "\n").encode()
    yield _recipe("json", "an array", whole, EXACT)
    yield _recipe("json", "an array at a path", b'{"data": {"list": ' + whole + b"}}", EXACT, records="data.list")
    yield _recipe(
        "json",
        "an array elsewhere than declared",
        b'{"rows": ' + whole + b"}",
        REFUSED,
        "no array",
        records="data.list",
    )
    yield _recipe("jsonl", "lines", lines, EXACT)
    yield sound(_recipe("jsonl", "lines behind a mark", b"\xef\xbb\xbf" + lines, DECLARED, "bom"))
    yield _recipe("jsonl", "an array", whole, REFUSED, "kind: json")
    yield _recipe("json", "lines", lines, REFUSED)
    for encoding in ("gb18030", "utf-16"):
        yield _recipe("jsonl", f"lines in {encoding}", lines.decode().encode(encoding), EXACT, encoding=encoding)
        yield _recipe("jsonl", f"lines in {encoding} declared as UTF-8", lines.decode().encode(encoding), REFUSED)
    bad = {
        "a key twice": (good[1][:-1] + ', "XM": "某"}', "duplicate_key"),
        "a key in another width": (good[1][:-1] + ', "ＸＭ": "某"}', "duplicate_key"),
        "NaN": ('{"BH": NaN}', "not_json"),
        "Infinity": ('{"BH": -Infinity}', "not_json"),
        "a comma too many": (good[1][:-1] + ",}", "not_json"),
        "single quotes": (good[1].replace('"', "'"), "not_json"),
        "half a surrogate pair": ('{"BH": "1", "XM": "\\ud800"}', "not_text"),
        "a depth of 100,000": ('{"BH": ' + "[" * 100_000 + "]" * 100_000 + "}", "not_json|not_flat"),
        "objects 40 deep": ('{"a": ' * 40 + "1" + "}" * 40, "not_flat"),
        "a list": ("[1, 2]", "not_an_object"),
        "a bare text": ('"x"', "not_an_object"),
        "a cut line": (good[1][:-9], "not_json"),
        "two objects in a line": (good[1] + good[2], "not_json"),
    }
    for name, (line, says) in bad.items():
        data = "\n".join([*good[:1], line, *good[2:]]).encode()
        yield _recipe("jsonl", name, data, SET_ASIDE, says)
    for name, value in {
        "a large integer": "12345678901234567890",
        "1E400": "1E400",
        "many digits": "0.1000000000000000055",
    }.items():
        line = good[1].replace('"0013"', value)
        clean = (PLAIN[0], (value, *PLAIN[1][1:]), *PLAIN[2:])
        yield _recipe("jsonl", name, "\n".join([good[0], line, *good[2:], ""]).encode(), EXACT, clean=clean)
        yield _recipe("json", name, ("[" + ",".join([good[0], line, *good[2:]]) + "]").encode(), EXACT, clean=clean)
    cased = good[1][:-1] + ', "xm": "某"}'
    yield _recipe("jsonl", "a key in another case", "\n".join([good[0], cased, *good[2:], ""]).encode(), EXACT)
    for cut in (1, 40, len(whole) // 2):
        yield _recipe("json", f"cut {cut} bytes before its end", whole[:-cut], REFUSED)
    missing = [line.replace('"XM"', '"XINGMING"') for line in good]
    yield _recipe("jsonl", "a renamed key", "\n".join(missing).encode(), REFUSED, "lacks XM")
    yield _recipe("jsonl", "a line of 2 MB", f'{{"BH": "{"x" * (2 << 20)}"}}'.encode(), REFUSED, "longer than")
    yield _recipe("json", "nothing", b"", REFUSED, "empty", clean=())
    yield _recipe("jsonl", "nothing", b"", REFUSED, "empty", clean=())


def _markup(rows: Sequence[Row] = PLAIN, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    items = ["".join(f"<{n}>{c}</{n}>" for n, c in zip(ASCII, row, strict=True)) for row in rows]
    return head + "<root><list>" + "".join(f"<item>{item}</item>" for item in items) + "</list></root>"


def _xml() -> Iterator[Recipe]:
    good, path = _markup(), {"records": "root.list.item"}

    def recipe(name: str, text: str | bytes, expect: Verdict, says: str = "", **more: object) -> Recipe:
        data = text.encode() if isinstance(text, str) else text
        return _recipe("xml", name, data, expect, says, **({**path, **more}))  # type: ignore[arg-type]

    yield recipe("plain", good, EXACT)
    yield sound(recipe("a mark", b"\xef\xbb\xbf" + good.encode(), DECLARED, "bom"))
    for said, real in (("GB2312", "gb18030"), ("GBK", "gbk"), ("GB18030", "gb18030")):
        text = _markup(head=f'<?xml version="1.0" encoding="{said}"?>')
        same = said.lower() == real
        made = recipe(f"{said}", text.encode(real), EXACT if same else DECLARED, "" if same else "said", encoding=real)
        yield sound(made)
        yield recipe(f"{said} declared as UTF-8", text.encode(real), REFUSED)
    yield recipe("says UTF-8 and is declared GB18030", good.encode(), REFUSED, "UTF-8|utf-8", encoding="gb18030")
    yield recipe("UTF-16", good.replace("UTF-8", "UTF-16").encode("utf-16"), EXACT, encoding="utf-16")
    spaced = good.replace("<item>", "\n  <item>").replace("><XM>", ">\n<XM>")
    yield recipe("indented", spaced, EXACT)
    yield recipe("namespaces", good.replace("<root>", '<root xmlns="urn:x">'), EXACT)
    yield recipe("CDATA and references", good.replace("李秀英", "<![CDATA[李]]>&#31168;英"), EXACT)
    yield recipe("comments", good.replace("<item>", "<!-- x --><item>"), EXACT)
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = {
        "billion laughs": f'<!DOCTYPE root [<!ENTITY l0 "lol">{lol}]>',
        "quadratic blow-up": f'<!DOCTYPE root [<!ENTITY a "{"x" * 100_000}">]>',
        "an external entity": '<!DOCTYPE root [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "an external document type": '<!DOCTYPE root SYSTEM "http://127.0.0.1:9/x.dtd">',
        "a parameter entity": '<!DOCTYPE root [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    }
    for name, text in doctypes.items():
        entity = (
            "&l9;"
            if "laughs" in name
            else "&a;" * 1_000
            if "quadratic" in name
            else "&x;"
            if name == "an external entity"
            else "无"
        )
        yield recipe(name, good.replace("<root>", text + "<root>").replace("无", entity, 1), REFUSED, "entities")
    for cut in (1, 30, len(good) // 2):
        yield recipe(f"cut {cut} characters before its end", good[:-cut], REFUSED, "no XML")
    yield recipe("an element that is not closed", good.replace("</XM>", "", 1), REFUSED, "no XML")
    yield recipe("a bare ampersand", good.replace("李秀英", "李&秀英"), REFUSED, "no XML")
    yield recipe("a control character", good.replace("李秀英", "李\x01秀英"), REFUSED, "no XML")
    yield recipe("two roots", good + "<root/>", REFUSED, "no XML")
    yield recipe(
        "a child twice", good.replace("<XM>李秀英</XM>", "<XM>李秀英</XM><XM>李</XM>"), SET_ASIDE, "duplicate_key"
    )
    yield recipe(
        "text between children", good.replace("<XM>李秀英</XM>", "<XM>李秀英</XM>又"), SET_ASIDE, "mixed_content"
    )
    yield recipe("another path", good, REFUSED, "lacks|fits none|no records", records="root.rows.row")
    yield recipe("elements 100 deep", good.replace("李秀英", "<a>" * 100 + "</a>" * 100), REFUSED, "deep")
    yield recipe("HTML", "<html><body><table><tr><td>1</td></tr></table></body></html>", REFUSED, "HTML", clean=())


def _dbf_bytes(rows: Sequence[Row], encoding: str, deleted: Sequence[int] = ()) -> bytes:
    widths = (10, 20, 20, 60, 20)
    length = 1 + sum(widths)
    head = struct.pack("<4BIHH20x", 3, 126, 3, 1, len(rows), 32 + 32 * 5 + 1, length)
    fields = b"".join(struct.pack("<11sc4xBB14x", n.encode(), b"C", w, 0) for n, w in zip(ASCII, widths, strict=True))
    body = b""
    for number, row in enumerate(rows):
        cells = [(cell or "").encode(encoding).ljust(width)[:width] for cell, width in zip(row, widths, strict=True)]
        body += (b"*" if number in deleted else b" ") + b"".join(cells)
    return head + fields + b"\r" + body + b"\x1a"


def _dbf() -> Iterator[Recipe]:
    for encoding in ("gbk", "gb18030", "utf-8"):
        yield _recipe("dbf", f"text in {encoding}", _dbf_bytes(PLAIN, encoding), EXACT, encoding=encoding)
    good = _dbf_bytes(PLAIN, "gbk")
    yield _recipe("dbf", "GBK declared as UTF-8", good, SET_ASIDE, "not_text")
    yield _recipe("dbf", "UTF-8 declared as GBK", _dbf_bytes(PLAIN, "utf-8"), SET_ASIDE, "not_text", encoding="gbk")
    kept = (PLAIN[0], *PLAIN[2:])
    yield _recipe(
        "dbf", "a deleted record", _dbf_bytes(PLAIN, "gbk", [1]), DECLARED, "deleted", clean=kept, encoding="gbk"
    )
    for cut in (2, 30, 131, 300, 600):
        yield _recipe("dbf", f"cut {cut} bytes before its end", good[:-cut], REFUSED, "cut off", encoding="gbk")
    yield _recipe("dbf", "no end mark", good[:-1], EXACT, encoding="gbk")
    yield _recipe(
        "dbf", "records behind those it says", good[:-1] + good[-132:-1] + b"\x1a", REFUSED, "more than", encoding="gbk"
    )
    yield _recipe("dbf", "cut in its header", good[:100], REFUSED, encoding="gbk")
    yield _recipe("dbf", "a renamed field", good.replace(b"XM\0", b"NM\0", 1), REFUSED, "lacks XM", encoding="gbk")
    memo = good.replace(b"BZ\0\0\0\0\0\0\0\0\0C", b"BZ\0\0\0\0\0\0\0\0\0M", 1)
    yield _recipe("dbf", "a memo whose file is missing", memo, REFUSED, "type M", encoding="gbk")
    yield _recipe("dbf", "delimited text", b"a,b\r\n1,2\r\n", REFUSED, "not a DBF", clean=())


def _parquet_bytes(columns: dict[str, pa.Array], **more: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **more)
    return buffer.getvalue()


def _parquet() -> Iterator[Recipe]:
    texts = {name: pa.array([row[n] for row in ROWS]) for n, name in enumerate(ASCII)}
    good = _parquet_bytes(texts)
    for compression in ("snappy", "zstd", "gzip", "none"):
        data = _parquet_bytes(texts, compression=compression)
        yield _recipe("parquet", f"texts by {compression}", data, EXACT, clean=ROWS)
    typed = {
        "i": pa.array([2**53 + 1, None]),
        "d": pa.array(["2024-02-29", None]).cast(pa.date32()),
        "m": pa.array(["1234.50", None]).cast(pa.decimal128(12, 2)),
        "b": pa.array([True, False]),
        "t": pa.array(["2024-02-29 08:05:00", None]).cast(pa.timestamp("ns")),
    }
    clean = (
        ("9007199254740993", "2024-02-29", "1234.50", "true", "2024-02-29 08:05:00"),
        (None, None, None, "false", None),
    )
    yield _recipe("parquet", "types", _parquet_bytes(typed), EXACT, clean=clean, names=tuple(typed))
    yield _recipe(
        "parquet",
        "dictionaries",
        _parquet_bytes({n: c.dictionary_encode() for n, c in texts.items()}),
        EXACT,
        clean=ROWS,
    )
    for cut in (1, 8, len(good) // 2):
        yield _recipe("parquet", f"cut {cut} bytes before its end", good[:-cut], REFUSED, "damaged", clean=ROWS)
    for at in (10, 60, 150):
        broken = good[:at] + bytes(8) + good[at + 8 :]
        yield _recipe("parquet", f"8 bytes zeroed at {at}", broken, REFUSED, "", clean=ROWS)
    renamed = _parquet_bytes({"XINGMING" if n == "XM" else n: c for n, c in texts.items()})
    yield _recipe("parquet", "a renamed column", renamed, REFUSED, "lacks XM", clean=ROWS)
    nested = _parquet_bytes({**texts, "XM": pa.array([[1]] * len(ROWS))})
    yield _recipe("parquet", "a nested column", nested, REFUSED, "nested", clean=ROWS)
    blob = _parquet_bytes({**texts, "XM": pa.array([b"\xff\xfe"] * len(ROWS))})
    yield _recipe("parquet", "bytes that are not text", blob, REFUSED, "not text", clean=ROWS)
    yield _recipe("parquet", "delimited text", b"a,b\r\n", REFUSED, "not Parquet", clean=())


WIDTHS = {"BH": 6, "XM": 12, "ZJHM": 20, "ZZ": 40, "BZ": 8}


def _lines(encoding: str, counted: str = "bytes") -> list[bytes]:
    made = []
    for row in PLAIN:
        cells = []
        for cell, width in zip(row, WIDTHS.values(), strict=True):
            text = cell or ""
            size = len(text.encode(encoding)) if counted == "bytes" else len(text)
            cells.append((text + " " * (width - size)).encode(encoding))
        made.append(b"".join(cells))
    return made


def _fixed() -> Iterator[Recipe]:
    base = {"widths": WIDTHS, "header_rows": 0}

    def recipe(
        name: str, lines: Sequence[bytes], expect: Verdict, says: str = "", end: bytes = b"\r\n", **more: object
    ) -> Recipe:
        data = b"".join(line + end for line in lines)
        return _recipe("fixed", name, data, expect, says, **{**base, **more})  # type: ignore[arg-type]

    for encoding in ("gb18030", "gbk", "utf-8"):
        for end in (b"\r\n", b"\n"):
            yield recipe(f"bytes of {encoding} by {end!r}", _lines(encoding), EXACT, end=end, encoding=encoding)
        yield recipe(
            f"characters of {encoding}", _lines(encoding, "characters"), EXACT, encoding=encoding, counted="characters"
        )
        yield recipe(
            f"characters of {encoding} declared as bytes",
            _lines(encoding, "characters"),
            SET_ASIDE,
            "length",
            encoding=encoding,
        )
        yield recipe(
            f"bytes of {encoding} declared as characters",
            _lines(encoding),
            SET_ASIDE,
            "length",
            encoding=encoding,
            counted="characters",
        )
    good = _lines("gb18030")
    for at in (0, 2, 5):
        for name, line in {
            "short": good[at][:-1],
            "long": good[at] + b" ",
            "empty at its end": good[at].rstrip(),
        }.items():
            if len(line) != len(good[at]):
                changed = [*good[:at], line, *good[at + 1 :]]
                yield recipe(f"line {at} is {name}", changed, SET_ASIDE, "length", encoding="gb18030")
    shifted = [*good[:2], good[2][:6] + b" " + good[2][6:-1], *good[3:]]
    yield recipe("a cell moved by a byte", shifted, EXACT, encoding="gb18030")
    inside = [*good[:2], good[2][:6] + b"x" * 11 + "李".encode("gb18030") + good[2][19:], *good[3:]]
    yield recipe(
        "a width that ends inside a character", inside, SET_ASIDE, "inside a character|length", encoding="gb18030"
    )
    yield recipe("GB18030 declared as UTF-8", good, REFUSED, "gb18030")
    header = [b"".join(n.encode().ljust(w) for n, w in WIDTHS.items()), *good]
    yield recipe("a header as declared", header, EXACT, encoding="gb18030", header_rows=1)
    yield recipe("no widths", good, REFUSED, "widths", encoding="gb18030", widths={})
    yield _recipe("fixed", "nothing", b"", REFUSED, "empty", clean=(), **base)  # type: ignore[arg-type]
