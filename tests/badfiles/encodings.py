"""Bytes and encodings: what decodes exactly, what contradicts its declaration, what was damaged on its way."""

from __future__ import annotations

from collections.abc import Iterator

from tests.badfiles.clean import ASCII, NAMES, PLAIN, ROWS, joined, lines, text
from tests.badfiles.recipe import Recipe, Row, Verdict, sound

FAMILY = "encoding"
RARE: tuple[Row, ...] = (
    ("1", "張乗億", "俓僜刓匼哱", "亅倈億剕厊唡", "a|b"),
    ("2", "㛃䶮𬭬", "㐀㐁䶵", "𠀀𪚥", "龦龫鿏"),
    ("3", "·•‧・", "ＡＢ１２３", "\u3000全角\u3000", "½ ² 三"),
    ("4", "é\u0301 ﬁ 豈", "\u200b零宽\u200d", "\u00ad软\u202e向左", "a\u0085b\u2028c"),
)
"""Characters whose GB18030 bytes end in 0x5C or 0x7C, four-byte ones, beyond the BMP, invisible ones."""
COMMON: tuple[Row, ...] = (
    ("1", "陳偉強", "441900199001011233", "東莞市莞城街道", "無"),
    ("2", "許功蓋", "441900198512120021", "東莞市虎門鎮人民南路", "獨居老人"),
    ("3", "歐陽梓涵", "441900200102290011", "東莞市長安鎮錦廈社區", "低保"),
    ("4", "黎國棟", "441900196203040011", "東莞市寮步鎮藥勒村", "無"),
)
TRADITIONAL = ("編號", "姓名", "證件", "住址", "備註")


def recipes() -> Iterator[Recipe]:
    yield from _exact()
    yield from _contradicting()
    yield from _damaged()
    yield from _already_damaged()
    yield from _standard_of_2022()


def _recipe(name: str, data: bytes, encoding: str, clean: tuple[Row, ...], expect: Verdict, says: str = "", **more):
    names = more.pop("names", NAMES)
    fmt = {"kind": "csv", "encoding": encoding, **more}
    return Recipe(FAMILY, name, lambda: data, fmt, names, clean, expect, says)


def _exact() -> Iterator[Recipe]:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"):
        for delimiter in (",", "|", "\t"):
            for label, rows in (("usual", ROWS), ("rare", RARE)):
                data = text(rows, delimiter=delimiter).encode(encoding)
                name = f"{label} characters in {encoding} by {delimiter!r}"
                yield _recipe(name, data, encoding, rows, Verdict.EXACT, delimiter=delimiter)
    marked = text().encode("utf-8-sig")
    yield sound(_recipe("a mark before UTF-8 that was declared without", marked, "utf-8", ROWS, DECLARED, "bom"))
    yield _recipe("UTF-8 declared with its mark and sent without", text().encode(), "utf-8-sig", ROWS, EXACT)
    marked = ("\ufeff" + text()).encode("gb18030")
    yield sound(_recipe("a mark before GB18030", marked, "gb18030", ROWS, DECLARED, "bom"))
    yield _recipe("big-endian UTF-16 with its mark", b"\xfe\xff" + text().encode("utf-16-be"), "utf-16", ROWS, EXACT)
    yield _recipe("GBK", text().encode("gbk"), "gbk", ROWS, EXACT)
    yield _recipe("GBK declared as the wider GB18030", text().encode("gbk"), "gb18030", ROWS, EXACT)
    data = text(COMMON, TRADITIONAL).encode("big5")
    yield _recipe("Big5", data, "big5", COMMON, EXACT, names=TRADITIONAL)
    yield _recipe("traditional characters in GB18030", text(COMMON).encode("gb18030"), "gb18030", COMMON, EXACT)
    one = (("1", "联通", "", "", ""),)
    yield _recipe("GBK that could be UTF-8", text(one, ASCII).encode("gbk"), "gbk", one, EXACT, names=ASCII)


EXACT, DECLARED = Verdict.EXACT, Verdict.DECLARED


