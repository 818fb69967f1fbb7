"""The cases of csv-spectrum, a small collection that CSV parsers are commonly held to: all of them are sound."""

from __future__ import annotations

from collections.abc import Iterator

from tests.badfiles.recipe import Recipe, Row, Verdict

CASES: dict[str, tuple[str, tuple[str, ...], tuple[Row, ...]]] = {
    "simple": ("a,b,c\n1,2,3\n", ("a", "b", "c"), (("1", "2", "3"),)),
    "comma in quotes": (
        'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123\n',
        ("first", "last", "address", "city", "zip"),
        (("John", "Doe", "120 any st.", "Anytown, WW", "08123"),),
    ),
    "empty": ('a,b,c\n1,"",""\n2,3,4\n', ("a", "b", "c"), (("1", "", ""), ("2", "3", "4"))),
    "escaped quotes": ('a,b\n1,"ha ""ha"" ha"\n3,4\n', ("a", "b"), (("1", 'ha "ha" ha'), ("3", "4"))),
    "json": (
        'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
        ("key", "val"),
        (("1", '{"type": "Point", "coordinates": [102.0, 0.5]}'),),
    ),
    "location coordinates": (
        'Phone,Coordinates,City\n2148256378,"37°36\'37.8""N 121°2\'17.9""E",Town\n',
        ("Phone", "Coordinates", "City"),
        (("2148256378", "37°36'37.8\"N 121°2'17.9\"E", "Town"),),
    ),
    "newlines": (
        'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
        ("a", "b", "c"),
        (("1", "2", "3"), ("Once upon \na time", "5", "6"), ("7", "8", "9")),
    ),
    "quotes and newlines": (
        'a,b\n1,"ha \n""ha"" \nha"\n3,4\n',
        ("a", "b"),
        (("1", 'ha \n"ha" \nha'), ("3", "4")),
    ),
    "utf8": ("a,b,c\n1,2,3\n4,5,ʤ\n", ("a", "b", "c"), (("1", "2", "3"), ("4", "5", "ʤ"))),
}


def recipes() -> Iterator[Recipe]:
    for name, (text, names, rows) in CASES.items():
        for end in ("\n", "\r\n"):
            clean = tuple(tuple((cell or "").replace("\n", end) for cell in row) for row in rows)
            written = text.replace("\n", end).encode()
            yield _recipe(f"{name}, {end!r}", written, names, clean, Verdict.EXACT)
            bare = written.removesuffix(end.encode())
            yield _recipe(f"{name}, {end!r}, none at the end", bare, names, clean, Verdict.DECLARED, "open_end")


def _recipe(
    name: str, data: bytes, names: tuple[str, ...], clean: tuple[Row, ...], expect: Verdict, says: str = ""
) -> Recipe:
    return Recipe("csv spectrum", name, lambda: data, {"kind": "csv"}, names, clean, expect, says)
