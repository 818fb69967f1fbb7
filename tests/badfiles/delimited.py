"""Delimited text: structure, quoting, line ends, headers, footers, several tables, what was cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from tests.badfiles.clean import NAMES, PLAIN, ROWS, joined, lines, text
from tests.badfiles.recipe import Recipe, Row, Verdict, sound

EXACT, DECLARED, SET_ASIDE, REFUSED = Verdict.EXACT, Verdict.DECLARED, Verdict.SET_ASIDE, Verdict.REFUSED


def recipes() -> Iterator[Recipe]:
    for make in (_dialects, _columns, _quotes, _ends, _cells, _headers, _around, _tables, _cut, _large):
        yield from make()


def _recipe(
    family: str,
    name: str,
    data: bytes,
    expect: Verdict,
    says: str = "",
    clean: Sequence[Row] = PLAIN,
    names: Sequence[str] = NAMES,
    manifest: dict[str, object] | None = None,
    **fmt: object,
) -> Recipe:
    return Recipe(
        f"csv {family}", name, lambda: data, {"kind": "csv", **fmt}, names, clean, expect, says, manifest or {}
    )


def _dialects() -> Iterator[Recipe]:
    for delimiter in (",", ";", "\t", "|", "^", "\x01", " ", "~"):
        for quote in ('"', "'"):
            for every in (False, True):
                data = text(delimiter=delimiter, quote=quote, every=every).encode()
                name = f"{delimiter!r} and {quote}{' everywhere' if every else ''}"
                yield _recipe("dialect", name, data, EXACT, clean=ROWS, delimiter=delimiter, quote=quote)
    for real in (";", "\t", "|"):
        data = text(PLAIN, delimiter=real).encode()
        yield _recipe("dialect", f"{real!r} declared as ','", data, REFUSED, "delimiter")
    data = text(PLAIN).encode()
    yield _recipe("dialect", "',' declared as '|'", data, REFUSED, "delimiter", delimiter="|")
    parts = lines()
    for at in (1, 3, 6):
        for other in (";", "\t", "|"):
            changed = [part.replace(",", other) if n == at else part for n, part in enumerate(parts)]
            name = f"record {at} by {other!r}"
            yield _recipe("dialect", name, joined(changed + parts[1:]), SET_ASIDE, "column_count", PLAIN * 2)
    traps = tuple(tuple(f"{cell},|;" for cell in row) for row in PLAIN)
    yield _recipe("dialect", "every cell full of delimiters", text(traps).encode(), EXACT, clean=traps)
    wide = text(PLAIN).replace(",", "，").encode()
    yield _recipe("dialect", "full-width commas", wide, REFUSED)
    escaped = text(ROWS).replace('""', '\\"').encode()
    yield _recipe("dialect", "quotes escaped by a backslash", escaped, SET_ASIDE, "quote|column_count", ROWS)
    backslash = [*parts[:2], parts[2].replace("李秀英", "李\\,秀英"), *parts[3:]]
    yield _recipe("dialect", "a delimiter escaped by a backslash", joined(backslash), SET_ASIDE, "column_count")
    yield _recipe("dialect", "no quotes at all", text(PLAIN, quote="").encode(), EXACT, quote="")
    inches = tuple((*row[:4], '36"') for row in PLAIN)
    data = joined([",".join(NAMES), *(",".join(row) for row in inches)])
    yield _recipe("dialect", "quotes are text where none is declared", data, EXACT, clean=inches, quote="")


def _columns() -> Iterator[Recipe]:
    """A delimiter too many or too few in each record, in each column."""
    parts = lines()
    for at in range(1, len(parts)):
        for column in range(len(NAMES)):
            cells = parts[at].split(",")
            more = [*cells[:column], cells[column] + ",", *cells[column + 1 :]]
            changed = [*parts[:at], ",".join(more), *parts[at + 1 :], *parts[1:]]
            yield _recipe(
                "columns",
                f"one more in record {at}, column {column}",
                joined(changed),
                SET_ASIDE,
                "column_count",
                PLAIN * 2,
            )
            if column:
                fewer = [*cells[: column - 1], cells[column - 1] + cells[column], *cells[column + 1 :]]
                changed = [*parts[:at], ",".join(fewer), *parts[at + 1 :], *parts[1:]]
                yield _recipe(
                    "columns",
                    f"one fewer in record {at}, column {column}",
                    joined(changed),
                    SET_ASIDE,
                    "column_count",
                    PLAIN * 2,
                )
    ragged = [parts[0], *(part + ",x" * n for n, part in enumerate(parts[1:]))]
    yield _recipe(
        "columns",
        "every record longer than the one before",
        joined(ragged + parts[1:]),
        SET_ASIDE,
        "column_count",
        PLAIN * 2,
    )
    trailing = [part + "," for part in parts]
    name = "a delimiter behind every record and the header"
    yield sound(_recipe("columns", name, joined(trailing), DECLARED, "trailing_delimiter"))
    yield _recipe(
        "columns", "a delimiter behind every record only", joined(parts[:1] + trailing[1:]), SET_ASIDE, "column_count"
    )
    short = [parts[0], *(part.rpartition(",")[0] for part in parts[1:3]), *parts[1:]]
    yield _recipe(
        "columns", "the last cell missing in two records", joined(short), SET_ASIDE, "column_count", PLAIN[:2] + PLAIN
    )


def _quotes() -> Iterator[Recipe]:
    """A stray quotation mark in each cell of a record, at its beginning, middle and end."""
    parts = lines()
    for column in range(len(NAMES)):
        for where in ("before", "inside", "behind"):
            cells = parts[2].split(",")
            cell = cells[column]
            cells[column] = {"before": f'"{cell}', "inside": f'{cell[:1]}"{cell[1:]}', "behind": f'{cell}"'}[where]
            data = joined([*parts[:2], ",".join(cells), *parts[3:], *parts[1:]])
            if where == "inside" and len(cell) > 1:
                clean = [*PLAIN[:1], tuple(cells), *PLAIN[2:], *PLAIN]
                yield _recipe("quotes", f"{where} cell {column}", data, EXACT, clean=clean)
            else:
                yield _recipe("quotes", f"{where} cell {column}", data, SET_ASIDE, "quote", PLAIN * 2)
    late = joined([*parts[:3], parts[3] + '"', *parts[4:]])
    yield _recipe("quotes", "closed but never opened", late, SET_ASIDE, "quote")
    torn = [*parts[:2], parts[2].replace("李秀英", '"李"秀英'), *parts[3:]]
    yield _recipe("quotes", "text behind a closing mark", joined(torn), SET_ASIDE, "quote")
    rows = ((*PLAIN[0][:4], "第一行\r\n第二行\n第三行"), *PLAIN[1:])
    for end in ("\r\n", "\n"):
        yield _recipe("quotes", f"lines inside a cell, {end!r}", text(rows, end=end).encode(), EXACT, clean=rows)
    rows = ((*PLAIN[0][:4], '"'), (*PLAIN[1][:4], '""'), (*PLAIN[2][:4], '","'), (*PLAIN[3][:4], '\r\n"\r\n'))
    yield _recipe("quotes", "cells of nothing but marks", text(rows).encode(), EXACT, clean=rows)
    curly = [*parts[:2], parts[2].replace("李秀英", "“李,秀英”"), *parts[3:]]
    yield _recipe("quotes", "curly marks do not quote", joined(curly), SET_ASIDE, "column_count")
    blank = [*parts[:2], parts[2].replace(",李秀英", ', "李秀英"'), *parts[3:]]
    yield _recipe("quotes", "a blank before the opening mark", joined(blank), SET_ASIDE, "quote")


def _ends() -> Iterator[Recipe]:
    parts = lines()
    for end in ("\n", "\r\n", "\r"):
        yield _recipe("ends", f"{end!r}", joined(parts, end), EXACT)
    mixed = "".join(part + "\r\n\n\r"[n % 3 :][: 2 if n % 3 == 0 else 1] for n, part in enumerate(parts))
    yield sound(_recipe("ends", "three kinds in turn", mixed.encode(), DECLARED, "mixed_ends"))
    yield _recipe("ends", "none behind the last record", joined(parts)[:-2], DECLARED, "open_end")
    for blanks in ("\r\n", "\r\n\r\n\r\n", "  \r\n", "\r\n\x1a"):
        data, says = joined(parts) + blanks.encode(), "end_mark" if "\x1a" in blanks else "blank"
        yield sound(_recipe("ends", f"{blanks!r} behind the last", data, DECLARED, says))
    for at in (0, 1, 3):
        between = joined(parts[:at]) + b"\r\n" + joined(parts[at:])
        recipe = _recipe("ends", f"a blank line before line {at}", between, DECLARED, "blank_inside" if at else "blank")
        yield recipe if at else sound(recipe)
    double = joined(parts, "\r\n\r\n")
    yield _recipe("ends", "a blank line behind every record", double, DECLARED, "blank_inside")
    bare = [*parts[:2], parts[2].replace("李秀英", "李\n秀英"), *parts[3:]]
    yield _recipe("ends", "a line end inside a cell without marks", joined(bare), SET_ASIDE, "column_count")


def _cells() -> Iterator[Recipe]:
    """Cells are taken as they stand, whatever they may mean."""
    values = {
        "missing": ["NULL", "\\N", "-", "/", "无", "不详", "—", "#N/A", "", "N/A", "nan"],
        "numbers": [
            "1,234.56",
            "1.234,56",
            "12万",
            "3.5亿元",
            "½",
            "１２３",
            "NaN",
            "Infinity",
            "1e400",
            "-0",
            "0012",
            "5-",
        ],
        "dates": ["2024年2月29日", "二〇二四年", "民国113年", "24/2/29", "20240229", "2024Q1", "24:00", "0000-00-00"],
        "attacks": [
            "=1+1",
            "+1",
            "@SUM(A1)",
            "\t=1",
            "=cmd|'/c calc'!A0",
            "<script>x</script>",
            "${jndi:x}",
            "{{ x }}",
        ],
        "blanks": [" 前", "后 ", "\u3000", "\xa0=1", "a\tb", "'0012"],
        "nul": ["a\0b"],
        "damaged at the source": ["4.41900E+17", "441900199001011000"],
        "quoted empties": [""],
    }
    for name, cells in values.items():
        rows = tuple((*PLAIN[0][:4], cell) for cell in cells)
        for every in (False, True):
            data = text(rows, every=every).encode()
            yield _recipe("cells", f"{name}{', quoted' if every else ''}", data, EXACT, clean=rows)
    long = ((*PLAIN[0][:4], "长" * 43_691), *PLAIN[1:])
    yield _recipe("cells", "a cell of 131,073 bytes", text(long).encode(), EXACT, clean=long)
    empty = joined([*lines()[:3], ",,,,", *lines()[3:]])
    yield _recipe("cells", "a record of nothing but delimiters", empty, DECLARED, "blank")
    only = joined([lines()[0], ",,,,", ",,,,"])
    yield _recipe("cells", "records of nothing but delimiters", only, DECLARED, "blank", clean=())


def _headers() -> Iterator[Recipe]:
    parts = lines()
    body = parts[1:]

    def recipe(name: str, header: str, expect: Verdict, says: str = "", **more: object) -> Recipe:
        return _recipe("header", name, joined([header, *body]), expect, says, **more)  # type: ignore[arg-type]

    yield recipe("blanks and full-width letters", " 编号 ,姓　名,证件 号码,住址,备注", EXACT)
    yield recipe("line ends inside names", '"编\n号",姓名,"证件\r\n号码",住址,备注', EXACT)
    yield recipe("a name twice", "编号,姓名,证件号码,住址,姓名", REFUSED, "lacks|twice")
    yield recipe("a name twice with all others there", "编号,姓名,证件号码,住址,备注,姓名", REFUSED, "twice")
    yield recipe("an empty name", "编号,,证件号码,住址,备注", REFUSED, "lacks 姓名")
    yield recipe("a renamed column", "编号,姓名,证件号码,现住址,备注", REFUSED, "perhaps '现住址'")
    yield recipe("a column fewer", "编号,姓名,证件号码,住址", REFUSED, "lacks 备注")
    yield _recipe("header", "none", joined(body), REFUSED, "lacks 5 of 5")
    yield _recipe("header", "none, as declared", joined(body), EXACT, header_rows=0)
    yield _recipe("header", "one that was declared away", joined(parts), REFUSED, "header_rows", header_rows=0)
    yield _recipe("header", "alone", joined(parts[:1]), EXACT, clean=())
    yield _recipe("header", "and one record", joined(parts[:2]), EXACT, clean=PLAIN[:1])
    reordered = [",".join(reversed(part.split(","))) for part in parts]
    yield _recipe("header", "in another order", joined(reordered), EXACT)
    added = [f"{part},{'新增' if n == 0 else n}" for n, part in enumerate(parts)]
    yield _recipe("header", "with a column that is not declared", joined(added), EXACT)
    title = ["人员登记表,,,,", *parts]
    yield _recipe("header", "below a title", joined(title), EXACT, header_rows=2)
    yield _recipe("header", "below a title that is not declared", joined(title), REFUSED, "header_rows: 2|preamble")
    merged = ["基本信息,,,联系,", "编号,姓名,证件号码,住址,备注", *body]
    yield _recipe("header", "in two rows with merged groups", joined(merged), EXACT, header_rows=2)
    below = ["编号,姓名,证件号码,联系,", ",,,住址,备注", *body]
    yield _recipe("header", "in two rows, names in both", joined(below), EXACT, header_rows=2)
    twins = ["户主,,配偶,,", "姓名,证件,姓名,证件,备注", *body]
    names = ("户主.姓名", "户主.证件", "配偶.姓名", "配偶.证件", "备注")
    yield _recipe(
        "header", "in two rows, the same names in two groups", joined(twins), EXACT, header_rows=2, names=names
    )
    yield _recipe(
        "header",
        "the same names in two groups, the group not declared",
        joined(twins),
        REFUSED,
        "twice",
        header_rows=2,
        names=("姓名", "备注"),
    )
    wide = [",".join([*NAMES, *(f"c{n}" for n in range(9_995))]), *(part + "," * 9_995 for part in body)]
    yield _recipe("header", "of 10,000 columns", joined(wide), EXACT)
    wider = [",".join([*NAMES, *(f"c{n}" for n in range(99_995))]), *(part + "," * 99_995 for part in body)]
    yield _recipe("header", "of 100,000 columns", joined(wider), REFUSED, "columns")
    for name, data in {
        "nothing": b"",
        "blank lines": b"\r\n\r\n",
        "only delimiters": b",,,,\r\n,,,,\r\n",
        "a mark": b"\xef\xbb\xbf",
    }.items():
        yield _recipe("header", f"a file of {name}", data, REFUSED, "empty|header", clean=())


def _around() -> Iterator[Recipe]:
    """What stands above and below a table."""
    parts = lines()
    preamble = ["导出时间：2026-03-01", "单位：某局", "", *parts]
    yield _recipe("around", "a preamble as declared", joined(preamble), DECLARED, "preamble", preamble=3)
    yield _recipe("around", "a preamble that is not declared", joined(preamble), REFUSED, "preamble: ")
    footer = ("合计", "制表人")
    for name, tail in {
        "a sum": ["合计,6,,,"],
        "who made it": ["制表人：某某,,,,"],
        "both": ["合计,6,,,", "制表人：某某,,,,"],
        "both behind a blank line": ["", "合计,6,,,", "制表人：某某"],
        "one cell": ["合计：6人"],
    }.items():
        yield _recipe("around", f"{name} below, declared", joined(parts + tail), DECLARED, "footer", footer=footer)
        yield _recipe("around", f"{name} below, not declared", joined(parts + tail), SET_ASIDE, "footer|column_count")
    for name, tail in {
        "a remark": ["注：数据截至本月底,,,,"],
        "a count": ["共6条,,,,"],
        "a clerk": ["填表人,某某,审核人,某某,"],
    }.items():
        yield _recipe("around", f"{name} below, not declared", joined(parts + tail), SET_ASIDE, "footer")
    firm = [*parts, "合计算力,无,1,东莞,无"]
    clean = (*PLAIN, ("合计算力", "无", "1", "东莞", "无"))
    yield _recipe("around", "a record that begins like a sum", joined(firm), EXACT, clean=clean, footer=footer)
    sub = [*parts[:4], "小计,3,,,", *parts[4:], "小计,3,,,"]
    yield _recipe("around", "sums between records", joined(sub), SET_ASIDE, "footer")


def _tables() -> Iterator[Recipe]:
    """More than one table in a file."""
    parts = lines()
    yield _recipe("tables", "the header again", joined(parts + parts), SET_ASIDE, "header_again", PLAIN * 2)
    yield _recipe(
        "tables",
        "the header again behind a blank line",
        joined([*parts, "", *parts]),
        SET_ASIDE,
        "header_again",
        PLAIN * 2,
    )
    spaced = [*parts, "", "附表二,,,,", "街道,人数,男,女,备注", "莞城,1,1,0,无", "东城,2,1,1,无"]
    yield _recipe("tables", "another one as wide below", joined(spaced), SET_ASIDE, "second_table")
    narrow = [*parts, "", "街道,人数", "莞城,1", "东城,2"]
    yield _recipe("tables", "a narrower one below", joined(narrow), SET_ASIDE, "second_table|column_count")
    beside = [f"{part},,{'街道' if n == 0 else n}" for n, part in enumerate(parts)]
    yield sound(_recipe("tables", "one beside the other", joined(beside), DECLARED, "nameless_columns"))
    page = [*parts[:4], "第1页,,,,", *parts[:1], *parts[4:]]
    yield _recipe("tables", "pages with a header each", joined(page), SET_ASIDE, "header_again")


def _cut() -> Iterator[Recipe]:
    """Cut at many places: with what a manifest says, and without."""
    data = text(ROWS * 4).encode("gb18030")
    whole = hashlib.sha256(data).hexdigest()
    step = len(data) // 12
    for at in range(step, len(data) - 1, step):
        yield _recipe(
            "cut",
            f"at byte {at}, SHA-256 in the manifest",
            data[:at],
            REFUSED,
            "SHA-256",
            ROWS * 4,
            manifest={"sha256": whole},
            encoding="gb18030",
        )
    ends = [n + 2 for n in range(len(data) - 2) if data[n : n + 2] == b"\r\n"][1:-1:4]
    for at in ends:
        yield _recipe(
            "cut",
            f"behind a record at byte {at}, rows in the manifest",
            data[:at],
            REFUSED,
            "manifest",
            ROWS * 4,
            manifest={"rows": 24},
            encoding="gb18030",
        )
    plain = joined(lines())
    last = plain.rindex(b"0017")
    for at in (2, 4, 5, 14, 15, 20):
        name = f"{at} bytes into the last record"
        yield _recipe("cut", name, plain[: last + at], SET_ASIDE, "column_count")
    for at in (6, 7, 38):
        yield _recipe("cut", f"{at} bytes into the last record, in a character", plain[: last + at], REFUSED, "byte")
    quoted = text(PLAIN, every=True).encode()
    yield _recipe("cut", "inside quotes", quoted[:-6], SET_ASIDE, "quote")
    yield _recipe("cut", "inside the last cell", plain[:-2].rstrip("无".encode()) + "无".encode(), DECLARED, "open_end")


def _large() -> Iterator[Recipe]:
    def never_closed() -> bytes:
        return joined([*lines()[:2], '9,"x'] + lines()[1:] * 30_000)

    clean = (*PLAIN[:1], *PLAIN * 30_000)
    yield Recipe(
        "csv limits", "a quote that is never closed", never_closed, {"kind": "csv"}, NAMES, clean, SET_ASIDE, "quote"
    )

    def one_line() -> bytes:
        return joined(lines()[:3]) + b"1," + b"x" * (20 << 20)

    yield Recipe("csv limits", "a line of 20 MB", one_line, {"kind": "csv"}, NAMES, PLAIN, REFUSED, "longer than")
    nul = joined(lines()[:3]) + bytes(9 << 20)
    yield _recipe("limits", "9 MB of NUL behind three lines", nul, REFUSED, "longer than")
