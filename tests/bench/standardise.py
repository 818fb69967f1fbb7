"""Standardising person rows of 25 columns on Spark, beside hand-written PySpark of the same transforms.

``ROWS`` of the environment changes the size, ``PAIRS`` how often each side runs over all rows (3).

Both run under Spark's default planning (compiled, adaptive), read the same Parquet and write Delta: value, flag and,
where a flag stands, the delivered text of every column.
The peer is written column by column with the functions of PySpark, as one would without rules in words; before the
clock counts, both are held to the same values and flags, cell by cell.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from jobs.rules import RULES, Policy
from jobs.rules.divisions import division_pattern
from jobs.rules.identifiers import NATION, USCC_KINDS
from jobs.settings import Settings, read_settings
from jobs.standardise.clean import clean_cells
from jobs.standardise.policy import Cell, Standard

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

GOAL = 1.35
SEX = {"1": "男性", "2": "女性", "9": "未说明的性别"}
MARITAL = {"10": "未婚", "20": "已婚", "30": "丧偶", "40": "离婚", "90": "未说明"}
EDUCATION = {"10": "研究生", "20": "本科", "30": "专科", "60": "高中", "70": "初中", "80": "小学", "90": "其他"}
KINDS: dict[str, tuple[str, Policy]] = {
    "id": ("resident_id", Policy(as_of="2026-03-02")),
    "name": ("person_name", Policy()),
    "former_name": ("person_name", Policy()),
    "sex": ("code", Policy(codes=SEX, wild={"男": "1", "女": "2"})),
    "marital": ("code", Policy(codes=MARITAL)),
    "education": ("code", Policy(codes=EDUCATION)),
    "born": ("date", Policy(formats=("yyyyMMdd",))),
    "moved_in": ("date", Policy()),
    "moved_out": ("date", Policy()),
    "registered": ("date", Policy(formats=("yyyyMMdd",))),
    "mobile": ("mobile", Policy()),
    "employer_code": ("uscc", Policy()),
    "employer": ("org_name", Policy()),
    "address": ("address", Policy()),
    "birthplace": ("address", Policy()),
    "height": ("integer", Policy()),
    "children": ("integer", Policy()),
    "income": ("decimal", Policy()),
    "area": ("decimal", Policy()),
    **{f"text_{n}": ("text", Policy()) for n in range(6)},
}
"""25 columns: how each is read."""


def make_rows(session: SparkSession, rows: int, path: str) -> None:
    """Person rows as a department writes them, one cell in thirty in another writing; all derived from the number."""

    def pick(*values: str) -> str:
        cases = " ".join(f"WHEN {n} THEN {value}" for n, value in enumerate(values[1:], 1))
        return f"CASE pmod(hash(id, {abs(hash(values)) % 997}), {30}) {cases} ELSE {values[0]} END"

    day = "date_add(DATE'1950-01-01', CAST(pmod(hash(id), 25000) AS INT))"
    compact, dashed = f"date_format({day}, 'yyyyMMdd')", f"date_format({day}, 'yyyy-MM-dd')"
    body = f"concat('441900', {compact}, lpad(CAST(id % 1000 AS STRING), 3, '0'))"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = " + ".join(f"{w} * CAST(substring(body, {n}, 1) AS INT)" for n, w in enumerate(weights, 1))
    given = "substring('伟芳娜敏静丽强磊洋艳勇军杰娟涛超明霞平刚', 1 + CAST(id % 20 AS INT), 1)"
    name = f"concat(substring('陈李张黄何梁刘林王吴', 1 + CAST(id % 10 AS INT), 1), {given}, {given})"
    town = "substring('莞城东城南城万江虎门长安厚街常平', 1 + 2 * CAST(id % 8 AS INT), 2)"
    place = f"concat('东莞市', {town}, '人民路', id % 900, '号')"
    columns = {
        "id": pick("number", "lower(concat(' ', number))", "'无'", "concat(substring(number, 1, 17), 'Y')"),
        "name": pick(name, f"concat({name}, '　')", f"concat({name}, '(已搬)')", "'测试'"),
        "former_name": pick("''", name, "'阿不都.热合曼'", "'NULL'"),
        "sex": pick("CAST(1 + id % 2 AS STRING)", "'男'", "'１'", "'5'", "''"),
        "marital": pick("CAST(10 + 10 * (id % 4) AS STRING)", "'已婚'", "'99'", "'-'"),
        "education": pick("'10'", "'本科'", "'20 '", "'无'"),
        "born": pick(compact, dashed, f"concat(' ', {compact})", "'19900230'"),
        "moved_in": pick(dashed, compact, "'1900-01-01'", "'不详'"),
        "moved_out": pick("''", dashed, "'长期'", "'2020/1/5'"),
        "registered": pick(compact, compact, "'2001年3月7日'", "'\\\\N'"),
        "mobile": pick(
            "concat('138', lpad(CAST(id % 100000000 AS STRING), 8, '0'))", "'+86 13912345678'", "'1234'", "'无'"
        ),
        "employer_code": pick("'91110000600037341L'", "'91350100m000100y43'", "'911100006000373410'", "''"),
        "employer": pick("concat('东莞市第', id % 999, '电子有限公司')", "'东莞市甲(集团)公司'", "'无'"),
        "address": pick(place, f"concat({place}, ' ')", "'东莞市１号'", "'不详'"),
        "birthplace": pick("'广东省东莞市'", "'湖南省 '", "'N/A'"),
        "height": pick("CAST(150 + id % 40 AS STRING)", "'1,234'", "'170.0'", "'高'"),
        "children": pick("CAST(id % 3 AS STRING)", "'２'", "'1人'", "'无'"),
        "income": pick("CAST(id % 99999 AS STRING)", "'1,234.50'", "'约3000'", "''"),
        "area": pick("'88.50'", "'12%'", "'--'"),
        **{f"text_{n}": pick(f"concat('备注', id % {7 + n})", "' 备注'", "'ＡＢ'", "'——'") for n in range(6)},
    }
    frame = session.range(rows).selectExpr("id", f"{body} AS body")
    frame = frame.selectExpr("id", f"concat(body, substring('10X98765432', ({total}) % 11 + 1, 1)) AS number")
    system = ["'load' AS _load_id", "id AS _row_no", "'' AS _row_hash", "1 AS _order", "1 AS _snapshot"]
    frame.selectExpr(*system, *[f"{value} AS `{column}`" for column, value in columns.items()]).write.parquet(path)


def ours(landed: DataFrame) -> DataFrame:
    """The stage's own reading of cells."""
    cells = tuple(Cell(column, f"{column}_v", RULES[rule], policy) for column, (rule, policy) in KINDS.items())
    return clean_cells(landed, Standard("bench", "full", ("id_v",), None, (), cells, ()))


