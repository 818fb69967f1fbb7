"""Deliveries whose manifest or file name is wrong, missing or hostile; and archives that lie about themselves."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace

from tests.badfiles.clean import NAMES, PLAIN, ROWS, text
from tests.badfiles.recipe import Recipe, Row, Verdict

EXACT, DECLARED, SET_ASIDE, REFUSED = Verdict.EXACT, Verdict.DECLARED, Verdict.SET_ASIDE, Verdict.REFUSED
AMOUNTS: tuple[Row, ...] = tuple((*row[:4], f"{n}.10") for n, row in enumerate(PLAIN))
DATA = text(AMOUNTS).encode()
NAME = "thing_20260302_1.csv"


def recipes() -> Iterator[Recipe]:
    yield from _manifests()
    yield from _names()
    yield from _archives()


def _manifests() -> Iterator[Recipe]:
    def recipe(name: str, beside: bytes | None, expect: Verdict, says: str = "") -> Recipe:
        fmt = {"kind": "csv"}
        return Recipe("delivery", name, lambda: DATA, fmt, NAMES, AMOUNTS, expect, says, file=NAME, beside=beside)

    def saying(**entries: object) -> bytes:
        return json.dumps({"resource": "dep.sys.thing", **entries}, ensure_ascii=False).encode()

    digest = hashlib.sha256(DATA).hexdigest()
    sound = saying(rows=6, sha256=digest, sums={"备注": "15.60"}, period="2026-03-02")
    yield recipe("no manifest", None, EXACT)
    yield replace(recipe("a link in its place", None, REFUSED, "delivery is a link"), link="file")
    yield replace(recipe("a link in the place of its manifest", sound, REFUSED, "manifest is a link"), link="manifest")
    yield recipe("a manifest that is right", sound, EXACT)
    yield recipe("a manifest behind a mark", b"\xef\xbb\xbf" + sound, EXACT)
    yield recipe("entries that nobody knows", saying(rows=6, 说明="无", extra=[1, {"a": None}]), EXACT)
    wrong = {
        "another number of rows": (saying(rows=7), "number of rows"),
        "no rows": (saying(rows=0), "number of rows"),
        "another hash": (saying(sha256="0" * 64), "SHA-256"),
        "a hash in capitals": (saying(sha256=digest.upper()), "'sha256'"),
        "another sum": (saying(sums={"备注": "15.61"}), "sum of 备注"),
        "another resource": (saying(resource="dep.sys.other"), "another resource"),
        "a period that is no day": (saying(period="2026-02-30"), "period"),
        "a period that is a path": (saying(period="../../etc"), "'period'"),
        "a sequence of 0": (saying(sequence=1000), "sequence"),
        "a sequence as text": (saying(sequence="1"), "'sequence'"),
        "rows as text": (saying(rows="6"), "'rows'"),
        "rows below zero": (saying(rows=-1), "'rows'"),
        "a sum that is no number": (saying(sums={"备注": "NaN"}), "'sums'"),
        "a list": (b"[1]", "object"),
        "nothing": (b"", "not JSON"),
        "a cut manifest": (sound[:-9], "not JSON"),
        "a manifest in GBK": ('{"说明": "无"}'.encode("gbk"), "not JSON"),
        "half a surrogate pair": (b'{"note": "\\ud800"}', "not JSON"),
        "a depth of 100,000": (b"[" * 100_000, "not JSON"),
        "a manifest of 2 MB": (saying(note="x" * (2 << 20)), "larger than 1 MB"),
    }
    for name, (beside, says) in wrong.items():
        yield recipe(name, beside, REFUSED, says)


def _names() -> Iterator[Recipe]:
    def recipe(name: str, expect: Verdict, says: str = "") -> Recipe:
        label = f"the file {name[:40]!a}"
        return Recipe("delivery", label, lambda: DATA, {"kind": "csv"}, NAMES, AMOUNTS, expect, says, file=name)

    for tail in (
        ".csv",
        ".CSV",
        "",
        ". ",
        "(1).csv",
        " - 副本.csv",
        "_终版.csv",
        "_%2e%2e%2f.csv",
        "_${jndi:x}.csv",
        "_$(id).csv",
        "_{{ config }}.csv",
        "_' OR '1'='1.csv",
        "_e\u0301.csv",
        "_é.csv",
        "_NUL.csv",
        ".csv:stream",
        "_con",
        "_LPT1.csv.",
        "_" + "x" * 234 + ".csv",
        "_" + "长" * 70 + ".csv",
    ):
        yield recipe(f"thing_20260302_1{tail}", EXACT)
    for tail in ("_C:\\x.csv", "_\\\\server\\x.csv", "_a\nb.csv", "_\u202evsc.exe", "_a\u200bb.csv"):
        yield recipe(f"thing_20260302_1{tail}", REFUSED, "name of a delivery")
    for stem in ("thing_20261301_1", "thing_20260230_1", "thing_00000000_1"):
        yield recipe(f"{stem}.csv", REFUSED, "period")
    for number in ("0", "000"):
        yield recipe(f"thing_20260302_{number}.csv", REFUSED, "sequence")


def _zip(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _archives() -> Iterator[Recipe]:
    content = text().encode()

    def recipe(name: str, data: bytes, expect: Verdict, says: str = "", **fmt: object) -> Recipe:
        form = {"kind": "csv", "member": "*.csv", **fmt}
        return Recipe("archive", name, lambda: data, form, NAMES, ROWS, expect, says)

    for name in ("NUL.csv", "CON.csv", " .csv", "x:y.csv", "a\u202eb.csv"):
        yield recipe(f"the member {name!a}", _zip((name, content)), EXACT)
    yield recipe("a folder beside the member", _zip(("子/", b""), ("子/x.csv", content)), EXACT)
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    yield recipe("a member that is a link", _zip((link, b"/etc/passwd")), REFUSED, "link")
    inner = zipfile.ZipInfo("x.csv")
    inner.external_attr = link.external_attr
    other = _zip((inner, b"data/y.txt"), ("data/y.txt", content))
    yield recipe("a member that is a link to another", other, REFUSED, "link")
    beside = zipfile.ZipInfo("readme")
    beside.external_attr = link.external_attr
    yield recipe(
        "a link beside the member", _zip((beside, b"/etc/passwd"), ("x.csv", content)), DECLARED, "other_members"
    )
    under = zipfile.ZipInfo("data")
    under.external_attr = link.external_attr
    yield recipe("a member below a link", _zip((under, b"/etc"), ("data/x.csv", content)), DECLARED, "other_members")
    for size, name in ((300, "长" * 100), (65_535, "x" * 65_531)):
        yield recipe(f"a member's name of {size:,} bytes and more", _zip((f"{name}.csv"[-65_535:], content)), EXACT)
    yield recipe("a member without a name", _zip(("", content)), EXACT, member="*")
    yield recipe("a nameless one beside the member", _zip(("", b"?"), ("x.csv", content)), DECLARED, "other_members")
    many = _zip(("x.csv", content), *((f"{n}.txt", b"") for n in range(10_001)))
    yield recipe("10,001 members more", many, REFUSED, "entries")
    good = _zip(("x.csv", content))
    yield recipe("members that share bytes", _overlapping(good), REFUSED, "overlap")
    short, long = _saying_size(good, 10), _saying_size(good, 1 << 20)
    yield recipe("a member that says to be shorter", short, REFUSED, "damaged")
    yield recipe("a member that says to be longer, while its checksum holds", long, EXACT)
    deep = good
    for _ in range(5):
        deep = _zip(("x.csv", deep))
    yield recipe("archives six deep", deep, REFUSED, "ZIP archive")
    large = _zip(("x.csv", content + b" " * (3 << 20)))
    yield recipe("a member beyond the declared size", large, REFUSED, "limits.unpacked_mb", limits={"unpacked_mb": 2})
    yield recipe("a member of nothing", _zip(("x.csv", b"")), REFUSED, "empty")


def _overlapping(good: bytes) -> bytes:
    """An archive whose directory lists its one member twice, under another name."""
    start, end = good.index(b"PK\x01\x02"), good.index(b"PK\x05\x06")
    entry, tail = good[start:end], bytearray(good[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, 2 * len(entry))
    return good[:start] + entry + entry.replace(b"x.csv", b"y.txt") + bytes(tail)


def _saying_size(good: bytes, size: int) -> bytes:
    """An archive that says of its member another length, in the directory and before the member."""
    data = bytearray(good)
    struct.pack_into("<I", data, 22, size)
    struct.pack_into("<I", data, good.index(b"PK\x01\x02") + 24, size)
    return bytes(data)