def _contradicting() -> Iterator[Recipe]:
    """Declared one encoding, written in another; with Chinese and with Latin names in the header."""
    written = {
        "utf-8": ROWS,
        "gb18030": ROWS,
        "utf-16": ROWS,
        "utf-16-le": ROWS,
        "big5": COMMON,
    }
    for real, rows in written.items():
        for declared in ("utf-8", "gb18030", "gbk", "big5", "utf-16"):
            if real == declared or {real, declared} <= {"gb18030", "gbk"}:
                continue
            for label, names in (("Latin", ASCII), ("Chinese", TRADITIONAL if real == "big5" else NAMES)):
                data = text(rows, names).encode(real)
                name = f"{real} declared as {declared}, {label} header"
                yield _recipe(name, data, declared, rows, Verdict.REFUSED, "", names=names)
    head, half = lines()[:1], lines()[1:]
    for first, second in (("gb18030", "utf-8"), ("utf-8", "gb18030")):
        data = joined(head + half).decode().encode(first) + joined(half).decode().encode(second)
        name = f"{first} that goes on in {second}"
        yield _recipe(name, data, first, PLAIN * 2, Verdict.REFUSED, "byte|UTF-8")
    wide = text(PLAIN).encode("gbk").replace("梓".encode("gbk"), "㛃".encode("gb18030"))
    rows = tuple(tuple(c.replace("梓", "㛃") if c else c for c in row) for row in PLAIN)
    yield _recipe("four bytes in what was declared GBK", wide, "gbk", rows, Verdict.REFUSED, "gb18030")


def _damaged() -> Iterator[Recipe]:
    """A byte that no character has, at many places."""
    for encoding, wrongs in {
        "utf-8": (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\x80", b"\xf5\x80\x80\x80"),
        "gb18030": (b"\xff", b"\x80", b"\x84\x31\xff\x30"),
        "gbk": (b"\xff", b"\x80"),
        "big5": (b"\xff", b"\x80"),
    }.items():
        rows = COMMON if encoding == "big5" else PLAIN
        names = ASCII
        data = text(rows, names).encode(encoding)
        at = data.index(b"\r\n", len(data) // 2) - 1
        for wrong in wrongs:
            place = at if data[at] < 0x80 else data.index(b"\r\n", len(data) // 2)
            broken = data[:place] + wrong + data[place:]
            name = f"bytes {wrong.hex()} in {encoding}"
            yield _recipe(name, broken, encoding, rows, Verdict.REFUSED, r"byte \d+", names=names)
    for encoding in ("utf-8", "gb18030", "utf-16"):
        data = text(PLAIN)[:-2].encode(encoding)
        yield _recipe(f"{encoding} cut inside its last character", data[:-1], encoding, PLAIN, Verdict.REFUSED, "byte")


def _already_damaged() -> Iterator[Recipe]:
    """Text that was decoded wrongly before it was sent: it decodes, and says nothing any more."""
    for mark in ("锟斤拷", "烫烫烫", "屯屯屯屯", "\ufffd", "陈\ufffd\ufffd强"):
        for encoding in ("utf-8", "gb18030"):
            parts = lines()
            parts[3] = parts[3].replace("欧阳梓涵", mark)
            data = joined(parts).decode().encode(encoding)
            name = f"{mark!a} in a cell of {encoding}"
            yield _recipe(name, data, encoding, PLAIN, Verdict.SET_ASIDE, "damaged_text")
    parts = lines()
    yield _recipe(
        "锟斤拷 in the header",
        joined([parts[0].replace("姓名", "锟斤拷")] + parts[1:]),
        "utf-8",
        PLAIN,
        Verdict.REFUSED,
    )
    twice = joined(parts).decode().encode().decode("gb18030", "replace").encode()
    yield _recipe("UTF-8 once read as GB18030 and saved", twice, "utf-8", PLAIN, Verdict.REFUSED)
    latin = joined(parts).decode("latin-1").encode()
    yield _recipe("UTF-8 once read as Latin-1 and saved", latin, "utf-8", PLAIN, Verdict.REFUSED)
    for end in (b"\x1a", b"\x1a\x1a\r\n", b"\0\0\0"):
        expect, says = (DECLARED, "end_mark") if end[:1] == b"\x1a" else (Verdict.SET_ASIDE, "")
        recipe = _recipe(f"{end!r} behind the last record", joined(parts) + end, "utf-8", PLAIN, expect, says)
        yield sound(recipe) if expect is DECLARED else recipe


def _standard_of_2022() -> Iterator[Recipe]:
    """GB 18030-2022 gave 18 two-byte codes to characters that had stood in the private area until then."""
    codes = {0xFE59: "\u9fb4", 0xFE61: "\u9fb5", 0xFE90: "\u9fba", 0xFEA0: "\u9fbb", 0xA6D9: "\ufe10", 0xA6F3: "\ufe19"}
    for code, character in codes.items():
        rows = ((*PLAIN[0][:4], f"以{character}为准"), *PLAIN[1:])
        data = text(PLAIN).replace("无", "以@@为准", 1).encode("gb18030").replace(b"@@", code.to_bytes(2, "big"))
        name = f"code {code:04X} of the standard of 2022"
        yield _recipe(name, data, "gb18030", rows, Verdict.EXACT)
    rows = ((*PLAIN[0][:4], "人名\ue000"), *PLAIN[1:])
    data = text(rows).encode("gb18030")
    yield _recipe("a character of the private area", data, "gb18030", rows, Verdict.DECLARED, "private_use")