_WIDE = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
_WIDE_WORD = "".join(char for char, plain in zip(_WIDE, _NARROW, strict=True) if plain.isalnum() or plain == " ")
_NARROW_WORD = "".join(plain for plain in _NARROW if plain.isalnum() or plain == " ")
_HIDDEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_BLANK = " \t\r\n\f\x0b\u00a0\u3000"
_NULLS = ["", "\\N", "NULL", "null", "Null", "None", "NaN", "nan", "-", "--", "—", "——", "/", "#N/A", "N/A", "－", "／"]
_WORDS = ["无", "不详", "未知", "不明", "暂无", "测试", "test", "TEST", "没有", "未填", "待补", "空"]


@dataclass(frozen=True)
class Steps:
    """A column by hand in three selects: the tidied text, the value of the text, the flag of (raw, text, value)."""

    text: Column
    value: Callable[[Column], Column]
    flag: Callable[[Column, Column, Column], Column]


def _word(raw: Column) -> Column:
    return F.btrim(F.translate(raw, _WIDE_WORD + _HIDDEN, _NARROW_WORD), F.lit(_BLANK))


def _half(raw: Column) -> Column:
    return F.btrim(F.translate(raw, _WIDE + _HIDDEN, _NARROW), F.lit(_BLANK))


def _flagged(
    text: Column, value: Column, repaired: Column, *doubts: tuple[Column, str], lost: str = "unparsed"
) -> Column:
    flag = F.when(text.isNull() | text.isin(_NULLS), None)
    flag = flag.when(value.isNull() & text.isin(*_WORDS, "长期", "永久"), "placeholder").when(value.isNull(), lost)
    for doubt, name in doubts:
        flag = flag.when(doubt, name)
    return flag.when(repaired, "repaired")


def _kept(text: Column) -> Column:
    return F.when(~text.isin(*_NULLS, *_WORDS), text)


def _text(raw: Column, _policy: Policy) -> Steps:
    return Steps(
        _word(raw),
        lambda text: F.when(~text.isin(_NULLS), text),
        lambda raw, _t, value: F.when(value != raw, "repaired"),
    )


def _address(raw: Column, _policy: Policy) -> Steps:
    return Steps(_word(raw), _kept, lambda raw, text, value: _flagged(text, value, value != raw))


def _code(raw: Column, policy: Policy) -> Steps:
    def value(text: Column) -> Column:
        read = F.when(text.isin(list(policy.codes)), text)
        for spelling, code in ({name: code for code, name in policy.codes.items()} | dict(policy.wild)).items():
            read = read.when(text == spelling, code)
        return read

    return Steps(_word(raw), value, lambda raw, text, value: _flagged(text, value, value != raw, lost="unseen_code"))


def _name(raw: Column, _policy: Policy) -> Steps:
    dotted = F.translate(_word(raw), "•‧・･∙⋅●．", "·······.")
    bare = F.btrim(F.regexp_replace(dotted, "([（(][^（()）]*[)）]?)+\\s*$", ""), F.lit(_BLANK))
    joined = F.regexp_replace(F.regexp_replace(bare, "\\s+", ""), "([^ -~])[.](?=[^ -~])", "$1·")

    def value(text: Column) -> Column:
        nobody = text.isin(*_NULLS, *_WORDS, "某某", "待取名") | text.rlike("之[子女]$|^测试|^[0-9]+$")
        return F.when(~nobody, text)

    def flag(raw: Column, text: Column, value: Column) -> Column:
        doubt = value.rlike("[?？□\ufffd\ue000-\uf8ff]") | value.rlike("[（()）]")
        return _flagged(text, value, value != raw, (doubt, "malformed"), lost="placeholder")

    return Steps(F.when(bare.rlike("[A-Za-z]"), bare).otherwise(joined), value, flag)


def _coded(raw: Column) -> Column:
    return F.regexp_replace(F.upper(_half(raw)), "[\\s'\"`’‘“”‐‑–—―-]+", "")


def _unfilled(text: Column) -> Column:
    return F.when(~(text.isin(*_NULLS, *_WORDS) | text.rlike("^(.)\\1{5,}$")), text)


def _resident(raw: Column, policy: Policy) -> Steps:
    def flag(raw: Column, text: Column, value: Column) -> Column:
        born = F.concat_ws("-", value.substr(7, 4), value.substr(11, 2), value.substr(13, 2)).try_cast("date")
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum((F.ascii(value.substr(n, 1)) - 48) * weight for n, weight in enumerate(weights, 1))
        check = F.substr(F.lit("10X98765432"), total % 11 + 1, F.lit(1))
        shape = "^[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]$"
        doubts = (
            (~value.rlike(shape) | born.isNull(), "malformed"),
            (value.substr(18, 1) != check, "check_digit"),
            (born > F.lit(policy.as_of).cast("date"), "implausible"),
        )
        return _flagged(text, value, value != raw, *doubts, lost="placeholder")

    return Steps(_coded(raw), _unfilled, flag)


def _credit(raw: Column, _policy: Policy) -> Steps:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

    def flag(raw: Column, text: Column, value: Column) -> Column:
        total = sum((F.instr(F.lit(alphabet), value.substr(n, 1)) - 1) * pow(3, n - 1, 31) for n in range(1, 18))
        check = F.substr(F.lit(alphabet), (31 - total % 31) % 31 + 1, F.lit(1))
        shape = f"^[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[{alphabet}]{{10}}$"
        places, weights = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (3, 7, 9, 10, 5, 8, 4, 2)
        parts = (F.instr(F.lit(places), value.substr(9 + n, 1)) - 1 for n in range(8))
        asked = sum(part * weight for part, weight in zip(parts, weights, strict=True))
        doubts = (
            (~value.rlike(shape), "malformed"),
            (value.substr(18, 1) != check, "check_digit"),
            (~value.rlike(f"^(?:{USCC_KINDS.replace(' ', '|')})"), "unknown_kind"),
            (value.substr(17, 1) != F.substr(F.lit("0X987654321"), asked % 11 + 1, F.lit(1)), "org_check_digit"),
            (~value.rlike(f"^..{division_pattern(NATION)}"), "unknown_division"),
        )
        return _flagged(text, value, value != raw, *doubts, lost="placeholder")

    return Steps(_coded(raw), _unfilled, flag)


def _firm(raw: Column, _policy: Policy) -> Steps:
    squared = F.translate(_word(raw), "()[]［］〔〕【】", "（）（）（）（）（）")
    text = F.regexp_replace(squared, "([^ -~])\\s+(?=[^ -~])", "$1")
    return Steps(text, _kept, lambda raw, text, value: _flagged(text, value, value != raw, lost="placeholder"))


_DAY = "^([0-9]{4})[-/.年 ]?([0-9]{1,2})[-/.月 ]?([0-9]{1,2})日?([ T].*)?$"
_NO_DAY = (
    "^(0000[-/.]?00?[-/.]?00?|0001[-/.]?0?1[-/.]?0?1|1899[-/.]?12[-/.]?3[01]|1900[-/.]?0?1[-/.]?0?1"
    "|(20|99)99[-/.]?12[-/.]?31)$"
)


def _date(raw: Column, policy: Policy) -> Steps:
    def value(text: Column) -> Column:
        year, month, day = (F.regexp_extract(text, _DAY, n) for n in (1, 2, 3))
        read = F.concat_ws("-", year, F.lpad(month, 2, "0"), F.lpad(day, 2, "0")).try_cast("date")
        return F.when(~text.rlike(_NO_DAY) & text.rlike(_DAY), read)

    def flag(raw: Column, text: Column, value: Column) -> Column:
        written = F.date_format(value, policy.formats[0] if policy.formats else "yyyy-MM-dd")
        none = value.isNull() & text.rlike(_NO_DAY)
        return F.when(none, "placeholder").otherwise(_flagged(text, value, written != raw))

    return Steps(_half(raw), value, flag)


def _mobile(raw: Column, _policy: Policy) -> Steps:
    digits = F.regexp_replace(_half(raw), "[()\\s—–‐―-]+", "")
    text = F.regexp_replace(digits, "^([+]?86|0086)(1[0-9]{10})$", "$2")
    filler = "^(1?0+|1?1+|13800000000|13800138000|1?2345678900?|1?9+)$"

    def flag(raw: Column, text: Column, value: Column) -> Column:
        doubt = (~value.rlike("^1[3-9][0-9]{9}$"), "malformed")
        return _flagged(text, value, value != raw, doubt, lost="placeholder")

    return Steps(text, lambda text: F.when(~(text.rlike(filler) | text.isin(*_NULLS, *_WORDS)), text), flag)


def _number(unit: str, kind: str) -> Callable[[Column, Policy], Steps]:
    pattern = f"^([-+]?(?:[0-9]{{1,3}}(?:[,，][0-9]{{3}})+|[0-9]+)(?:[.][0-9]+)?)\\s*(?:{unit}){{0,2}}$"

    def value(text: Column) -> Column:
        digits = F.regexp_replace(F.regexp_extract(text, pattern, 1), "[,，]", "")
        return (F.regexp_replace(digits, "[.]0+$", "") if kind == "bigint" else digits).try_cast(kind)

    def flag(raw: Column, text: Column, value: Column) -> Column:
        same = raw.rlike("^-?(0|[1-9][0-9]*)([.][0-9]+)?$") & (raw.try_cast("decimal(38,12)") == value)
        return _flagged(text, value, ~F.coalesce(same, F.lit(False)))

    return lambda raw, _policy: Steps(_half(raw), value, flag)


PEER: dict[str, Callable[[Column, Policy], Steps]] = {
    "text": _text,
    "address": _address,
    "code": _code,
    "person_name": _name,
    "resident_id": _resident,
    "uscc": _credit,
    "org_name": _firm,
    "date": _date,
    "mobile": _mobile,
    "integer": _number("[件人次户个台间条项套]", "bigint"),
    "decimal": _number("%", "decimal(20,6)"),
}


def peers(landed: DataFrame) -> DataFrame:
    """The same by hand: texts, values, flags beside them, then the texts where a flag stands."""
    read = {column: PEER[rule](F.col(column), policy) for column, (rule, policy) in KINDS.items()}
    texts = landed.select("*", *[steps.text.alias(f"{column}_t") for column, steps in read.items()])
    values = texts.select("*", *[steps.value(F.col(f"{c}_t")).alias(f"{c}_v") for c, steps in read.items()])
    flagged = values.select(
        "*", *[steps.flag(F.col(c), F.col(f"{c}_t"), F.col(f"{c}_v")).alias(f"{c}_f") for c, steps in read.items()]
    )
    flags = F.struct(*[F.col(f"{column}_f").alias(f"{column}_v") for column in KINDS]).alias("_flag")
    raw = [F.when(F.col(f"{c}_f").isNotNull(), F.col(c)).alias(f"{c}_v") for c in KINDS]
    system = ("_load_id", "_row_no", "_row_hash", "_order", "_snapshot")
    garbled = F.concat_ws(" ", *KINDS).rlike("\ufffd|锟斤拷|烫烫烫")
    rules = F.filter(
        F.array(F.when(F.col("id_v").isNull(), "key_missing"), F.when(garbled, "garbled")),
        lambda rule: rule.isNotNull(),
    )
    return flagged.select(
        *[f"{c}_v" for c in KINDS], flags, F.struct(*raw).alias("_raw"), *system, rules.alias("_rules")
    )


def differing(left: DataFrame, right: DataFrame) -> dict[str, int]:
    """Cells in which the two readings differ, by column."""
    joined = left.alias("l").join(right.alias("r"), "_row_no")
    counts = [
        F.sum((~F.expr(f"l.{c}_v <=> r.{c}_v AND l._flag.{c}_v <=> r._flag.{c}_v")).cast("int")).alias(c) for c in KINDS
    ]
    row = joined.agg(*counts).first()
    assert row is not None
    return {column: row[column] for column in KINDS if row[column]}


def timed(frame: DataFrame, path: Path) -> float:
    began = time.perf_counter()
    frame.write.format("delta").save(str(path))
    return time.perf_counter() - began


def main() -> dict[str, object]:
    """Our seconds over the peer's: each side ``PAIRS`` times in turn, the medians."""
    from jobs.lake.session import LARGE, open_session

    rows, pairs = int(os.environ.get("ROWS", "10000000")), int(os.environ.get("PAIRS", "3"))
    with tempfile.TemporaryDirectory(prefix="brain-bench-") as folder:
        chosen = read_settings(Path(folder), engine="spark", master=os.environ.get("BRAIN_MASTER", "local[2]"))
        session = open_session(
            Settings(home=Path(folder), engine="spark", master=chosen.master, cache=chosen.cache, driver_memory="4g")
        )
        for key, value in LARGE.items():  # Spark's own defaults, and what the lake sets for a large table
            session.conf.set(key, value)
        source = str(Path(folder) / "landed")
        make_rows(session, rows, source)
        landed = session.read.parquet(source)
        sample = landed.where("_row_no < 20000")
        differ = differing(ours(sample), peers(sample))
        seconds: dict[str, list[float]] = {"ours": [], "peer": []}
        sides: list[tuple[str, Callable[[DataFrame], DataFrame]]] = [("ours", ours), ("peer", peers)]
        for turn in range(pairs + 1):
            for side, make in sides if turn % 2 else sides[::-1]:
                taken = timed(make(landed if turn else sample), Path(folder) / f"{side}{turn}")
                if turn:  # the first turn, over the sample, warms both
                    seconds[side].append(taken)
    medians = {side: statistics.median(times) for side, times in seconds.items()}
    ratio = medians["ours"] / medians["peer"]
    return {
        "name": "standardise",
        "figure": round(ratio, 2),
        "unit": "× the seconds of hand-written PySpark",
        "goal": GOAL,
        "holds": ratio <= GOAL and not differ,
        "rows": rows,
        "seconds": {side: [round(taken, 1) for taken in times] for side, times in seconds.items()},
        "differing_cells": differ,
    }
